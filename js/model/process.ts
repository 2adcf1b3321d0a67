// A process of the model as data: its phase, its inbox, what its body waits for, whom it is tied to; and exit reasons as what
// users give becomes them. Knows nothing of scheduling or time. Never true here: a dead process with mail, two waits at once,
// more messages in a bounded inbox than its capacity (signals are no such messages: they are never dropped).

import type { ErrorDescription, ExitReason } from '../types.ts'
import type { Timer } from './clock.ts'

/** A bounded mailbox, and what a `send` does to a full one: with `'offer'` as with `'drop-newest'` the new message is dropped. */
export interface Mailbox {
  readonly capacity: number
  readonly overflow: 'drop-oldest' | 'drop-newest' | 'offer'
}

/** A message in an inbox. Numbers count what ever came. */
export interface Letter {
  readonly number: number
  readonly message: unknown
  /** A Down or an Exit of the model's own. */
  readonly signal: boolean
}

/** Which letters are wanted: those from this number on that `match`. */
export interface Search {
  from: number
  readonly match: ((message: never) => boolean) | undefined
}

/** How long a wait may last. */
export interface Limits {
  readonly timeout?: number
  readonly signal?: AbortSignal
}

/** What a promise is settled with. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** What a body waits for. */
export interface Cause {
  /** In words. */
  readonly on: string
  /** Whether a new letter is a reason to look. */
  readonly mail?: boolean
  /** What the body goes on with, if it can. */
  readonly ready: () => Outcome | undefined
}

/** A body waits. */
export interface Wait extends Cause {
  /** Takes back what would end it. */
  undo: () => void
  readonly settle: (outcome: Outcome) => void
}

/** A message that waits for room. */
export interface Offer {
  readonly message: unknown
  readonly answer: (outcome: Outcome) => void
}

/** Something on the run queue, with the process that it continues. */
export interface Entry {
  readonly of: Process | undefined
  readonly go: () => void
}

export class Process {
  readonly pid: number
  readonly mailbox: Mailbox | undefined
  phase: 'unbegun' | 'running' | 'exiting' | 'dead' = 'unbegun'
  /** Why it must end, or has ended. */
  exiting: ExitReason | undefined
  inbox: Letter[] = []
  /** The number of the next letter. */
  letters = 0
  offers: Offer[] = []
  wait: Wait | undefined
  /** Code of `match` runs, which may neither wait nor take. */
  looking = false
  /** What it has asked of the model beside its wait, in words. */
  readonly asks: Set<{ readonly on: string }> = new Set()
  /** Its place on the run queue. */
  entry: Entry | undefined
  traps = false
  name: string | undefined
  readonly links: Set<Process> = new Set()
  /** Who hears of its end, and of whose end it hears, by reference. */
  readonly watchers: Map<number, Process> = new Map()
  readonly watching: Map<number, Process> = new Map()
  /** Timers that will send to it, by reference. */
  readonly posts: Map<number, Timer> = new Map()
  grace: Timer | undefined
  abort: AbortController | undefined
  /** Told once when it is dead; the error is wrapped, for a body may throw undefined. */
  onDeath: ((reason: ExitReason, value?: unknown, thrown?: { readonly error: unknown }) => void)[] = []

  constructor(pid: number, mailbox: Mailbox | undefined) {
    this.pid = pid
    this.mailbox = mailbox
  }

  /** What others call alive. */
  get alive(): boolean {
    return this.phase === 'unbegun' || this.phase === 'running'
  }

  get busy(): boolean {
    return this.wait !== undefined || this.looking
  }

  /** Whether its body waits for something that is not of the model. One that is told to end is given its grace instead. */
  get abroad(): boolean {
    return this.phase === 'running' && this.wait === undefined && this.asks.size === 0
  }

  get hasRoom(): boolean {
    return this.mailbox === undefined || this.inbox.filter(({ signal }) => !signal).length < this.mailbox.capacity
  }

  put(message: unknown, signal: boolean): void {
    this.inbox.push({ number: this.letters++, message, signal })
  }

  remove(letter: Letter): void {
    this.inbox.splice(this.inbox.indexOf(letter), 1)
  }

  /** A search of what waits and what comes, behind a mark if there is one. */
  search({ match, since = 0 }: { match?: (message: never) => boolean; since?: number }): Search {
    return { from: Math.min(since, this.letters), match }
  }

  /** The first wanted letter; none is looked at twice by one search. Runs code of the user: throws what that throws. */
  find(search: Search): Letter | undefined {
    this.looking = true
    try {
      for (const letter of this.inbox) {
        if (letter.number < search.from) continue
        search.from = letter.number + 1
        // The code that says so may have ended the process.
        if (search.match?.(letter.message as never) ?? true) return this.alive ? letter : undefined
      }
      return undefined
    } finally {
      this.looking = false
    }
  }
}

/** What a user gave as a reason, as data. `kill` is a request and becomes `killed`. */
export const toReason = (given: unknown): ExitReason => {
  if (given === undefined || given === 'normal') return { kind: 'normal' }
  if (given === 'shutdown') return { kind: 'shutdown' }
  if (given === 'kill') return { kind: 'killed' }
  if (given instanceof Error) return { kind: 'error', error: describe(given) }
  return isReason(given) ? given : { kind: 'user', value: given }
}

const isReason = (given: unknown): given is ExitReason => {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return false
  const { kind, error, scheduler } = given as { kind?: unknown; error?: unknown; scheduler: number }
  if (kind === 'scheduler-down') return Number.isInteger(scheduler) && scheduler >= 0 && scheduler <= 63
  if (kind === 'error') return typeof error === 'object' && error !== null && 'message' in error
  return ['normal', 'shutdown', 'killed', 'noproc', 'user'].includes(kind as string)
}

/** A thrown value as data. Never throws, whatever was thrown. */
export const describe = (thrown: unknown): ErrorDescription => {
  try {
    if (!(thrown instanceof Error)) {
      return { name: 'Error', message: `a body threw ${String(thrown)}`, cause: thrown }
    }
    const { name, message, stack, cause, code } = thrown as Error & { code?: unknown }
    return {
      name: String(name),
      message: String(message),
      stack: typeof stack === 'string' ? stack : undefined,
      ...(code === undefined ? {} : { code }),
      ...(cause === undefined ? {} : { cause }),
    }
  } catch {
    return { name: 'Error', message: 'a body threw something that cannot be shown' }
  }
}
