// Owns what jobs do, by their kind. They know nothing of processes: they are given an input and a signal, and answer or throw.

import { setTimeout } from 'node:timers/promises'

/** @typedef {import('./spool.js').Job & { readonly attempt: number }} Attempt */
/** @typedef {(input: any, signal: AbortSignal, attempt: number) => unknown} Kind */

/** @type {Readonly<Record<string, Kind>>} */
const kinds = {
  /** How many primes there are below `below`: what keeps a core. */
  primes: ({ below }) => {
    const composite = new Uint8Array(below)
    let count = 0
    for (let n = 2; n < below; n++) {
      if (composite[n] === 1) continue
      count++
      for (let multiple = n * n; multiple < below; multiple += n) composite[multiple] = 1
    }
    return { count }
  },

  /** How often each word of `text` is in it. */
  words: ({ text }) => {
    /** @type {Map<string, number>} */
    const counts = new Map()
    for (const [word] of text.toLowerCase().matchAll(/\p{L}+/gu)) counts.set(word, (counts.get(word) ?? 0) + 1)
    return Object.fromEntries(counts)
  },

  /** Waits `ms`, as for somebody else's answer. */
  wait: ({ ms }, signal) => setTimeout(ms, { waited: ms }, { signal }),

  /** Fails until it has been tried `times` times more. */
  flaky: ({ times }, _signal, attempt) => {
    if (attempt <= times) throw new Error(`attempt ${attempt} fails`)
    return { attempt }
  },
}

/** Whether there is such a kind. @param {string} kind */
export const isKind = (kind) => Object.hasOwn(kinds, kind)

/**
 * Does a job.
 *
 * @param {Attempt} job
 * @param {AbortSignal} signal
 */
export async function work({ kind, input, attempt }, signal) {
  const does = isKind(kind) ? kinds[kind] : undefined
  if (does === undefined) throw new Error(`there is no kind ${JSON.stringify(kind)}: ${Object.keys(kinds).join(', ')}`)
  return await does(input, signal, attempt)
}
