// Owns programs whose outcome their time decides: in each slot one process acts, at its beginning; all that follows has happened
// long before the next. Between two observations and what may change them lies a sleep. Wild ones keep no such rule: all act at
// once, and only what always holds can be said of them.

import { dice } from '../fixtures/random.mjs'
import { type Birth, type Burst, type Mode, NAMES, type Program, type Script, type Step, TAGS } from './program.ts'

/** Milliseconds. Five seconds of grace end in the middle of a slot. */
const SLOT = 1100
/** What follows from something has happened after so many. */
const SETTLED = 10
/** When all that acts in a slot has acted, timers are due, and then offers are given up. */
const TIMERS = 560
const OFFERS = 950
/** After so many slots all is over: one grace may begin when another ends, for all the processes there are. */
const OVER = 45
const PROCESSES = 9

type Below = (bound: number) => number

/** A process as it is being written. */
interface Draft {
  readonly label: string
  readonly place: Script['place']
  readonly first: Mode
  readonly told: Script['told']
  readonly bursts: Burst[]
  readonly bound: string | undefined
  monitors: number
  timers: number
  ended: boolean
}

/** Writes one program. */
class Writer {
  private readonly below: Below
  private readonly drafts: Draft[] = []
  private readonly exclusive: boolean
  private timers = 0

  constructor(below: Below, exclusive: boolean) {
    this.below = below
    this.exclusive = exclusive
  }

  write(seed: number): Program {
    const slots = 4 + this.below(14)
    const root = this.draft('root', undefined)
    const births = Array.from({ length: 2 + this.below(3) }, () => this.spawn(root))
    root.bursts.push({ at: 1, steps: births, next: this.mode(root) })
    for (let at = 2; at < slots; at++) {
      const actors = this.drafts.filter(({ ended, bursts }) => !ended && (bursts.at(-1)?.at ?? 0) < at)
      if (this.exclusive) this.act(this.one(actors), at)
      else for (const draft of actors) if (this.below(3) > 0) this.act(draft, at)
    }
    for (const draft of this.exclusive ? [root] : this.drafts) {
      draft.bursts.push({ at: slots + OVER, steps: this.reckoning(), next: ['never'] })
    }
    root.bursts.push({ at: slots + OVER + 1, steps: [['return', 'over']], next: ['never'] })
    const scripts = this.drafts.map(({ label, place, first, told, bursts }) => [label, { place, first, told, bursts }])
    return { seed, slot: SLOT, slots, scripts: Object.fromEntries(scripts) }
  }

  /** What is said when all is over, graces too. */
  private reckoning(): Step[] {
    if (!this.exclusive) return [['drain'], ['reckon']]
    return [
      ...this.drafts.map((draft): Step => ['alive', draft.label]),
      ...NAMES.map((name): Step => ['whereis', name]),
      ['flush'],
    ]
  }

  private one<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  private draft(label: string, bound: string | undefined): Draft {
    const place = label === 'root' ? 'closure' : this.one(['closure', 'closure', 'any', 'any', 'here', 0, 1] as const)
    const told = label === 'root' ? 'let' : this.one(['let', 'let', 'let', 'tidy', 'tidy', 'slow', 'clumsy', 'stuck'])
    const draft: Draft = {
      label,
      place,
      told: told as Script['told'],
      first: bound === undefined ? this.one<Mode>([['sleep'], ['any'], ['tag', 'a'], ['never']]) : ['sleep'],
      bursts: [],
      bound,
      monitors: 0,
      timers: 0,
      ended: false,
    }
    this.drafts.push(draft)
    return draft
  }

  private mode(draft: Draft): Mode {
    if (draft.bound !== undefined) return this.one<Mode>([['sleep'], ['never']])
    if (!this.exclusive) return this.one<Mode>([['sleep'], ['any'], ['any'], ['tag', this.one(TAGS)], ['never']])
    return this.one<Mode>([['sleep'], ['any'], ['any'], ['tag', this.one(TAGS)], ['never'], ['since'], ['since', 'b']])
  }

  private act(draft: Draft, at: number): void {
    const steps: Step[] = []
    for (let rest = 1 + this.below(3); rest > 0 && !draft.ended; rest--) {
      this.observe(draft, steps)
      this.change(draft, steps)
      if (!draft.ended) steps.push(['sleep', SETTLED])
    }
    if (!draft.ended && this.below(8) === 0) {
      const { label } = this.one(this.drafts.filter(({ bound }) => bound === undefined))
      draft.timers++
      steps.push(['wait', this.moment()], ['every', label, this.one(TAGS), SLOT * (1 + this.below(2))])
    }
    draft.bursts.push({ at, steps, next: this.mode(draft) })
  }

