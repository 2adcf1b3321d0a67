// Owns what a random program is: data. A script for each process, by label; who spawns whom is a step. Knows nobody who runs it.

/** How a process spends its time until its next burst: what it takes out of its mailbox meanwhile, and notes. */
export type Mode =
  | readonly ['sleep' | 'any' | 'never']
  | readonly ['tag', string]
  | readonly ['since', string?]
  | readonly ['from' | 'tick', string, number]
  | readonly ['down', number]
  | readonly ['exit', string | number]

/** What a process is given at birth. */
export interface Birth {
  readonly link?: boolean
  readonly monitor?: boolean
  readonly name?: string
  readonly mailbox?: { readonly capacity: number; readonly overflow: 'drop-oldest' | 'drop-newest' | 'offer' }
}

/** A verb, as a method of the actor has it, and what it is given; or the end of the body. */
// biome-ignore lint/suspicious/noExplicitAny: each verb has its own
export type Step = readonly [op: string, ...given: any[]]

/** What a process does at one moment, then how it waits for the next. */
export interface Burst {
  /** In which slot. */
  readonly at: number
  readonly steps: readonly Step[]
  readonly next: Mode
}

/** What a process does. */
export interface Script {
  /** A closure, or a definition on that scheduler; the runtime puts it somewhere for `any`. */
  readonly place: 'closure' | 'any' | 'here' | number
  readonly first: Mode
  readonly bursts: readonly Burst[]
  /** How it takes its end. */
  readonly told: 'let' | 'tidy' | 'clumsy' | 'slow' | 'stuck'
}

/** A program: the first process is `root`, which outlives the others. */
export interface Program {
  readonly seed: number
  /** Milliseconds of a slot; 0 where no time matters. */
  readonly slot: number
  readonly slots: number
  /** When its time began, where time is real: milliseconds as `Date` has them. */
  readonly epoch?: number
  readonly scripts: Readonly<Record<string, Script>>
}

/** Names that processes fight for. */
export const NAMES: readonly string[] = ['x', 'y']
export const TAGS: readonly string[] = ['a', 'b', 'c']
