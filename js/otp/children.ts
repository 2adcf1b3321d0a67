// The children of a supervisor: in the order of their start, by key, by id, by pid. Owns that table; each step costs the same however
// many there are.

import type { Kept } from './child-spec.ts'

/** A child, running or not. */
export interface Child {
  /** Its number: later children have higher ones. */
  readonly key: number
  readonly spec: Kept
  /** 0 while it does not run. */
  pid: number
  /** It has ended, or could not be started, and is to be. */
  restarting: boolean
  /** When it was started last, in milliseconds; 0 where nobody asks. */
  since: number
  /** Which of its restarts is to come. */
  turn: number
  /** Restarts since it last lived for long. */
  inARow: number
}

/** Whether it runs, or is about to again. */
export const isRunning = ({ pid, restarting }: Child): boolean => pid !== 0 || restarting

export class Children {
  private readonly keys = new Map<number, Child>()
  private readonly ids = new Map<string, Child>()
  private readonly pids = new Map<number, Child>()
  private last = 0

  get size(): number {
    return this.keys.size
  }

  /** A new child, behind the others; it does not run. */
  add(spec: Kept): Child {
    const child = { key: ++this.last, spec, pid: 0, restarting: false, since: 0, turn: 0, inARow: 0 }
    this.keys.set(child.key, child)
    if (spec.id !== undefined) this.ids.set(spec.id, child)
    return child
  }

  /** All, in order. */
  all(): IterableIterator<Child> {
    return this.keys.values()
  }

  byKey(key: number): Child | undefined {
    return this.keys.get(key)
  }

  /** The child with this id, or with this pid. */
  find(which: string | number): Child | undefined {
    return typeof which === 'string' ? this.ids.get(which) : this.pids.get(which)
  }

  /** The child that has this pid. */
  at(pid: number): Child | undefined {
    return this.pids.get(pid)
  }

  noteStarted(child: Child, pid: number, now: number): void {
    child.pid = pid
    child.since = now
    this.pids.set(pid, child)
  }

  noteEnded(child: Child): void {
    this.pids.delete(child.pid)
    child.pid = 0
  }

  remove(child: Child): void {
    this.pids.delete(child.pid)
    this.keys.delete(child.key)
    const { id } = child.spec
    if (id !== undefined && this.ids.get(id) === child) this.ids.delete(id)
  }
}
