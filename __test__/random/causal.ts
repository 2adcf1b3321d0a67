// Owns programs whose outcome causes decide, whatever the time and the threads: every receive is for one message that somebody
// has sent or surely will, and nobody looks at what may be changing. Written as one possible history, in which every step knows
// what must have happened before it; a step whose outcome would depend on more is not written. The order of that history
// shows that nobody waits for ever.

import { dice } from '../fixtures/random.mjs'
import { type Birth, type Mode, NAMES, type Program, type Script, type Step, TAGS } from './program.ts'

type Below = (bound: number) => number
/** Events that must have happened. */
type Past = Set<number>

/** Something that somebody can take from his mailbox. */
interface Letter {
  readonly mode: Mode
  readonly past: Past
  readonly knows: ReadonlySet<Actor>
  readonly timed?: boolean
}

interface Watch {
  readonly by: Actor
  readonly number: number
}

/** Who has a name, and what has happened to it. */
interface Name {
  holder: Actor | undefined
  events: Past
}

/** A process as it is being written. */
class Actor {
  readonly label: string
  readonly place: Script['place']
  readonly told: Script['told']
  readonly steps: Step[] = []
  readonly past: Past
  readonly knows: Set<Actor>
  /** What must have happened before it may end. */
  readonly touched: Past = new Set()
  readonly links = new Set<Actor>()
  readonly everLinked = new Set<Actor>()
  watchers: Watch[] = []
  mail: Letter[] = []
  state: 'running' | 'parked' | 'dead' = 'running'
  /** The event by which it has died, trapped exits, looked at its mail. */
  died = -1
  traps = -1
  marked = -1
  /** The last event of its own: who knows of it knows that the body has begun. */
  last = -1
  sent = 0
  timers = 0
  monitors = 0
  wasAsked = false
  name: string | undefined
  /** Who alone sends to it, and how much may wait, if its mailbox is bounded. */
  bound: { readonly by: Actor; readonly capacity: number } | undefined

  constructor(label: string, place: Script['place'], told: Script['told'], parent: Actor | undefined) {
    this.label = label
    this.place = place
    this.told = told
    this.past = new Set(parent?.past)
    this.knows = new Set(parent === undefined ? [] : [...parent.knows, parent])
    this.knows.add(this)
  }
}

const within = (events: Iterable<number>, past: Past): boolean => [...events].every((event) => past.has(event))
const add = <T>(to: Set<T>, from: Iterable<T>): void => {
  for (const item of from) to.add(item)
}

class Writer {
  private readonly below: Below
  private readonly actors: Actor[] = []
  private readonly names = new Map<string, Name>(NAMES.map((name) => [name, { holder: undefined, events: new Set() }]))
  private events = 0

  constructor(below: Below) {
    this.below = below
  }

  write(seed: number): Program {
    const root = this.make(undefined)
    for (let i = 2 + this.below(2); i > 0; i--) this.spawn(root)
    for (let rest = 20 + this.below(120); rest > 0; rest--) {
      const able = this.actors.filter(({ state }) => state === 'running')
      this.act(this.one(able))
    }
    const scripts = this.actors.map(({ label, place, told, steps }): [string, Script] => [
      label,
      { place, told, first: ['never'], bursts: [{ at: 0, steps, next: label === 'root' ? ['sleep'] : ['never'] }] },
    ])
    root.steps.push(['return', 'over'])
    return { seed, slot: 0, slots: 0, scripts: Object.fromEntries(scripts) }
  }

  private one<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  private make(parent: Actor | undefined): Actor {
    const label = parent === undefined ? 'root' : `p${this.actors.length}`
    const place = parent === undefined ? 'closure' : this.one(['closure', 'any', 'any', 'here', 0, 1] as const)
    const told = this.one(['let', 'let', 'tidy', 'slow', 'clumsy'] as const)
    const actor = new Actor(label, place, told, parent)
    this.actors.push(actor)
    return actor
  }

