// Owns what `--chaos` does: a process on the host that ends others at random while they count. It never touches the
// coordinator, the host or itself, and never strikes more than `STRIKES_MAX` times.
//
// It hears of every process that counts, and with every such word and with every end it draws lots: kill one of those that
// live, or put a bomb on a scheduler. Its first two strikes need no luck, so that the smallest census is hit too.

import { exit, reply } from 'rumpus'

/** @typedef {import('rumpus').Pid} Pid */
/** @typedef {import('rumpus').Down} Down */
/** @typedef {import('rumpus').Call<'finish', Struck>} Finish */
/** @typedef {{ processes: number, threads: number }} Struck how many have died of it */
/** @typedef {{ type: 'counts', pid: Pid }} Counts */
/** @typedef {import('rumpus').Self<Counts | Finish | Down>} Self */

const PROCESSES_MAX = 40
const THREADS_MAX = 8
const PROCESS_SHARE = 1 / 10
const THREAD_SHARE = 1 / 50

/** No process can die of chaos more often than this. */
export const STRIKES_MAX = PROCESSES_MAX + THREADS_MAX

/**
 * The body of that process. It takes a `Counts` for each process that it may end; a call says that there will be no more,
 * and is answered when all of them, and the last bomb, are gone.
 *
 * @param {number} seed decides the draws
 * @param {number} schedulers how many there are
 * @param {typeof import('./worker.js').bomb} bomb
 */
export function chaos(seed, schedulers, bomb) {
  return async (/** @type {Self} */ self) => {
    const random = seeded(seed)
    /** @type {Map<number, Pid>} those that count, by the monitor that watches them */
    const living = new Map()
    const struck = { processes: 0, threads: 0 }
    const tried = { processes: 0, threads: 0 }
    /** @type {number | undefined} the monitor of the bomb that has not gone off: one at a time, so each ends one thread */
    let ticking
    /** @type {Finish['from'] | undefined} */
    let asked
    while (asked === undefined || living.size > 0 || ticking !== undefined) {
      const message = await self.receive()
      if (message.type === 'call') asked = message.from
      else if (message.type === 'counts') living.set(self.monitor(message.pid), message.pid)
      else if (message.ref === ticking) {
        ticking = undefined
        if (message.reason.kind === 'scheduler-down') struck.threads += 1
      } else {
        living.delete(message.ref)
        if (message.reason.kind === 'killed') struck.processes += 1
      }
      if (asked !== undefined) continue
      if (draw(tried.processes, PROCESSES_MAX, PROCESS_SHARE) && living.size > 0) {
        tried.processes += 1
        exit(/** @type {Pid} */ ([...living.values()][Math.floor(random() * living.size)]), 'kill')
      }
      if (ticking === undefined && draw(tried.threads, THREADS_MAX, THREAD_SHARE)) {
        tried.threads += 1
        ticking = self.spawnMonitor(bomb.with({ on: 1 + Math.floor(random() * schedulers) }))[1]
      }
    }
    reply(asked, struck)

    /** @param {number} times @param {number} max @param {number} share */
    function draw(times, max, share) {
      return times === 0 || (times < max && random() < share)
    }
  }
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). @param {number} seed */
function seeded(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
