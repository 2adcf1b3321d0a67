// What the hub of a shared channel and its ends say to each other. Owns how an item is told from all else, so that most
// items go as they are: what is said is in a list of two, an item that is a list, or nothing, in a list of one. Where a channel holds
// nothing, ends speak to each other, and an item is a part of what is said.

import type { Claim } from '../kernel/claims.ts'

/** From an end: what has changed there. */
export interface Asked {
  /** Who says so. */
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

/** To an end. */
export type Told =
  | {
      readonly places: number
      readonly further: number
      /** The process that takes items of this end. */
      readonly intake: number
    }
  | { readonly failed: unknown }
  | 'recall'
  | 'close'
  | 'settle'
  | 'end'

/** An item as it is sent. */
export const asItem = (item: unknown): unknown => (item === undefined || Array.isArray(item) ? [item] : item)

/** What is said. */
export const asWord = <Word>(word: Word): unknown => [word, true]

/** Takes what was sent to where it belongs. */
export const read = <Word>(message: unknown, onItem: (item: unknown) => void, onWord: (word: Word) => void): void => {
  if (!Array.isArray(message)) onItem(message)
  else if (message.length === 1) onItem(message[0])
  else onWord(message[0] as Word)
}

/** To the hub of a channel that holds nothing, from an end: what has changed there. */
export interface Changed {
  /** Who says so. */
  readonly end: number
  /** So many more wait to receive, or fewer. */
  readonly want?: number
  /** So many more wait to send, or fewer. */
  readonly room?: number
  /** Of a meeting that it was told of by this end: it has come about. */
  readonly came?: number
  /** Nobody waits to send any more who was to meet somebody at this end. */
  readonly unmet?: number
  readonly close?: true
}

/** To an end, from the hub: somebody waits to receive there. */
export interface Met {
  readonly meet: number
}

/** To an end, from another: an item for somebody who waits there, if `claim` can be had. */
export interface Offered {
  readonly from: number
  /** The scheduler of that end. */
  readonly seat: number
  readonly serial: number
  readonly claim: Claim
  readonly item: unknown
}

/** The answer: whether it was taken, or nobody waits there any more. */
export interface Answered {
  readonly answers: number
  readonly taken: boolean
}
