// Rival `floor`: the least that "a body is an async function" can cost in plain JavaScript. A mailbox that holds what a
// correct one must, an unbounded ring and one waiting receiver, and nothing else. The work is that of the reference floors.

import { PAIRS, PING_PONG, RING, small } from '../workloads.js'

const FIRST_CAPACITY = 8

/** @template M */
class Mailbox {
  /** @type {(M | undefined)[]} */
  #ring = new Array(FIRST_CAPACITY)
  #mask = FIRST_CAPACITY - 1
  #head = 0
  #tail = 0
  /** @type {((message: M) => void) | null} */
  #waiting = null
  /** @param {(message: M) => void} resolve */
  #wait = (resolve) => {
    this.#waiting = resolve
  }

  /** @param {M} message */
  send(message) {
    const waiting = this.#waiting
    if (waiting !== null) {
      this.#waiting = null
      waiting(message)
      return
    }
    if (this.#tail - this.#head > this.#mask) this.#grow()
    this.#ring[this.#tail++ & this.#mask] = message
  }

  /** @returns {Promise<M>} */
  receive() {
    return this.#head === this.#tail ? new Promise(this.#wait) : Promise.resolve(this.#take())
  }

  #take() {
    const at = this.#head++ & this.#mask
    const message = /** @type {M} */ (this.#ring[at])
    this.#ring[at] = undefined
    return message
  }

  #grow() {
    const [count, ring] = [this.#tail - this.#head, new Array((this.#mask + 1) * 2)]
    for (let i = 0; i < count; i++) ring[i] = this.#ring[(this.#head + i) & this.#mask]
    this.#ring = ring
    this.#mask = ring.length - 1
    this.#head = 0
    this.#tail = count
  }
}

/**
 * @template M
 * @param {Mailbox<M>} mine
 * @param {Mailbox<M>} other
 * @param {number} trips
 */
async function pong(mine, other, trips) {
  for (let i = 0; i < trips; i++) {
    const message = await mine.receive()
    other.send(message)
  }
}

/**
 * @param {Mailbox<{ i: number }>} mine
 * @param {Mailbox<{ i: number }>} other
 * @param {number} trips
 */
async function ping(mine, other, trips) {
  for (let i = 0; i < trips; i++) {
    other.send(small(i))
    await mine.receive()
  }
}

/** @param {number} trips */
function pair(trips) {
  const [pinger, ponger] = [new Mailbox(), new Mailbox()]
  return [ping(pinger, ponger, trips), pong(ponger, pinger, trips)]
}

async function pingPong() {
  const start = performance.now()
  await Promise.all(pair(PING_PONG))
  return performance.now() - start
}

async function pairs() {
  const start = performance.now()
  await Promise.all(Array.from({ length: PAIRS.pairs }, () => pair(PAIRS.trips)).flat())
  return performance.now() - start
}

async function ring() {
  /** @type {Mailbox<number>[]} */
  const boxes = Array.from({ length: RING.size }, () => new Mailbox())
  /** @type {Promise<void>} */
  const end = new Promise((resolve) => {
    for (const [i, box] of boxes.entries()) pass(box, boxes[(i + 1) % RING.size] ?? box, resolve)
  })
  const start = performance.now()
  boxes[0]?.send(RING.hops)
  await end
  return performance.now() - start
}

/**
 * @param {Mailbox<number>} mine
 * @param {Mailbox<number>} next
 * @param {() => void} end
 */
async function pass(mine, next, end) {
  for (;;) {
    const left = await mine.receive()
    if (left === 0) return end()
    next.send(left - 1)
  }
}

/** @type {Record<string, { operations: number, round: import('../measure.js').Round }>} */
const ROWS = {
  'local/ping-pong': { operations: 2 * PING_PONG, round: pingPong },
  'local/ring-500': { operations: RING.hops, round: ring },
  'local/pairs-1000': { operations: 2 * PAIRS.trips * PAIRS.pairs, round: pairs },
}

/** @param {import('../measure.js').Measure} tools */
export async function run(tools) {
  const row = ROWS[tools.word('row')]
  if (row === undefined) throw new Error(`Floor unknown: wanted one of ${Object.keys(ROWS)}, got ${tools.word('row')}`)
  return tools.perOperation(row.operations, row.round)
}
