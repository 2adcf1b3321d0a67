// Rival `pino`: a child logger with the same fields, which writes when 4096 bytes are there, as its documentation has it for speed.

import { pino } from 'pino'
import { bursts } from '../lines.js'

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  bursts(tools, async (path, measured) => {
    const to = pino.destination({ dest: path, sync: false, minLength: 4096 })
    await new Promise((resolve) => to.once('ready', () => resolve(undefined)))
    const log = pino({ base: null }, to).child({ scheduler: 0, pid: 67_108_864, name: 'bench' })
    const sample = await measured(log, () => new Promise((resolve) => to.flush(() => resolve(undefined))))
    to.end()
    return sample
  })
