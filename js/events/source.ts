// Source and Party: what an event that is not made of others is made of, and what it knows of who waits for it. Owns the obligations of
// both; who brings an event source of their own keeps the former.

import type { Fiber } from '../effect/fiber.ts'

/**
 * One that waits for an event: a branch of a sync, as its source knows it. The first branch of a sync that is given something decides
 * it; the others have left by then, and what is tried to give them is not taken.
 *
 * A source is handed parties; see {@link Source} for when.
 */
export interface Party<T> {
  /** Whose sync it is. */
  readonly fiber: Fiber
  /** Whether it can be given something. A fiber that was cancelled and has not gone on yet can: what it is given is kept. */
  readonly isOpen: boolean
  /** Decides the sync: this branch is chosen, with `value`. False if it was decided, or given up: then `value` is still yours. */
  tryGive(value: T): boolean
  /** Decides the sync: this branch is chosen, and fails with `error`. False as above. */
  tryFail(error: unknown): boolean
  /** Whether the two are branches of one sync, of which only one can be chosen. */
  isRival(other: Party<never>): boolean
}

/**
 * What an event is made of that is not made of others: `new Event(source)` makes one of whatever can call back.
 *
 * A sync asks all its sources first, in an order of chance, until one gives; only if none did, it stands in line at all of them.
 * None of the three may throw, wait, or be slow: they are called where others are being served. Where two parties are to be served
 * together or not at all, as in a swap, use a {@link Tx}.
 *
 * @example
 * ```ts
 * import { fifo } from 'rumpus/effect'
 * import { elapsed, Event, select } from 'rumpus/events'
 * import { EventEmitter } from 'node:events'
 * import assert from 'node:assert/strict'
 *
 * const next = (emitter, name) => new Event({
 *   poll: () => {}, // an emitter keeps nothing for who comes later
 *   wait(party) {
 *     const give = (value) => void party.tryGive(value)
 *     emitter.once(name, give)
 *     return () => emitter.off(name, give)
 *   },
 * })
 * const emitter = new EventEmitter()
 * setTimeout(() => emitter.emit('line', 'hello'), 1)
 * const heard = await select(fifo.current(), [next(emitter, 'line'), elapsed(60_000)])
 * assert.equal(heard, 'hello')
 * assert.equal(emitter.listenerCount('line'), 0)
 * ```
 */
export interface Source<T> {
  /** What it is that is waited for, in words: for who tells why nothing happens any more. */
  readonly what?: string
  /** Who must go on before anything can be given, all of them, if that is known: of locks, who has them. To find who waits for whom. */
  holders?(): readonly Fiber[]
  /** Gives `party` what is there now, if anything is, at once. */
  poll(party: Party<T>): void
  /**
   * Nothing was there: keeps `party`, to give it something later. What it answers is called if another branch is chosen, or none: it
   * takes the party away, and does nothing else. It is called, too, while an item of the sync is on its way to another core by a
   * `SharedChannel` that keeps none; if that comes back, the source is polled and waits again.
   */
  wait(party: Party<T>): () => void
  /** A party was taken away, and all other branches of its sync are: for what must go on behind it. */
  left?(): void
}

/** A source of this house whose parties wait on while another core decides whether another branch is chosen. */
export interface Outlasting<T> extends Source<T> {
  /** It serves nobody instead when a party is not given what it would have had. */
  readonly outlasts?: true
}
