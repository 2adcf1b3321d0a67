// Owns the directory of jobs: what waits lies in it, what is over in `done` or `failed` below. Never true in it: a file that is half
// written, or a job that is gone before its outcome is there. So a program that was ended at any moment goes on where it was.

import { mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
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

/** How the name of a file ends that is being written. */
const UNFINISHED = '.tmp'

export class Spool {
  /** @param {string} root */
  constructor(root) {
    this.root = root
  }

  /** Makes the directories, and takes away what a program left half written when it was killed. */
  async open() {
    for (const name of ['.', 'done', 'failed']) {
      const directory = join(this.root, name)
      await mkdir(directory, { recursive: true })
      const left = (await readdir(directory)).filter((file) => file.endsWith(UNFINISHED))
      for (const file of left) await unlink(join(directory, file)).catch(ignoreMissing)
    }
  }

  /** The ids of all that wait, in order. */
  async waiting() {
    const names = await readdir(this.root)
    const ids = names.flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []))
    return ids.filter(isId).sort()
  }

  /**
   * Reads a job. What is no job throws: nobody can do it.
   *
   * @param {string} id
   * @returns {Promise<Job>}
   */
  async read(id) {
    const { kind, input = {} } = JSON.parse(await readFile(join(this.root, `${id}.json`), 'utf8'))
    if (typeof kind !== 'string' || typeof input !== 'object' || input === null) {
      throw new Error('a job is { "kind": a text, "input": an object }')
    }
    return { id, kind, input }
  }

  /** @param {Job} job */
  add({ id, kind, input }) {
    return this.#write(join(this.root, `${id}.json`), { kind, input })
  }

  /**
   * A job is over: first its outcome is there, then it is gone. Doing both again changes nothing.
   *
   * @param {string} id
   * @param {'done' | 'failed'} how
   * @param {unknown} outcome
   */
  async finish(id, how, outcome) {
    await this.#write(join(this.root, how, `${id}.json`), outcome)
    await unlink(join(this.root, `${id}.json`)).catch(ignoreMissing)
  }

  /** @param {string} path @param {unknown} value */
  async #write(path, value) {
    const beside = `${path}${UNFINISHED}`
    await writeFile(beside, `${JSON.stringify(value)}\n`)
    await rename(beside, path)
  }
}

/** @param {NodeJS.ErrnoException} error */
function ignoreMissing(error) {
  if (error.code !== 'ENOENT') throw error
}
