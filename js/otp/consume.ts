// consume: the events of producers in a loop. Owns the stage that takes them on behalf of a body or of ordinary code, and its end with the
// loop. Never true in it: more events on their way to the loop than were asked for; a stage that outlives the loop or its owner.

import { badArgument, RumpusError } from '../errors.ts'
import { type Process, rareOf } from '../kernel/process.ts'
import { INDEX_MASK } from '../kernel/words.ts'
import { checkOptions, type Names } from '../options.ts'
import { exit } from '../process/exit.ts'
import type { Self } from '../process/shapes.ts'
import { checkSignal } from '../process/waits.ts'
import type { Down, Exit, ExitReason, Pid } from '../types.ts'
import { onEnds } from './ends.ts'
import { type Done, stopWith } from './server.ts'
import { isDown } from './signals.ts'
import { Consumer } from './stage.ts'
import { type ConsumerOptions, keepSubscription, type SubscribeTo, type Subscription } from './stage-shapes.ts'
import { bodyOfServer, spawnOne } from './start-server.ts'
import { starterOf, toSpawn } from './starting.ts'
import type { TaskOwner } from './task.ts'

/** How events are consumed. */
export interface ConsumeOptions {
  /** Ends the loop when aborted, with an AbortError. */
  readonly signal?: AbortSignal
}

const NAMES: Names<ConsumeOptions> = { signal: true }

/** Events that the loop is to take before more are asked for. */
interface Portion<In> {
  readonly events: readonly In[]
  readonly taken: () => void
}

/**
 * The events of a producer, or of several, one after the other: a `for await` loop that asks for more when it has taken most of what it
 * asked for. It is over when its producers have no more.
 *
 * A producer that ends otherwise than normally or by a shutdown ends the loop with an error, unless its `cancel` is `'temporary'`; what it
 * had sent comes first. Who leaves the loop early loses the events that were on their way, `max` of each producer at most. For events that
 * are handled by a process of their own, under a supervisor, extend {@link Consumer}.
 *
 * @param owner - the process that waits, with whose end all ends, or the runtime
 * @param from - a producer or its name, an object with that as `to` and how it is subscribed to, or an array of these
 * @param options - what else ends it
 * @throws at the call TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`; then RumpusError `ERR_RUMPUS_DOWN` for a
 * producer that ended, `cause` being the reason, `ERR_RUMPUS_NOPROC` if nobody has the name, AbortError, and ProcessExit if the owner must end
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { consume, produceFrom, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const fast = await startServer(self, produceFrom([1, 2]))
 *   const slow = await startServer(self, produceFrom(async function* () {
 *     yield 30
 *   }))
 *   let sum = 0
 *   for await (const n of consume(self, [fast, { to: slow, max: 1 }])) sum += n
 *   assert.equal(sum, 33)
 * })
 * ```
 */
export const consume = <In>(
  owner: TaskOwner,
  from: SubscribeTo<In> | readonly SubscribeTo<In>[],
  options: ConsumeOptions = {},
): AsyncGenerator<In, void, undefined> => {
  starterOf(owner)
  checkOptions('options', options, NAMES)
  checkSignal(options.signal)
  const isMany = Array.isArray(from)
  const all = (isMany ? from : [from]) as readonly SubscribeTo<In>[]
  if (all.length === 0) throw badArgument(TypeError, 'from', 'a producer at least', from)
  for (const [at, one] of all.entries()) {
    const path = isMany ? `from[${at}]` : 'from'
    const { manual } = keepSubscription(one, path)
    if (manual) throw badArgument(TypeError, `${path}.demand`, "'auto': the loop asks", 'manual')
  }
  return new Loop<In>(owner, all, options.signal).run()
}

class Loop<In> {
  private readonly owner: TaskOwner
  private readonly from: readonly SubscribeTo<In>[]
  private readonly signal: AbortSignal | undefined
  private portion: Portion<In> | undefined
  private isOver = false
  private failed: { readonly error: unknown } | undefined
  private wake: () => void = () => {}

  constructor(owner: TaskOwner, from: readonly SubscribeTo<In>[], signal: AbortSignal | undefined) {
    this.owner = owner
    this.from = from
    this.signal = signal
  }

