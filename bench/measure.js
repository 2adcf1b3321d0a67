// Owns how a child measures: rounds that do not count, then rounds until the time is used up (tinybench), or one look at
// something that is counted or weighed. Beside the figure stand the CPU used and how disturbed the while was.

import { Bench } from 'tinybench'
import { memoryWatch } from './memory.js'
import { NoiseWatch } from './noise.js'

/** Rounds of so many milliseconds do not count, unless the row says `warmMs`: what a server runs is compiled. */
const WARM_MS = 1500

/**
 * @typedef {object} Sample - what a child answers
 * @property {number} value - the figure, in the unit of the row
 * @property {number} workMs - how long the measured work took
 * @property {number} operations - messages, hops or jobs that were measured
 * @property {number} cpu - cores used meanwhile: CPU time over wall time
 * @property {number} runDelay
 * @property {number} foreign
 * @property {number | undefined} [check] - a digest of the work, the same for all who do the same
 */

/** Milliseconds that a round took, by its own clock. @typedef {() => Promise<number>} Round */

/** Given to every case and rival as `tools`. */
export class Measure {
  /** What the row gives its children. @type {Readonly<Record<string, unknown>>} */
  params
  #ms

  /**
   * @param {number} ms - how long to work at least
   * @param {Readonly<Record<string, unknown>>} params
   */
  constructor(ms, params) {
    this.#ms = ms
    this.params = params
  }

  /** A parameter that is a number. @param {string} name */
  number(name) {
    const value = this.params[name]
    if (typeof value !== 'number') throw new Error(`Parameter ${name} missing: wanted a number, got ${value}`)
    return value
  }

  /** A parameter that is a word. @param {string} name */
  word(name) {
    const value = this.params[name]
    if (typeof value !== 'string') throw new Error(`Parameter ${name} missing: wanted a word, got ${value}`)
    return value
  }

  /**
   * Nanoseconds an operation: the median round.
   *
   * @param {number} operations - of a round
   * @param {Round} round
   */
  async perOperation(operations, round) {
    const { value, ...rest } = await this.rounds(operations, round)
    return { value: (value * 1e6) / operations, ...rest }
  }

  /**
   * Milliseconds a round: the median of as many as the time holds, after those that do not count.
   *
   * @param {number} operations - of a round
   * @param {Round} round
   * @returns {Promise<Sample>}
   */
  async rounds(operations, round) {
    const warmMs = 'warmMs' in this.params ? this.number('warmMs') : WARM_MS
    for (const until = performance.now() + warmMs; performance.now() < until; ) await round()
    const bench = new Bench({ time: this.#ms, iterations: 1, warmup: false, throws: true, retainSamples: true })
    bench.add('round', async () => ({ overriddenDuration: await round() }))
    /** @type {readonly number[]} */
    let samples = []
    const watched = await watch(async () => {
      const [task] = await bench.run()
      if (task?.result.state !== 'completed') throw new Error(`Rounds not completed: ${task?.result.state}`)
      samples = task.result.latency.samples ?? []
      return task.result.latency.p50
    })
    const workMs = samples.reduce((sum, ms) => sum + ms, 0)
    return { ...watched, workMs, operations: operations * samples.length }
  }

  /**
   * What `look` counts while it works for the time it is given.
   *
   * @param {(ms: number) => Promise<{ value: number, operations: number }>} look
   * @returns {Promise<Sample>}
   */
  async observe(look) {
    let operations = 0
    const { wallMs, ...watched } = await watch(async () => {
      const seen = await look(this.#ms)
      operations = seen.operations
      return seen.value
    })
    return { ...watched, workMs: wallMs, operations }
  }

  /**
   * Something that happens once in a process: `once` answers its milliseconds.
   *
   * @param {Round} once
   * @returns {Promise<Sample>}
   */
  async once(once) {
    const { wallMs: _, ...watched } = await watch(once)
    return { ...watched, workMs: watched.value, operations: 1 }
  }

  /**
   * Bytes of memory for each of `count` things; `make` answers them once all are at rest. Waiting for a core makes nothing
   * heavier, and V8's collector threads always do while the heap grows: it is no disturbance here.
   *
   * @param {number} count
   * @param {(count: number) => Promise<readonly unknown[]>} make
   * @returns {Promise<Sample>}
   */
  async bytesEach(count, make) {
    const settled = memoryWatch()
    const before = await settled()
    /** @type {readonly unknown[]} */
    let made = []
    const { wallMs, cpu } = await watch(async () => {
      made = await make(count)
      return made.length
    })
    const after = await settled()
    // Looked at only now, so that all are still there.
    if (made.length !== count) throw new Error(`Things missing: wanted ${count}, got ${made.length}`)
    const value = (after - before) / count
    return { value, workMs: wallMs, operations: count, cpu, runDelay: 0, foreign: 0 }
  }
}

/** @param {() => Promise<number>} work */
async function watch(work) {
  const noise = new NoiseWatch()
  const cpu = process.cpuUsage()
  const start = performance.now()
  const value = await work()
  const wallMs = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  const { runDelay, foreign } = noise.read()
  return { value, wallMs, cpu: (user + system) / 1000 / wallMs, runDelay, foreign }
}
