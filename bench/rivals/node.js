// Rival `node`: a new Node that imports what it has for threads, and ends.

import { programs } from '../programs.js'

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) => programs(tools, new URL('./node-program.js', import.meta.url))
