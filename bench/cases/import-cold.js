// import/cold: a new Node that imports rumpus and ends, from its start until it has ended.

import { programs } from '../programs.js'

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) => programs(tools, new URL('./import-cold-program.js', import.meta.url))
