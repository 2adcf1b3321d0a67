// produceFrom: an iterable as a producer. Owns what is asked of the iterable: one item at a time, none before it is wanted. Never true in
// it: an item taken from the iterable that no consumer has asked for; one that was taken and lost while nobody was killed.

import { badArgument } from '../errors.ts'
import { send } from '../process/send.ts'
import type { Down, Pid } from '../types.ts'
import type { Done } from './server.ts'
import { Producer } from './stage.ts'
import type { Begun, Emitted } from './stage-open.ts'
import type { ProducerOptions } from './stage-shapes.ts'

/** What can be produced from. */
export type Producible<Out> = Iterable<Out> | AsyncIterable<Out>

/** Told to itself: items have come. */
const CAME = { type: 'rumpus:came' } as const

/**
 * A producer of what an iterable gives, async or not: a class, to be started as a server, given to a supervisor or to `defineServer`. It
 * takes an item only when consumers want one, and ends, normally, when there are no more and all are out. What the iterable throws ends
 * it with that error.
 *
 * Give it a function that makes the iterable, if it is to be started again: a generator gives its items once. One that is started
 * elsewhere has the items there.
 *
 * @param source - an iterable, or a function that answers one from the `args` of the start
 * @param options - as `begin` of a {@link Producer} answers them
 * @returns the class
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { consume, defineServer, produceFrom, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * const squares = defineServer(import.meta.url, 'squares', produceFrom(async function* (count) {
 *   for (let n = 1; n <= count; n++) yield n * n
 * }))
 *
 * await run(async (self) => {
 *   const there = await startServer(self, squares, { args: [4], on: 1 })
 *   const seen = []
 *   for await (const square of consume(self, there)) seen.push(square)
 *   assert.deepEqual(seen, [1, 4, 9, 16])
 * })
 * ```
 */
export const produceFrom = <Out>(
  source: Producible<Out> | ((...args: never[]) => Producible<Out> | PromiseLike<Producible<Out>>),
  options: ProducerOptions<Out> = {},
): (new () => Producer<Out>) => {
  if (typeof source !== 'function') iteratorOf(source, 'source')
  return class extends IterableProducer<Out> {
    override begin(...args: never[]): Begun<ProducerOptions<Out>> {
      if (typeof source !== 'function') return this.from(source, options)
      return Promise.resolve(source(...args)).then((made) => this.from(made, options))
    }
  }
}

class IterableProducer<Out> extends Producer<Out> {
  #iterator!: Iterator<Out> | AsyncIterator<Out>
  /** Items that are wanted and have not come. */
  #wanted = 0
  /** Those that have come and have not been emitted. */
  #came: Out[] = []
  #pulling = false
  #told = false
  #over = false
  #failed: { readonly error: unknown } | undefined
  /** Whoever waits for the item that is being pulled. */
  #settled: (() => void) | undefined

  protected from(source: unknown, options: ProducerOptions<Out>): ProducerOptions<Out> {
    this.#iterator = iteratorOf<Out>(source, 'what source answers')
    // Whatever ends it, a kill too, lets the iterable end.
    this.self.signal.addEventListener('abort', () => this.#close())
    return options
  }

  override handleDemand(count: number): Emitted<Out> {
    this.#wanted += count
    this.#pull()
    return this.#take()
  }

  override handleInfo(message: unknown): Done {
    if ((message as { type?: unknown } | null | undefined)?.type !== CAME.type) return super.handleInfo(message as Down)
    this.#told = false
    this.emit(this.#take())
  }

  /** What was asked of the iterable still comes; nothing else is. */
  override async handleDrain(): Promise<Out[]> {
    this.#wanted = 0
    this.#close()
    if (this.#pulling) await new Promise<void>((resolve) => (this.#settled = resolve))
    return this.#take()
  }

  #take(): Out[] {
    const came = this.#came
    this.#came = []
    if (this.#failed !== undefined && came.length === 0) throw this.#failed.error
    if (this.#failed !== undefined) this.#tell()
    else if (this.#over) this.drain()
    return came
  }

  /** Takes items as long as some are wanted. */
  #pull(): void {
    while (this.#wanted > 0 && !this.#pulling && !this.#over && this.#failed === undefined) {
      try {
        const next = this.#iterator.next()
        if (isPromise(next)) this.#await(next)
        else this.#pulled(next)
      } catch (error) {
        this.#failed = { error }
      }
    }
  }

  #await(next: PromiseLike<IteratorResult<Out>>): void {
    this.#pulling = true
    const settled = (): void => {
      this.#pulling = false
      this.#settled?.()
      this.#pull()
      this.#tell()
    }
    Promise.resolve(next)
      .then(
        (result) => this.#pulled(result),
        (error: unknown) => {
          this.#failed = { error }
        },
      )
      .then(settled)
  }

  #pulled({ done, value }: IteratorResult<Out>): void {
    if (done === true) {
      this.#over = true
      return
    }
    this.#came.push(value)
    this.#wanted--
  }

  /** Has what has come be emitted in the next turn of this process. */
  #tell(): void {
    if (this.#told || this.self.signal.aborted) return
    this.#told = true
    send(this.self.pid as Pid<unknown>, CAME)
  }

  #close(): void {
    if (this.#over) return
    this.#over = true
    try {
      const ended = this.#iterator.return?.()
      if (isPromise(ended)) Promise.resolve(ended).catch(() => {})
    } catch {
      // It is not asked for anything any more.
    }
  }
}

/** The iterator of an iterable, async or not. */
const iteratorOf = <Out>(source: unknown, argument: string): Iterator<Out> | AsyncIterator<Out> => {
  const from = source as Partial<Iterable<Out> & AsyncIterable<Out>> | null | undefined
  const make = from?.[Symbol.asyncIterator] ?? from?.[Symbol.iterator]
  if (typeof make !== 'function') throw badArgument(TypeError, argument, 'an iterable, async or not', source)
  return (make as () => Iterator<Out> | AsyncIterator<Out>).call(source)
}

const isPromise = <T>(value: T | PromiseLike<T> | undefined): value is PromiseLike<T> =>
  typeof (value as PromiseLike<T> | undefined)?.then === 'function'
