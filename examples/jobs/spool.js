// Owns the directory of jobs: what waits lies in it, what the queue has taken in `taken` below, what is over in `done` or `failed`.
// Never true in it: an outcome that is half written, a job that is gone before its outcome is there, or one that failed and is gone. So
// a program that was ended at any moment goes on where it was.

import { access, mkdir, readdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * @typedef {object} Job
 * @property {string} id - the name of its file, without `.json`
 * @property {string} kind - one of those of work.js
 * @property {Readonly<Record<string, unknown>>} input
 */

/** The id of a new job; by it the older ones go first. */
export const newId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`

const isId = (/** @type {string} */ id) => /^[\w-]{1,64}$/.test(id)

/** How the name of a file ends that this program is writing. */
const UNFINISHED = '.unfinished'

/** So often a file that is no job is looked at, at least, before it is called broken. */
const LOOKS = 3

export class Spool {
  /** Files that are no jobs yet, by their ids, and since when they are as they are. */
  #odd = new Map()

  /**
   * @param {string} root
   * @param {number} settleMs - how long a file that is no job has to stay as it is until nobody can be writing it any more
   */
  constructor(root, settleMs = 0) {
    this.root = root
    this.settleMs = settleMs
  }

  /** Makes the directories, and takes away what a program left half written when it was killed. */
  async open() {
    for (const name of ['.', 'taken', 'done', 'failed']) {
      const directory = join(this.root, name)
      await mkdir(directory, { recursive: true })
      const left = (await readdir(directory)).filter((file) => file.endsWith(UNFINISHED))
      for (const file of left) await unlink(join(directory, file)).catch(ignoreMissing)
    }
  }

  /** The ids of all that are not over, in order. */
  async waiting() {
    const names = [...(await readdir(this.root)), ...(await readdir(join(this.root, 'taken')))]
    const ids = names.flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []))
    return [...new Set(ids.filter(isId))].sort()
  }

  /**
   * Takes a job: it lies in `taken` from now on, and its name is free for another. Answers `undefined` where none is, or none yet:
   * somebody may be writing it.
   *
   * @param {string} id
   * @returns {Promise<Job | { readonly broken: string } | undefined>}
   */
  async take(id) {
    const taken = this.#file(id, 'taken')
    const isTaken = await access(taken).then(() => true, ignoreMissing)
    const path = isTaken ? taken : this.#file(id)
    try {
      const job = jobOf(id, await readFile(path, 'utf8'))
      if (isTaken) return job
    } catch (error) {
      if (!(await this.#isSettled(id, path))) return undefined
      if (isTaken) return { broken: /** @type {Error} */ (error).message }
    }
    // It is read again there: until now somebody may have put another in its place.
    await rename(path, taken).catch(ignoreMissing)
    return this.take(id)
  }

  /** @param {Job} job */
  add({ id, kind, input }) {
    return this.#write(this.#file(id), { kind, input })
  }

  /**
   * A job that was taken is over: first its outcome is there, then it is gone; one that failed is kept beside its outcome. Doing both
   * again changes nothing.
   *
   * @param {string} id
   * @param {'done' | 'failed'} how
   * @param {unknown} outcome
   */
  async finish(id, how, outcome) {
    const taken = this.#file(id, 'taken')
    await this.#write(this.#file(id, how), outcome)
    this.#odd.delete(id)
    const gone = how === 'done' ? unlink(taken) : rename(taken, join(this.root, how, `${id}.${newId()}.job`))
    await gone.catch(ignoreMissing)
  }

  #file(/** @type {string} */ id, below = '.') {
    return join(this.root, below, `${id}.json`)
  }

  /** Whether a file that is no job has stayed as it is for long. @param {string} id @param {string} path */
  async #isSettled(id, path) {
    const found = await stat(path).catch(ignoreMissing)
    if (found === undefined) {
      this.#odd.delete(id)
      return false
    }
    const { size, mtimeMs } = found
    const before = this.#odd.get(id)
    const isSame = before?.size === size && before.mtimeMs === mtimeMs
    const now = isSame ? before : { size, mtimeMs, since: performance.now(), looks: 0 }
    this.#odd.set(id, now)
    return ++now.looks >= LOOKS && performance.now() - now.since >= this.settleMs
  }

  /** @param {string} path @param {unknown} value */
  async #write(path, value) {
    const beside = `${path}${UNFINISHED}`
    await writeFile(beside, `${JSON.stringify(value)}\n`)
    await rename(beside, path)
  }
}

/** The job that a file holds; throws if it holds none. @param {string} id @param {string} text @returns {Job} */
function jobOf(id, text) {
  const { kind, input = {} } = JSON.parse(text) ?? {}
  if (typeof kind !== 'string' || typeof input !== 'object' || input === null) {
    throw new Error('a job is { "kind": a text, "input": an object }')
  }
  return { id, kind, input }
}

/** @param {NodeJS.ErrnoException} error */
function ignoreMissing(error) {
  if (error.code !== 'ENOENT') throw error
}
