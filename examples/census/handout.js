// Owns which batch is handed out next and what becomes of one whose process died, so that no file is lost or counted
// twice. Pure: no runtime, no clock.
//
// A batch that fails is handed out once more, after the others. If it fails again each of its files becomes a suspect of
// its own, handed out while nothing else is: a file that ends its process then fails alone and convicts nobody else. A
// suspect that fails three times is reported. Every hand-out has its own id, so that an answer is taken at most once.
// Where processes are ended on purpose, so many failures more are forgiven: nothing is given up that chaos alone has hit.

import { problem } from './problem.js'

/** @typedef {import('./problem.js').Problem} Problem */
/** @typedef {{ paths: readonly string[], failures: number }} Task */

const BATCH_ATTEMPTS = 2
const SUSPECT_ATTEMPTS = 3

export class Handout {
  /** Files given up, with the reason of their last failure. @type {Problem[]} */
  problems = []
  /** Hand-outs whose process ended before its answer came. */
  failures = 0
  /** @type {Task[]} taken from the end */
  #batches
  /** @type {Task[]} batches that failed once */
  #again = []
  /** @type {Task[]} single files out of batches that failed twice */
  #suspects = []
  /** @type {Map<number, Task>} handed out and not answered */
  #out = new Map()
  /** The only suspect out, if any. @type {Task | undefined} */
  #suspect
  #ids = 0
  #forgiven

  /**
   * @param {readonly (readonly string[])[]} batches handed out in this order
   * @param {number} [forgiven] failures that each batch, and each suspect, may have beyond the usual
   */
  constructor(batches, forgiven = 0) {
    this.#forgiven = forgiven
    this.#batches = batches.map((paths) => ({ paths, failures: 0 })).reverse()
  }

  /** Nothing is left to hand out and nothing is out. */
  get done() {
    return this.#out.size === 0 && this.#batches.length + this.#again.length + this.#suspects.length === 0
  }

  /** @returns {{ id: number, paths: readonly string[] } | undefined} undefined: nothing now, ask again after an answer */
  next() {
    const task = this.#batches.pop() ?? this.#again.pop() ?? this.#takeSuspect()
    if (!task) return undefined
    const id = ++this.#ids
    this.#out.set(id, task)
    return { id, paths: task.paths }
  }

  /**
   * The answer to a hand-out has come.
   *
   * @param {number} id
   * @returns {boolean} whether it counts: false for a second answer and for one already given up
   */
  settle(id) {
    return this.#close(id) !== undefined
  }

  /**
   * The process of a hand-out has ended. Harmless after its answer.
   *
   * @param {number} id
   * @param {string} reason
   */
  fail(id, reason) {
    const wasSuspect = this.#suspect !== undefined && this.#out.get(id) === this.#suspect
    const task = this.#close(id)
    if (!task) return
    task.failures += 1
    this.failures += 1
    if (!wasSuspect) {
      if (task.failures < BATCH_ATTEMPTS + this.#forgiven) this.#again.push(task)
      else for (const path of task.paths) this.#suspects.push({ paths: [path], failures: 0 })
    } else if (task.failures < SUSPECT_ATTEMPTS + this.#forgiven) {
      this.#suspects.push(task)
    } else {
      const attempts = BATCH_ATTEMPTS + SUSPECT_ATTEMPTS + 2 * this.#forgiven
      for (const path of task.paths)
        this.problems.push(problem(path, 'gave-up', `its process ended ${attempts} times, last: ${reason}`))
    }
  }

  #takeSuspect() {
    if (this.#out.size > 0) return undefined
    this.#suspect = this.#suspects.pop()
    return this.#suspect
  }

  /** @param {number} id */
  #close(id) {
    const task = this.#out.get(id)
    this.#out.delete(id)
    if (task !== undefined && task === this.#suspect) this.#suspect = undefined
    return task
  }
}
