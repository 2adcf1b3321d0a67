// Owns the load of the terminations: linked pairs that bounce messages between all schedulers and the host, a heartbeat on
// each that tells when it was late, and one process that starts anew whatever goes down.

import { Down, define, exit, send } from 'rumpus'
import { now } from './clock.js'
import { echo, player } from './storm.js'

const BEAT_MS = 5
/** Shorter pauses are not worth a message. */
const TOLD_MS = 5
/** Where the two ends of each pair live. @type {readonly [number, number][]} */
const PAIRS = [
  [1, 2],
  [2, 1],
  [0, 1],
  [0, 2],
]
const SEATS = [1, 2]

/**
 * @typedef {{ seat: number, pause: number }} Beat - a pause of 0 says that the heart has begun to beat
 * @typedef {import('rumpus').Self<Beat | Down>} Keeper
 * @typedef {{ pids: readonly import('rumpus').Pid[], again: () => void }} Watched
 */

const heart = define(
  import.meta.url,
  'heart',
  async (
    /** @type {import('rumpus').Self<never>} */ self,
    /** @type {import('rumpus').Pid<Beat>} */ keeper,
    /** @type {number} */ seat,
  ) => {
    send(keeper, { seat, pause: 0 })
    for (;;) {
      const before = now()
      await self.sleep(BEAT_MS)
      const pause = now() - before - BEAT_MS
      if (pause > TOLD_MS) send(keeper, { seat, pause })
    }
  },
)

export class Load {
  hostPause = 0
  schedulerPause = 0
  /** How often the heart of each scheduler has begun to beat. @type {number[]} */
  starts = []
  /** What ended, by kind of reason. @type {Record<string, number>} */
  ends = {}
  #lastBeat = now()
  #timer

  /** @param {import('rumpus').Self<never>} self - the process that stands for the load */
  constructor(self) {
    self.spawn((/** @type {Keeper} */ keeper) => this.#keep(keeper))
    this.#timer = setInterval(() => {
      this.hostPause = Math.max(this.hostPause, now() - this.#lastBeat - BEAT_MS)
      this.#lastBeat = now()
    }, BEAT_MS)
  }

  resetPauses() {
    this.hostPause = 0
    this.schedulerPause = 0
  }

  stop() {
    clearInterval(this.#timer)
  }

  toString() {
    return `starts ${JSON.stringify(this.starts)}, ends ${JSON.stringify(this.ends)}`
  }

  /** @param {Keeper} keeper */
  async #keep(keeper) {
    /** @type {Map<number, Watched>} */
    const watched = new Map()
    for (const seat of SEATS) this.#startHeart(keeper, watched, seat)
    for (const [from, to] of PAIRS) this.#startPair(keeper, watched, from, to)
    for await (const message of keeper) {
      if (!(message instanceof Down)) this.#beat(message)
      else {
        this.ends[message.reason.kind] = (this.ends[message.reason.kind] ?? 0) + 1
        restart(keeper, watched, message.ref)
      }
    }
  }

  /** @param {Beat} beat */
  #beat({ seat, pause }) {
    if (pause === 0) this.starts[seat] = (this.starts[seat] ?? 0) + 1
    else this.schedulerPause = Math.max(this.schedulerPause, pause)
  }

  /**
   * @param {Keeper} keeper
   * @param {Map<number, Watched>} watched
   * @param {number} seat
   */
  #startHeart(keeper, watched, seat) {
    const pid = keeper.spawn(heart.with({ on: seat }), keeper.pid, seat)
    watch(keeper, watched, [pid], () => this.#startHeart(keeper, watched, seat))
  }

  /**
   * @param {Keeper} keeper
   * @param {Map<number, Watched>} watched
   * @param {number} from
   * @param {number} to
   */
  #startPair(keeper, watched, from, to) {
    const second = keeper.spawn(echo.with({ on: to }))
    const first = keeper.spawn(player.with({ on: from }), second)
    watch(keeper, watched, [first, second], () => this.#startPair(keeper, watched, from, to))
  }
}

/**
 * Hears of the end of each of `pids`; the first that ends takes the others along, then all start again.
 *
 * @param {Keeper} keeper
 * @param {Map<number, Watched>} watched
 * @param {readonly import('rumpus').Pid[]} pids
 * @param {() => void} again
 */
function watch(keeper, watched, pids, again) {
  const one = { pids, again }
  for (const pid of pids) watched.set(keeper.monitor(pid), one)
}

/**
 * @param {Keeper} keeper
 * @param {Map<number, Watched>} watched
 * @param {number} ref
 */
function restart(keeper, watched, ref) {
  const ended = watched.get(ref)
  if (ended === undefined) return
  for (const [other, one] of watched) {
    if (one !== ended) continue
    watched.delete(other)
    keeper.demonitor(other)
  }
  for (const pid of ended.pids) exit(pid, 'kill')
  ended.again()
}
