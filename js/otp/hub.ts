// The groups of one scheduler: which of its processes are in which, and where the hubs of the others are. Owns both. Every scheduler has
// its own table, of its own processes only: one is joined to without a wait, read without a question, and dies with the very processes
// that are in it. A hub hears at the desk of its scheduler, so it is no process that keeps a thread; the desk has a name while there is
// a hub, and so all find all, from the moment in which a process is the first to join. Never true in it: a member of another scheduler.

import { stopped } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { NAMES } from '../kernel/words.ts'
import { reply } from '../process/call.ts'
import { type Desk, deskOf } from '../process/desk.ts'
import { isAlive } from '../process/exit.ts'
import { registerAs } from '../process/names.ts'
import { send } from '../process/send.ts'
import type { ReplyTo } from '../process/shapes.ts'
import type { Pid } from '../types.ts'

/** What goes to the members on another scheduler, as its hub hears it. */
export interface Publication {
  readonly topic: string
  readonly message: unknown
  /** Who does not get it, or 0. */
  readonly except: number
}

/** Who is in a group on another scheduler, as its hub is asked. */
interface MembersQuestion {
  readonly from: ReplyTo
  readonly request: string
}

/** The members of a group in the order in which they joined; the list is made when it is next needed. */
class Topic {
  readonly members: Set<number> = new Set()
  private list: readonly number[] | undefined

  add(pid: number): void {
    this.members.add(pid)
    this.list = undefined
  }

  remove(pid: number): void {
    this.members.delete(pid)
    this.list = undefined
  }

  /** Does not change while somebody goes through it. */
  all(): readonly number[] {
    this.list ??= [...this.members]
    return this.list
  }
}

interface Joined {
  ref: number
  readonly topics: Set<string>
}

const NOBODY: readonly number[] = []
const nameOf = (scheduler: number): string => `rumpus:groups/${scheduler}`

export class Hub {
  private readonly kernel: Kernel
  private readonly desk: Desk
  private readonly topics = new Map<string, Topic>()
  private readonly joined = new Map<number, Joined>()

  constructor(kernel: Kernel) {
    this.kernel = kernel
    this.desk = deskOf(kernel)
    this.desk.groups = (message) => this.hear(message as Partial<Publication & MembersQuestion>)
    registerAs(kernel, nameOf(kernel.id), this.desk.pid)
  }

  /** False if it is in there already. */
  join(pid: number, topic: string): boolean {
    const joined = this.joined.get(pid) ?? this.admit(pid)
    if (joined.topics.has(topic)) return false
    joined.topics.add(topic)
    let all = this.topics.get(topic)
    if (all === undefined) this.topics.set(topic, (all = new Topic()))
    all.add(pid)
    return true
  }

  private admit(pid: number): Joined {
    const joined: Joined = { ref: 0, topics: new Set() }
    joined.ref = this.desk.watch(pid, () => this.left(pid, joined))
    this.joined.set(pid, joined)
    return joined
  }

  /** False if it is not in there. */
  leave(pid: number, topic: string): boolean {
    const joined = this.joined.get(pid)
    if (joined === undefined || !joined.topics.delete(topic)) return false
    this.remove(pid, topic)
    if (joined.topics.size === 0) {
      this.joined.delete(pid)
      this.desk.unwatch(joined.ref)
    }
    return true
  }

  /** A member has ended, or the runtime has. */
  private left(pid: number, { topics }: Joined): void {
    this.joined.delete(pid)
    for (const topic of topics) this.remove(pid, topic)
  }

  private remove(pid: number, topic: string): void {
    const all = this.topics.get(topic)
    if (all === undefined) return
    all.remove(pid)
    if (all.members.size === 0) this.topics.delete(topic)
  }

  /** Its members here. */
  members(topic: string): readonly number[] {
    return this.topics.get(topic)?.all() ?? NOBODY
  }

  /** The topics that a process of this scheduler is in. */
  topicsOf(pid: number): readonly string[] {
    return [...(this.joined.get(pid)?.topics ?? [])]
  }

  /** Sends to its members here. */
  deliver(topic: string, message: unknown, except: number): void {
    const all = this.topics.get(topic)
    if (all === undefined) return
    for (const pid of all.all()) if (pid !== except) send(pid as Pid<unknown>, message)
  }

  private hear(heard: Partial<Publication & MembersQuestion>): void {
    if (this.kernel.detached || typeof heard !== 'object' || heard === null) return
    const { topic, message, except = 0, from, request } = heard
    if (topic !== undefined) this.deliver(topic, message, except)
    else if (request !== undefined && Array.isArray(from)) reply(from as ReplyTo, living(this.members(request)))
  }
}

/** Those that have not ended a moment ago. */
export const living = (pids: readonly number[]): number[] => pids.filter((pid) => isAlive(pid as Pid))

/** What one scheduler knows of the hubs of its runtime. */
class Hubs {
  own: Hub | undefined
  private readonly kernel: Kernel
  private seen = -1
  private found: readonly number[] = NOBODY

  constructor(kernel: Kernel) {
    this.kernel = kernel
  }

  /** Those of the other schedulers: where to send. */
  others(): readonly number[] {
    const { kernel } = this
    const now = kernel.words[NAMES]!
    if (now !== this.seen) {
      const all = Array.from({ length: kernel.handle.seats }, (_, seat) =>
        seat === kernel.id ? 0 : kernel.names.find(nameOf(seat)),
      )
      this.found = all.filter((pid) => pid !== 0)
      this.seen = now
    }
    return this.found
  }
}

const known = new WeakMap<Kernel, Hubs>()

const hubsOf = (kernel: Kernel): Hubs => {
  if (kernel.detached) throw stopped()
  let hubs = known.get(kernel)
  if (hubs === undefined) known.set(kernel, (hubs = new Hubs(kernel)))
  return hubs
}

/** The hub of a scheduler, if anybody has joined anything there. */
export const hubIn = (kernel: Kernel): Hub | undefined => hubsOf(kernel).own

/** The same; there is one from now on. */
export const hubOf = (kernel: Kernel): Hub => {
  const hubs = hubsOf(kernel)
  hubs.own ??= new Hub(kernel)
  return hubs.own
}

/** Where to send what is for the members on other schedulers. */
export const otherHubs = (kernel: Kernel): readonly number[] => hubsOf(kernel).others()