  /** Something that `actor` does. */
  private event(actor: Actor, step: Step): number {
    actor.steps.push(step)
    actor.past.add(++this.events)
    actor.last = this.events
    return this.events
  }

  private act(actor: Actor): void {
    const other = this.one([...actor.knows])
    const acts: [number, () => void][] = [
      [actor.mail.length === 0 ? 0 : 12, () => this.take(actor)],
      [8, () => this.send(actor, other)],
      [this.actors.length < 9 ? 3 : 0, () => this.spawn(actor)],
      [3, () => this.monitor(actor, other)],
      [2, () => this.link(actor, other)],
      [1, () => this.trap(actor)],
      [5, () => this.exit(actor)],
      [actor.label === 'root' ? 0 : 2, () => this.end(actor)],
      [actor.label === 'root' ? 0 : 2, () => this.park(actor)],
      [3, () => this.useName(actor)],
      [2, () => this.alive(actor, other)],
      [2, () => this.timer(actor, other)],
      [1, () => this.idle(actor)],
    ]
    let roll = this.below(acts.reduce((sum, [weight]) => sum + weight, 0))
    acts.find(([weight]) => (roll -= weight) < 0)?.[1]()
  }

  private spawn(parent: Actor): void {
    const [link, monitor, isBound] = [this.below(3) === 0, this.below(3) === 0, this.below(6) === 0]
    const name = this.below(5) === 0 ? this.one(NAMES) : undefined
    if (name !== undefined && !this.mayName(parent, name)) return
    const isTaken = name !== undefined && this.names.get(name)?.holder !== undefined
    const child = this.make(parent)
    const mailbox = { capacity: 1 + this.below(3), overflow: 'offer' } as const
    const birth: Birth = {
      ...(link && parent.label !== 'root' && { link }),
      ...(monitor && { monitor }),
      ...(name !== undefined && { name }),
      ...(isBound && { mailbox }),
    }
    const event = this.event(parent, ['spawn', child.label, birth])
    if (name !== undefined) this.names.get(name)?.events.add(event)
    if (isTaken) {
      this.actors.pop()
      return
    }
    child.past.add(event)
    parent.knows.add(child)
    if (birth.link) this.tie(parent, child)
    if (monitor) child.watchers.push({ by: parent, number: parent.monitors++ })
    if (isBound) child.bound = { by: parent, capacity: mailbox.capacity }
    if (name !== undefined) this.name(child, name)
  }

