// watchFibers: on demand, who waits where, which scopes are open, and what is left of both at the end of a program. Owns what is noted
// meanwhile. Never true here: it costs more than a look at a variable while nobody watches.

import { badArgument, RumpusError } from '../errors.ts'
import { checkOptions, type Names } from '../options.ts'
import type { Fiber } from './fiber.ts'
import { lineOf, noteSite } from './site.ts'
import { circleOf, toText, viewOf, type WaitView, waitOf } from './waits.ts'
import { type OpenScope, type Watcher, watchBy, watcher } from './watched.ts'

/** A wait, and where it is. */
export interface WatchedWait extends WaitView {
  /** The line that waits. */
  readonly at: string
  /** The line that forked who waits, if that was watched. */
  readonly forkedAt: string | undefined
}

/** A scope that is open. */
export interface WatchedScope {
  /** The line that opened it. */
  readonly at: string
  /** How many of its children have not ended, daemons among them. */
  readonly children: number
}

/** What {@link watchFibers} answers. */
export interface FiberWatch extends Disposable {
  /** All that wait, in the order in which they began to. */
  readonly waits: readonly WatchedWait[]
  /** All scopes that are open, in the order in which they were opened. */
  readonly scopes: readonly WatchedScope[]
  /** Circles of fibers each of which waits for the next: none of them goes on unless it is cancelled. */
  readonly deadlocks: readonly (readonly WatchedWait[])[]
  /** All that in words; empty if nobody waits and no scope is open. */
  report(): string
  /** Notes nothing any more. */
  stop(): void
}

/** How fibers are watched. */
export interface WatchOptions {
  /**
   * Given the report when the program is about to end and something is left: because nothing can happen any more, or by `process.exit`.
   * Written to stderr unless given. Only where there is a `process`.
   */
  readonly atExit?: (report: string) => void
}

const NAMES: Names<WatchOptions> = { atExit: true }

interface Program {
  on?(event: 'beforeExit' | 'exit', listener: () => void): void
  off?(event: 'beforeExit' | 'exit', listener: () => void): void
}

const LEFT = 'rumpus: fibers and scopes that are left:'
const STUCK = 'rumpus: nothing can happen any more, and these fibers and scopes are left:'

class Watch implements FiberWatch, Watcher {
  private readonly parked = new Map<object, Error>()
  private readonly open = new Map<OpenScope, Error>()
  private readonly forks = new WeakMap<object, Error>()
  private readonly atExit: (report: string) => void
  private readonly program = (globalThis as { process?: Program }).process

  constructor({ atExit = (report) => console.error(report) }: WatchOptions) {
    this.atExit = atExit
    this.program?.on?.('beforeExit', this.onStuck)
    this.program?.on?.('exit', this.onExit)
  }

  born(fiber: object): void {
    this.forks.set(fiber, noteSite(this.born))
  }

  parks(fiber: object): void {
    this.parked.set(fiber, noteSite(this.parks))
  }

  goesOn(fiber: object): void {
    this.parked.delete(fiber)
  }

  opens(scope: OpenScope): void {
    this.open.set(scope, noteSite(this.opens))
  }

  closes(scope: OpenScope): void {
    this.open.delete(scope)
  }

  get waits(): readonly WatchedWait[] {
    return [...this.parked.keys()].map((fiber) => this.toWait(fiber as Fiber))
  }

  get scopes(): readonly WatchedScope[] {
    return [...this.open].map(([{ size }, site]) => ({ at: lineOf(site), children: size }))
  }

  get deadlocks(): readonly (readonly WatchedWait[])[] {
    const seen = new Set<object>()
    const circles: (readonly WatchedWait[])[] = []
    for (const fiber of this.parked.keys()) {
      const wait = waitOf(fiber as Fiber)
      const circle = wait === undefined || seen.has(fiber) ? undefined : circleOf(fiber as Fiber, wait)
      if (circle === undefined) continue
      for (const one of circle) seen.add(one)
      circles.push(circle.map((one) => this.toWait(one)))
    }
    return circles
  }

  private toWait(fiber: Fiber): WatchedWait {
    const [parked, forked] = [this.parked.get(fiber), this.forks.get(fiber)]
    return {
      ...viewOf(fiber),
      at: parked === undefined ? 'an unknown line' : lineOf(parked),
      forkedAt: forked === undefined ? undefined : lineOf(forked),
    }
  }

  report(): string {
    return this.tell(LEFT)
  }

  private tell(head: string): string {
    const { waits, scopes, deadlocks } = this
    const lines = [
      ...deadlocks.map((circle) => `deadlock: ${circle.map(toText).join('; ')}`),
      ...waits.map(tellWait),
      ...scopes.map(
        ({ at, children }) => `a scope is open, with ${children === 1 ? '1 child' : `${children} children`}, at ${at}`,
      ),
    ]
    return lines.length === 0 ? '' : [head, ...lines].join('\n  ')
  }

  /** The event loop is empty: who waits will for ever. */
  private readonly onStuck = (): void => this.end(STUCK)
  private readonly onExit = (): void => this.end(LEFT)

  private end(head: string): void {
    const report = this.tell(head)
    this.stop()
    if (report !== '') this.atExit(report)
  }

  stop(): void {
    this.program?.off?.('beforeExit', this.onStuck)
    this.program?.off?.('exit', this.onExit)
    if (watcher === this) watchBy(undefined)
  }

  [Symbol.dispose](): void {
    this.stop()
  }
}

const tellWait = (wait: WatchedWait): string =>
  `${toText(wait)}, at ${wait.at}${wait.forkedAt === undefined ? '' : `; forked at ${wait.forkedAt}`}`

/**
 * From now on notes of the fibers of this thread, whoever runs them, what they wait for and where, and which scopes are open; tells what
 * is left at the end of the program. For a program that hangs, or ends too soon: a stack a wait is taken, some microseconds.
 *
 * That locks wait for each other in a circle is an error at once, watched or not; and `fifo` tells who is left waiting when a program
 * ends. Here are all other waits, at any time and with their lines: of channels and conditions, of which it is not known who will end
 * them. What waits for a platform promise is not seen.
 *
 * @param options - who hears of what is left
 * @returns what is noted, and how to stop
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`; RumpusError `ERR_RUMPUS_WATCHED` if somebody watches already
 * @example
 * ```ts
 * import { fifo, watchFibers } from 'rumpus/effect'
 * import { scope } from 'rumpus/structured'
 * import { Channel } from 'rumpus/sync'
 * import assert from 'node:assert/strict'
 *
 * const watch = watchFibers()
 * await scope(async (scope) => {
 *   const channel = new Channel(0)
 *   scope.fork((fiber) => channel.receive(fiber).catch(() => {}))
 *   const [wait] = watch.waits
 *   assert.equal(wait.waitsFor, 'an item of a channel')
 *   assert.equal(watch.scopes[0].children, 1)
 *   channel.close()
 * })
 * assert.equal(watch.report(), '')
 * watch.stop()
 * ```
 */
export const watchFibers = (options: WatchOptions = {}): FiberWatch => {
  checkOptions('options', options, NAMES)
  const { atExit } = options
  if (atExit !== undefined && typeof atExit !== 'function') {
    throw badArgument(TypeError, 'options.atExit', 'a function', atExit)
  }
  if (watcher !== undefined)
    throw new RumpusError('ERR_RUMPUS_WATCHED', 'the fibers of this thread are watched already')
  const watch = new Watch(options)
  watchBy(watch)
  return watch
}
