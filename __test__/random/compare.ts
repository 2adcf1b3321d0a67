// Owns when two outcomes are the same. Messages of several senders have no order among each other within a slot.

import { isDeepStrictEqual } from 'node:util'
import type { Entry, Outcome } from './book.ts'

/** Nor have the news of one end that several monitors bring. */
const orderOf = ([, , seen]: Entry): string => {
  const [kind, from, number] = seen as readonly unknown[]
  return kind === 'tick' || kind === 'down' ? `${from} ${kind} ${number}` : String(from)
}

/** The same trace with what came in one slot by sender. */
export const settled = (trace: readonly Entry[]): Entry[] => {
  const sorted: Entry[] = []
  for (let at = 0; at < trace.length; ) {
    let end = at + 1
    const [slot, what] = trace[at]!
    if (what === 'got') while (trace[end]?.[0] === slot && trace[end]?.[1] === 'got') end++
    const run = trace.slice(at, end)
    if (what === 'got') run.sort((one, other) => orderOf(one).localeCompare(orderOf(other)))
    sorted.push(...run)
    at = end
  }
  return sorted
}

/** What differs, in words; nothing if all is the same. */
export const difference = (wanted: Outcome, got: Outcome): string | undefined => {
  for (const label of new Set([...Object.keys(wanted.traces), ...Object.keys(got.traces)])) {
    const [one, other] = [settled(wanted.traces[label] ?? []), settled(got.traces[label] ?? [])]
    const at = one.findIndex((entry, i) => !isDeepStrictEqual(entry, other[i]))
    const where = at < 0 && other.length > one.length ? one.length : at
    if (where >= 0) {
      const before = one.slice(Math.max(0, where - 4), where).map((entry) => `    ${JSON.stringify(entry)}`)
      return `${label}, entry ${where}: wanted ${JSON.stringify(one[where])}, got ${JSON.stringify(other[where])}; before:\n${before.join('\n')}`
    }
  }
  if (!isDeepStrictEqual(wanted.crashes, got.crashes)) {
    return `crashes: wanted ${JSON.stringify(wanted.crashes)}, got ${JSON.stringify(got.crashes)}`
  }
  return undefined
}
