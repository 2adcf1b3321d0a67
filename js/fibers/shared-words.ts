// What the hub of a shared channel and its ends on other schedulers say to each other. Owns the shapes of these messages: an item lies in
// a list, so that nothing else is taken for one.

/** From an end: an item, for a place that it was lent. */
export type Put = readonly [end: number, item: unknown]

/** From an end: what has changed there. */
export interface Asked {
  readonly end: number
  /** So many more wait for an item. */
  readonly want?: number
  /** So many more wait for a place. */
  readonly room?: number
  /** It would use further places. */
  readonly further?: true
  /** So many places come back. */
  readonly unlend?: number
  /** An item for which nobody waits any more. */
  readonly back?: readonly [item: unknown]
  /** It has done with what it had been given when it was asked. */
  readonly settled?: true
  readonly close?: true
}

/** To a hub. */
export type ToHub = Put | Asked | typeof DONE

/** The hub, to its own process: it is done. */
export const DONE = 'done'

/** To an end. */
export type ToEnd =
  | readonly [item: unknown]
  | { readonly places: number; readonly further: number }
  | { readonly failed: unknown }
  | 'recall'
  | 'close'
  | 'settle'
  | 'end'