  private tie(one: Actor, other: Actor): void {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      from.links.add(to)
      from.everLinked.add(to)
    }
  }

  private post(to: Actor, mode: Mode, past: Past, knows: ReadonlySet<Actor>, timed = false): void {
    if (to.state !== 'dead') to.mail.push({ mode, past: new Set(past), knows: new Set(knows), timed })
  }

  private send(from: Actor, to: Actor): void {
    if (to.bound !== undefined) return this.offer(from, to, to.bound)
    this.event(from, ['send', to.label, this.one(TAGS)])
    this.post(to, ['from', from.label, from.sent++], from.past, from.knows)
  }

  private offer(from: Actor, to: Actor, bound: NonNullable<Actor['bound']>): void {
    const waiting = to.mail.filter(({ mode }) => mode[0] === 'from').length
    if (bound.by !== from || to.state !== 'running' || waiting >= bound.capacity) return
    to.touched.add(this.event(from, ['offer', to.label, this.one(TAGS), null, 0, true]))
    this.post(to, ['from', from.label, from.sent++], from.past, from.knows)
  }

  private take(actor: Actor): void {
    const first = actor.mail.find(({ mode }) => mode[0] === 'from')
    const letter = this.one(actor.mail)
    // A place is free only when the first has been taken, in the end.
    const chosen = actor.bound !== undefined && letter.mode[0] === 'from' && first !== undefined ? first : letter
    actor.mail.splice(actor.mail.indexOf(chosen), 1)
    const { mode, past, knows } = chosen
    const isNew = mode[0] !== 'tick' && actor.marked >= 0 && past.has(actor.marked)
    const since = isNew && this.below(2) === 0 ? { since: true } : {}
    add(actor.past, past)
    add(actor.knows, knows)
    this.event(actor, ['take', mode, { ...since, ...(this.below(3) === 0 && { timeout: 60_000 }) }])
  }

  private monitor(by: Actor, of: Actor): void {
    if (of === by || (of.state === 'dead' && !by.past.has(of.died))) return
    const event = this.event(by, ['monitor', of.label])
    const number = by.monitors++
    if (of.state === 'dead') return this.post(by, ['down', number], by.past, by.knows)
    of.touched.add(event)
    // One that has been taken back is as one that never was.
    if (this.below(5) === 0) of.touched.add(this.event(by, ['demonitor', number, this.below(2) === 0]))
    else of.watchers.push({ by, number })
  }

  private link(one: Actor, other: Actor): void {
    if (one === other || other.state === 'dead' || one.everLinked.has(other)) return
    if (one.label === 'root' || other.label === 'root') return
    other.touched.add(this.event(one, ['link', other.label]))
    this.tie(one, other)
    if (this.below(4) > 0) return
    other.touched.add(this.event(one, ['unlink', other.label]))
    one.links.delete(other)
    other.links.delete(one)
  }

  private trap(actor: Actor): void {
    if (actor.traps < 0) actor.traps = this.event(actor, ['trap', true])
  }

  private exit(by: Actor): void {
    const whom = this.one([...by.knows].filter(({ state, traps }) => state === 'parked' || traps >= 0))
    if (whom === undefined || by === whom || whom.label === 'root' || whom.state === 'dead') return
    const reason = this.one(['shutdown', 'kill', 'why', { kind: 'shutdown', value: [1] }, { kind: 'noproc' }])
    if (whom.traps >= 0 && reason !== 'kill') {
      if (!by.past.has(whom.traps) || whom.wasAsked) return
      whom.wasAsked = true
      this.event(by, ['exit', whom.label, reason])
      return this.post(whom, ['exit', 0], by.past, new Set())
    }
    const past = new Set(by.past)
    const dying = this.dyingOf(whom, past, true)
    if (dying === undefined) return
    past.add(this.event(by, ['exit', whom.label, reason]))
    this.die(dying, past)
  }

  private end(actor: Actor): void {
    const how = this.one(['return', 'throw', 'selfExit'] as const)
    const reason = how === 'selfExit' ? this.one(['normal', 'shutdown', 'why']) : how
    const past = new Set(actor.past)
    const dying = this.dyingOf(actor, past, reason !== 'normal' && reason !== 'return', true)
    if (dying === undefined || (how === 'throw' && this.below(2) === 0)) return
    past.add(this.event(actor, how === 'selfExit' ? [how, reason] : [how, `${how} of ${actor.label}`]))
    if (how !== 'selfExit') actor.sent = Number.NaN
    this.die(dying, past)
  }

  /** Who dies with `first`, if all that is determined. Adds to `past` what must have happened. */
  private dyingOf(first: Actor, past: Past, spreads: boolean, bySelf = false): Actor[] | undefined {
    const dying = [first]
    for (const actor of dying) {
      const isReady = (actor === first && bySelf) || (actor.state === 'parked' && past.has(actor.last))
      if (!isReady) return undefined
      add(past, actor.past)
      for (const other of actor.links) {
        if (other.traps >= 0 || !spreads || dying.includes(other)) continue
        dying.push(other)
      }
    }
    const isKnown = (actor: Actor): boolean =>
      within(actor.touched, past) &&
      (actor.name === undefined || within(this.names.get(actor.name)?.events ?? [], past)) &&
      [...actor.links].every(({ traps }) => traps < 0 || past.has(traps))
    return dying.every(isKnown) ? dying : undefined
  }

  private die(dying: readonly Actor[], past: Past): void {
    for (const actor of dying) {
      actor.state = 'dead'
      actor.died = ++this.events
    }
    for (const actor of dying) {
      const mine = new Set([...past, actor.died])
      if (actor.name !== undefined) {
        const name = this.names.get(actor.name)
        if (name?.holder === actor) name.holder = undefined
        name?.events.add(actor.died)
      }
      for (const { by, number } of actor.watchers) this.post(by, ['down', number], mine, new Set())
      for (const other of actor.links) {
        other.links.delete(actor)
        // Who dies before would have taken this one along.
        other.touched.add(actor.died)
        if (other.traps >= 0 && other.knows.has(actor)) this.post(other, ['exit', actor.label], mine, new Set())
      }
      const says = actor.told === 'tidy' && !Number.isNaN(actor.sent)
      if (says) this.post(this.actors[0]!, ['from', actor.label, actor.sent], past, new Set())
      actor.mail = []
    }
  }

  /** Has it do nothing more, and tells somebody, who may end it then. */
  private park(actor: Actor): void {
    const others = [...actor.knows].filter(({ bound, state }) => bound === undefined && state === 'running')
    if (others.length > 1) this.send(actor, this.one(others))
    actor.state = 'parked'
  }

  private mayName(actor: Actor, name: string): boolean {
    return within(this.names.get(name)?.events ?? [], actor.past)
  }

  private name(actor: Actor, name: string): void {
    actor.name = name
    this.names.get(name)!.holder = actor
  }

  private useName(actor: Actor): void {
    const name = this.one(NAMES)
    const known = this.names.get(name)!
    if (!this.mayName(actor, name)) return
    const { holder } = known
    const verb = this.one(['whereis', 'register', 'register', 'sendName', 'unregister'] as const)
    if (verb === 'register') {
      known.events.add(this.event(actor, [verb, name, actor.label]))
      if (holder === undefined && actor.name === undefined) this.name(actor, name)
    } else if (verb === 'sendName') {
      if (holder?.bound !== undefined) return
      known.events.add(this.event(actor, [verb, name, this.one(TAGS)]))
      if (holder !== undefined) this.post(holder, ['from', actor.label, actor.sent], actor.past, actor.knows)
      actor.sent++
    } else {
      if (verb === 'whereis' && holder !== undefined && !actor.knows.has(holder)) return
      // Who loses his name must not be taking another meanwhile.
      if (verb === 'unregister' && holder !== undefined && holder !== actor) return
      known.events.add(this.event(actor, [verb, name]))
      if (verb === 'unregister' && holder !== undefined) {
        known.holder = undefined
        holder.name = undefined
      }
    }
  }

  private alive(actor: Actor, other: Actor): void {
    if (other.state === 'dead' && !actor.past.has(other.died)) return
    other.touched.add(this.event(actor, ['alive', other.label]))
  }

  private timer(actor: Actor, other: Actor): void {
    const timer = actor.timers
    if (other.state === 'dead' || other.bound !== undefined) return
    actor.timers++
    if (this.below(3) > 0) {
      this.event(actor, ['after', other.label, this.one(TAGS), 0, this.below(5)])
      return this.post(other, ['tick', actor.label, timer], actor.past, new Set())
    }
    other.touched.add(this.event(actor, ['after', other.label, this.one(TAGS), 0, 3_600_000]))
    other.touched.add(this.event(actor, ['cancel', timer]))
  }

  private idle(actor: Actor): void {
    const step = this.one<Step>([
      ['yield'],
      ['sleep', this.below(4)],
      ['look'],
      ['take', ['never'], { timeout: this.below(4) }],
    ])
    const event = this.event(actor, step)
    if (step[0] === 'look') actor.marked = event
  }
}

/** A program of which every outcome is determined. */
export const causal = (seed: number): Program => new Writer(dice(seed)).write(seed)
