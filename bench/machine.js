// Owns the facts of the machine that stand beside the figures: without them a figure means nothing.

import { execFileSync } from 'node:child_process'
import os from 'node:os'
import { startChild } from './start-child.js'

/**
 * @typedef {object} Machine
 * @property {string} date
 * @property {string} commit - with `+` if the tree differs from it
 * @property {string} cpu
 * @property {number} cores
 * @property {number} schedulers - of a runtime with default options
 * @property {number} memoryMb
 * @property {string} node
 * @property {string} v8
 * @property {string} kernel
 * @property {readonly number[]} load - before the first run: 1, 5 and 15 minutes
 * @property {readonly number[]} loadAfter - after the last
 * @property {number} runDelay - the worst share of a run that a thread waited for a core
 * @property {number} f - nanoseconds: the `floor` of local/ping-pong
 * @property {number} blocksPerUs - blocks in a microsecond, see `spin.js`
 */

/** @param {number} blocksPerUs @returns {Promise<Machine>} */
export async function machineFacts(blocksPerUs) {
  const cpus = os.cpus()
  return {
    date: new Date().toISOString(),
    commit: commit(),
    cpu: cpus[0]?.model ?? os.arch(),
    cores: os.availableParallelism(),
    schedulers: await startChild({ module: new URL('./probe.js', import.meta.url).href, ms: 0, params: {} }),
    memoryMb: Math.round(os.totalmem() / 2 ** 20),
    node: process.version,
    v8: process.versions.v8,
    kernel: `${os.type()} ${os.release()}`,
    load: os.loadavg(),
    loadAfter: [],
    runDelay: 0,
    f: Number.NaN,
    blocksPerUs,
  }
}

function commit() {
  const git = (/** @type {string[]} */ ...words) => {
    try {
      return execFileSync('git', words, { cwd: import.meta.dirname, encoding: 'utf8', stdio: 'pipe' }).trim()
    } catch {
      return ''
    }
  }
  return `${git('rev-parse', '--short', 'HEAD') || 'unknown'}${git('status', '--porcelain') === '' ? '' : '+'}`
}