  /** What answers something that others decide. */
  private observe(draft: Draft, steps: Step[]): void {
    const { label } = this.one(this.drafts)
    const tried = (): Mode => this.one<Mode>([['any'], ['any'], ['tag', this.one(TAGS)], ['since']])
    const picking = (): Step => {
      if (!this.exclusive) return ['try', ['any']]
      return this.below(2) === 0 ? ['flush'] : ['try', tried()]
    }
    const others: (() => Step)[] = [
      () => ['look'],
      () => ['alive', label],
      () => ['whereis', this.one(NAMES)],
      () => ['register', this.one(NAMES), label],
      () => ['register', this.one(NAMES), draft.label],
      () => ['unregister', this.one(NAMES)],
      () => ['cancel', this.below(draft.timers + 1)],
      () => ['demonitor', this.below(draft.monitors + 1), this.below(2) === 0],
    ]
    for (let rest = this.below(3); rest > 0; rest--) steps.push(this.one(others)())
    // A place in a bounded mailbox is free a little after its message was taken.
    for (let rest = this.below(draft.bound === undefined ? 4 : 2); rest > 0; rest--) {
      steps.push(picking())
      if (draft.bound !== undefined) steps.push(['sleep', SETTLED])
    }
  }

  /** What others observe. What may end somebody comes last. */
  private change(draft: Draft, steps: Step[]): void {
    for (let rest = this.below(4); rest > 0; rest--) {
      const step = this.effect(draft)
      steps.push(step)
      // Where the answer of the dead stands among messages, nobody says.
      if (step[0] === 'monitor') steps.push(['sleep', SETTLED])
    }
    if (this.below(2) > 0) return
    // Nor whether somebody has begun, or taken his mail, when he is told to end.
    steps.push(['sleep', SETTLED])
    const victims = this.drafts.filter(({ label }) => label !== 'root')
    const { label } = this.one(victims)
    const reason = this.one(['shutdown', 'kill', 'normal', 'why', { kind: 'shutdown', value: 1 }, { kind: 'noproc' }])
    const isRoot = draft.label === 'root'
    const lasts: Step[] = isRoot
      ? [['exit', label, reason]]
      : [
          ['exit', label, reason],
          ['exit', label, reason],
          ['link', label],
          ['link', label],
          ['selfExit', reason],
          ['throw', `thrown by ${draft.label}`],
          ['return', draft.label],
        ]
    const last = this.one(lasts)
    steps.push(last)
    draft.ended = ['selfExit', 'throw', 'return'].includes(last[0])
  }

  private effect(draft: Draft): Step {
    const { label } = this.one(this.drafts)
    // Who looks only at the end of his burst has no place free for himself before.
    const to = draft.bound !== undefined && label === draft.label ? 'root' : label
    const unrooted = label === 'root' ? draft.label : label
    const tag = this.one(TAGS)
    const effects: (() => Step)[] = [
      () => ['send', to, tag],
      () => ['send', to, tag],
      () => ['send', to, tag],
      () => ['sendName', this.one(NAMES), tag],
      () => (this.drafts.length < PROCESSES ? this.spawn(draft) : ['send', to, tag]),
      () => {
        draft.monitors++
        return ['monitor', label]
      },
      () => (draft.label === 'root' ? ['yield'] : ['unlink', unrooted]),
      () => ['trap', draft.label === 'root' || this.below(3) > 0],
      () => ['yield'],
      () => this.timer(draft, label, tag),
      // The wild tell offers by their tag: they wait, so that they have no place among messages.
      () => this.offer(to, this.exclusive ? tag : 'offer'),
    ]
    return this.one(effects)()
  }

  private timer(draft: Draft, label: string, tag: string): Step {
    draft.timers++
    return ['after', label, tag, this.below(4), this.moment()]
  }

  /** No two timers are due at the same time. */
  private moment(): number {
    return TIMERS + 7 * (this.timers++ % 50)
  }

  private offer(to: string, tag: string): Step {
    return ['offer', to, tag, this.one([-1, 0, 1, 3, null]), OFFERS]
  }

  private spawn(parent: Draft): Step {
    const bounds = [undefined, undefined, undefined, 'drop-oldest', 'drop-newest', 'offer'] as const
    const overflow = this.one(bounds)
    const child = this.draft(`p${this.drafts.length}`, overflow)
    const isMonitored = this.below(3) === 0
    if (isMonitored) parent.monitors++
    const birth: Birth = {
      ...(this.below(3) === 0 && parent.label !== 'root' && { link: true }),
      ...(isMonitored && { monitor: true }),
      ...(this.below(4) === 0 && { name: this.one(NAMES) }),
      ...(overflow !== undefined && { mailbox: { capacity: 1 + this.below(3), overflow } }),
    }
    return ['spawn', child.label, birth]
  }
}

/** A program of which every outcome is determined, or nearly every. */
export const timed = (seed: number): Program => new Writer(dice(seed), true).write(seed)

/** A program in which all act at once. */
export const wild = (seed: number): Program => new Writer(dice(seed), false).write(seed)
