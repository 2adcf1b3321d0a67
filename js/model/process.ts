// A process of the model as data: its phase, its inbox, what its body waits for, whom it is tied to. Knows nothing of
// scheduling or time. Never true here: a dead process with mail, two waits at once, more messages in a bounded inbox than its
// capacity (signals are no such messages: they are never dropped).

import type { Down, ExitReason } from '../types.ts'
import type { Timer } from './clock.ts'
import { Inbox, type Letter, type Search } from './inbox.ts'
import type { Entry, Priority } from './run-queue.ts'
import type { Outcome, Wait } from './wait.ts'

/** A bounded mailbox, and what a `send` does to a full one: with `'offer'` as with `'drop-newest'` the new message is dropped. */
export interface Mailbox {
  readonly capacity: number
  readonly overflow: 'drop-oldest' | 'drop-newest' | 'offer'
}

/** How long a wait may last. */
export interface Limits {
  readonly timeout?: number
  readonly signal?: AbortSignal
}

/** A message that waits for room. */
export interface Offer {
  /** The message as it is now; throws if that cannot be sent any more. */
  readonly message: () => unknown
  readonly answer: (outcome: Outcome) => void
}

/** Who hears of an end: a process, or code that is none. */
export interface Watcher {
  readonly pid: number
  /** Only for code that is no process. */
  readonly hear?: (down: Down) => void
}

/** How a process is made. */
export interface Birth {
  readonly mailbox?: Mailbox | undefined
  readonly priority?: Priority | undefined
  /** From what, if that has a name. */
  readonly definition?: { readonly url: string; readonly name: string } | undefined
}

export class Process implements Watcher {
  readonly pid: number
  readonly mailbox: Mailbox | undefined
  readonly priority: Priority
  readonly definition: Birth['definition']
  phase: 'unbegun' | 'running' | 'exiting' | 'dead' = 'unbegun'
  /** Its body has settled, whatever became of the process. */
  settled = false
  /** Why it must end, or has ended. */
  exiting: ExitReason | undefined
  /** How often its body has asked for something since. */
  refused = 0
  readonly inbox: Inbox = new Inbox()
  offers: Offer[] = []
  wait: Wait | undefined
  /** Has its wait look, and goes on; made once. */
  wakes: (() => void) | undefined
  goesOn: (() => void) | undefined
  /** How often its body has gone on after a wait. */
  resumes = 0
  /** When it last began to go on. */
  since = 0
  /** Code of `match` runs, which may neither wait nor take. */
  looking = false
  /** What it has asked of the model beside its wait, in words. */
  asked: Set<{ readonly on: string }> | undefined
  /** Its place on the run queue. */
  entry: Entry<Process> | undefined
  traps = false
  name: string | undefined
  linked: Set<Process> | undefined
  /** Who hears of its end, and of whose end it hears, by reference. */
  watched: Map<number, Watcher> | undefined
  watches: Map<number, Process> | undefined
  /** Timers that will send to it, by reference. */
  posted: Map<number, Timer> | undefined
  grace: Timer | undefined
  abort: AbortController | undefined
  /** Told once when it is dead; the error is wrapped, for a body may throw undefined. */
  onDeath: ((reason: ExitReason, value?: unknown, thrown?: { readonly error: unknown }) => void)[] | undefined

  constructor(pid: number, { mailbox, priority = 'normal', definition }: Birth) {
    this.pid = pid
    this.mailbox = mailbox
    this.priority = priority
    this.definition = definition
  }

  // What few have is made when it is first asked for: most processes start, do one thing and end.

  get asks(): Set<{ readonly on: string }> {
    this.asked ??= new Set()
    return this.asked
  }

  get links(): Set<Process> {
    this.linked ??= new Set()
    return this.linked
  }

  get watchers(): Map<number, Watcher> {
    this.watched ??= new Map()
    return this.watched
  }

  get watching(): Map<number, Process> {
    this.watches ??= new Map()
    return this.watches
  }

  get posts(): Map<number, Timer> {
    this.posted ??= new Map()
    return this.posted
  }

  /** Has `tell` hear when it is dead. */
  atDeath(tell: NonNullable<Process['onDeath']>[number]): void {
    this.onDeath ??= []
    this.onDeath.push(tell)
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
    return this.phase === 'running' && this.wait === undefined && (this.asked?.size ?? 0) === 0
  }

  get hasRoom(): boolean {
    return this.mailbox === undefined || this.inbox.messages < this.mailbox.capacity
  }

  /** A search of what waits and what comes, behind a mark if there is one. */
  search({ match, since = 0 }: { match?: (message: never) => boolean; since?: number }): Search {
    return { from: Math.min(since, this.inbox.came), match }
  }

  /** Where the first wanted letter is; none is looked at twice by one search. Runs code of the user: throws what that throws. */
  find(search: Search): number | undefined {
    const { inbox } = this
    let place = inbox.find(search.from)
    if (search.match === undefined) return inbox.at(place) === undefined ? undefined : place
    this.looking = true
    try {
      for (let letter = inbox.at(place); letter !== undefined; letter = inbox.at(place)) {
        search.from = letter.number + 1
        const wanted = search.match(letter.message as never)
        // The code that says so may have ended the process, or moved what waits by what it sent.
        const stays = inbox.at(place) === letter
        if (wanted) return this.alive && stays ? place : this.placeOf(letter)
        place = stays ? place + 1 : inbox.find(search.from)
      }
      return undefined
    } finally {
      this.looking = false
    }
  }

  private placeOf(letter: Letter): number | undefined {
    if (!this.alive) return undefined
    const place = this.inbox.find(letter.number)
    return this.inbox.at(place) === letter ? place : undefined
  }
}

/** A process in words. */
export const called = ({ pid, name }: Process): string =>
  name === undefined ? `process ${pid}` : `process ${pid} '${name}'`
