// Rival `floor`: the least that "a body is an async function" can cost in plain JavaScript. A mailbox that holds what a
// correct one must, an unbounded ring and one waiting receiver, and nothing else. The work is that of the reference floors.

import { FAN_IN, FORKS, ITEMS, PAIRS, PARKED, PING_PONG, RING, SPAWN_EXIT, small } from '../workloads.js'

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

/** @param {import('../measure.js').Measure} tools */
function fanIn(tools) {
  const { producers, burst, bursts } = FAN_IN
  /** @type {Mailbox<number>} */
  const mine = new Mailbox()
  /** @type {Mailbox<'go'>[]} */
  const boxes = Array.from({ length: producers }, () => new Mailbox())
  for (const box of boxes) produce(box, mine, burst)
  return tools.perOperation(producers * burst * bursts, async () => {
    const start = performance.now()
    for (let n = 0; n < bursts; n++) {
      for (const box of boxes) box.send('go')
      for (let i = 0; i < producers * burst; i++) await mine.receive()
    }
    return performance.now() - start
  })
}

/**
 * @param {Mailbox<'go'>} mine
 * @param {Mailbox<number>} consumer
 * @param {number} burst
 */
async function produce(mine, consumer, burst) {
  for (;;) {
    await mine.receive()
    for (let i = 0; i < burst; i++) consumer.send(i)
  }
}

async function spawnExit() {
  /** @type {Mailbox<number>} */
  const ends = new Mailbox()
  const start = performance.now()
  for (let n = 0; n < SPAWN_EXIT.times; n++) {
    /** @type {Mailbox<number>[]} */
    const boxes = Array.from({ length: SPAWN_EXIT.alive }, () => new Mailbox())
    for (const box of boxes) end(box, ends)
    for (const box of boxes) box.send(n)
    for (let i = 0; i < SPAWN_EXIT.alive; i++) await ends.receive()
  }
  return performance.now() - start
}

/**
 * @param {Mailbox<number>} mine
 * @param {Mailbox<number>} spawner
 */
async function end(mine, spawner) {
  spawner.send(await mine.receive())
}

/** @param {number} count */
async function park(count) {
  /** @type {Mailbox<number>} */
  const mine = new Mailbox()
  /** @type {Mailbox<number>[]} */
  const boxes = Array.from({ length: count }, () => new Mailbox())
  for (const box of boxes) echo(box, mine)
  for (const [i, box] of boxes.entries()) box.send(i)
  for (let i = 0; i < count; i++) await mine.receive()
  return boxes
}

/**
 * @param {Mailbox<number>} mine
 * @param {Mailbox<number>} other
 */
async function echo(mine, other) {
  for (;;) other.send(await mine.receive())
}

async function stream() {
  /** @type {Mailbox<{ i: number }>} */
  const items = new Mailbox()
  /** @type {Mailbox<'go'>} */
  const turns = new Mailbox()
  const produce = async () => {
    for (let n = 0; n < ITEMS.bursts; n++) {
      for (let i = 0; i < ITEMS.burst; i++) items.send(small(i))
      await turns.receive()
    }
  }
  const consume = async () => {
    for (let n = 0; n < ITEMS.bursts; n++) {
      for (let i = 0; i < ITEMS.burst; i++) await items.receive()
      turns.send('go')
    }
  }
  const start = performance.now()
  await Promise.all([produce(), consume()])
  return performance.now() - start
}

async function calls() {
  const start = performance.now()
  for (let i = 0; i < FORKS; i++) await nothing()
  return performance.now() - start
}

const nothing = async () => {}

/** Functions that await a promise whose resolve is kept. @param {number} count */
async function parkBare(count) {
  /** @type {((value: unknown) => void)[]} */
  const resumes = []
  /** @type {Promise<void>[]} */
  const parked = []
  /** @param {(value: unknown) => void} resume */
  const keep = (resume) => void resumes.push(resume)
  const wait = async () => {
    await new Promise(keep)
  }
  for (let i = 0; i < count; i++) parked.push(wait())
  return Object.assign(parked, { resumes })
}

/** @type {Record<string, (tools: import('../measure.js').Measure) => Promise<import('../measure.js').Sample>>} */
const ROWS = {
  'local/ping-pong': (tools) => tools.perOperation(2 * PING_PONG, pingPong),
  'local/ring-500': (tools) => tools.perOperation(RING.hops, ring),
  'local/pairs-1000': (tools) => tools.perOperation(2 * PAIRS.trips * PAIRS.pairs, pairs),
  'local/fan-in-100': fanIn,
  'local/spawn-exit': (tools) => tools.perOperation(SPAWN_EXIT.alive * SPAWN_EXIT.times, spawnExit),
  'local/memory-parked': (tools) => tools.bytesEach(PARKED, park),
  'fiber/fork-join': (tools) => tools.perOperation(FORKS, calls),
  'sync/stream': (tools) => tools.perOperation(ITEMS.bursts * ITEMS.burst, stream),
  'fiber/memory': (tools) => tools.bytesEach(PARKED, parkBare),
}

/** @param {import('../measure.js').Measure} tools */
export async function run(tools) {
  const row = ROWS[tools.word('row')]
  if (row === undefined) throw new Error(`Floor unknown: wanted one of ${Object.keys(ROWS)}, got ${tools.word('row')}`)
  return row(tools)
}