  async *run(): AsyncGenerator<In, void, undefined> {
    const stage = this.start()
    const forget = this.listen()
    try {
      for (;;) {
        this.check()
        const { portion } = this
        if (portion !== undefined) {
          for (const event of portion.events) {
            this.check()
            yield event
          }
          this.portion = undefined
          portion.taken()
        } else if (this.isOver) return
        else await new Promise<void>((resolve) => (this.wake = resolve))
      }
    } finally {
      forget()
      if (!this.isOver) exit(stage, 'shutdown')
      this.isOver = true
      // What it waits for would keep it otherwise.
      this.portion?.taken()
    }
  }

  private check(): void {
    if (this.failed !== undefined) throw this.failed.error
  }

  private start(): Pid {
    const { kernel, process } = starterOf(this.owner)
    const body = bodyOfServer(takerFor(this, this.from, process?.pid as Pid | undefined))
    const { what, rest } = toSpawn(body, { ack: undefined, parent: 0, unlinks: false }, [])
    const pid = spawnOne(kernel, process?.pid ?? 0, what, rest, {}, 0) as Pid
    // It may end before it has begun.
    rareOf(kernel.procs[pid & INDEX_MASK] as Process).settled = () => this.lost()
    return pid
  }

  /** Hears of whatever else ends the loop. */
  private listen(): () => void {
    const { signal } = this
    const { process } = starterOf(this.owner)
    const end = process === undefined ? undefined : (process as unknown as Self<never>).signal
    return onEnds(end, signal, (why) => this.fail(why))
  }

  /** Some events: the loop goes on, and the stage waits until it has taken them. */
  come(events: readonly In[]): Promise<void> | undefined {
    if (this.isOver) return undefined
    return new Promise((resolve) => {
      this.portion = { events, taken: resolve }
      this.wake()
    })
  }

  fail(error: unknown): void {
    this.failed ??= { error }
    this.wake()
  }

  /** No producer has any more. */
  over(): void {
    this.isOver = true
    this.wake()
  }

  /** The stage has ended, whatever it had to do. */
  lost(): void {
    if (this.isOver) return
    this.isOver = true
    this.fail(new RumpusError('ERR_RUMPUS_STOPPED', 'the stage of a loop has been ended'))
  }
}

/** The stage that takes the events for a loop. */
const takerFor = <In>(
  loop: Loop<In>,
  from: readonly SubscribeTo<In>[],
  owner: Pid | undefined,
): (new () => Consumer<In>) => {
  const ends = new Map<number, boolean>()
  return class extends Consumer<In> {
    override begin(): ConsumerOptions<In> {
      const { self } = this
      if (owner !== undefined) self.monitor(owner)
      return {}
    }

    override async init(): Promise<undefined> {
      await super.init()
      try {
        for (const one of from) this.#subscribe(one)
      } catch (error) {
        loop.fail(error)
      }
    }

    #subscribe(one: SubscribeTo<In>): void {
      const { to, ...how } = typeof one === 'object' ? one : { to: one }
      const { ref } = this.subscribe({ to, ...how, cancel: 'temporary' })
      ends.set(ref, how.cancel !== 'temporary')
    }

    override handleEvents(events: readonly In[]): Promise<void> | undefined {
      return loop.come(events)
    }

    override handleCancelled({ ref, pid }: Subscription, reason: ExitReason): Done {
      const isBad = reason.kind !== 'normal' && reason.kind !== 'shutdown' && ends.get(ref) === true
      ends.delete(ref)
      if (isBad) loop.fail(lostBy(pid, reason))
      if (ends.size > 0) return undefined
      loop.over()
      return stopWith()
    }

    override handleInfo(message: Down | Exit): Done {
      return isDown(message) ? stopWith() : undefined
    }
  }
}

const lostBy = (pid: Pid, reason: ExitReason): RumpusError => {
  const what = reason.kind === 'error' ? reason.error.message : reason.kind
  return new RumpusError('ERR_RUMPUS_DOWN', `producer ${pid} has ended: ${what}`, { cause: reason })
}
