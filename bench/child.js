// The entry of a fresh child process: runs one case, rival or soak once and writes what it answers to descriptor 3. Ends
// by itself: a case that leaves something open is seen as a hang.

import { writeSync } from 'node:fs'
import { Measure } from './measure.js'

/**
 * @typedef {object} Job
 * @property {string} module - URL of a module that exports `run`
 * @property {number} ms - how long to work at least
 * @property {Readonly<Record<string, unknown>>} params
 */

/** @type {Job} */
const job = JSON.parse(process.argv[2] ?? '')
const { run } = await import(job.module)
writeSync(3, JSON.stringify(await run(new Measure(job.ms, job.params))))
