// Owns what the local rows count and when their clocks run, for rivals whose actors are called rather than resumed: each brings
// what it does in a round, which says when it is done.

import { FAN_IN, PAIRS, PARKED, PING_PONG, RING, SPAWN_EXIT } from '../workloads.js'

/** What is done in a round; calls `done` at its end. @typedef {(done: () => void) => void} Play */

/**
 * @typedef {object} Plays - each called once, for what is there before the first round
 * @property {() => Play} pingPong
 * @property {() => Play} ring
 * @property {() => Play} pairs
 * @property {() => Play} fanIn
 * @property {() => Play} spawnExit
 * @property {() => Promise<readonly unknown[]>} park - has so many answer once and wait
 */

/**
 * What a row plays, and its operations.
 *
 * @type {Record<string, { play: (plays: Plays) => Play, operations: number }>}
 */
const ROWS = {
  'local/ping-pong': { play: ({ pingPong }) => pingPong(), operations: 2 * PING_PONG },
  'local/ring-500': { play: ({ ring }) => ring(), operations: RING.hops },
  'local/pairs-1000': { play: ({ pairs }) => pairs(), operations: 2 * PAIRS.trips * PAIRS.pairs },
  'local/fan-in-100': {
    play: ({ fanIn }) => fanIn(),
    operations: FAN_IN.producers * FAN_IN.burst * FAN_IN.bursts,
  },
  'local/spawn-exit': { play: ({ spawnExit }) => spawnExit(), operations: SPAWN_EXIT.alive * SPAWN_EXIT.times },
}

/** Calls `done` when what this answers has been called so many times. @param {number} times @param {() => void} done */
export function counted(times, done) {
  let left = times
  return () => {
    if (--left === 0) done()
  }
}

/**
 * @param {import('../measure.js').Measure} tools
 * @param {Plays} plays
 */
export function runLocal(tools, plays) {
  const row = tools.word('row')
  if (row === 'local/memory-parked') return tools.bytesEach(PARKED, () => plays.park())
  const known = ROWS[row]
  if (known === undefined) throw new Error(`Row unknown: wanted one of ${Object.keys(ROWS)}, got ${row}`)
  const play = known.play(plays)
  return tools.perOperation(known.operations, async () => {
    const start = performance.now()
    await new Promise((resolve) => play(() => resolve(undefined)))
    return performance.now() - start
  })
}
