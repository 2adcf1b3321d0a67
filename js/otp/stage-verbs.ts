// subscribe, cancelSubscription, setDemand, drainStage, stageStatus: stages as others see them. Owns the questions; a stage answers them
// in their turn among its messages.

import { RumpusError } from '../errors.ts'
import { onlyKernel } from '../kernel/kernels.ts'
import { kernelOf } from '../kernel/post.ts'
import { askOutside } from '../process/call.ts'
import type { CallOptions } from '../process/shapes.ts'
import { checkWait } from '../process/waits.ts'
import type { ErrorDescription, ExitReason, Pid } from '../types.ts'
import {
  checkWhole,
  checkWord,
  type Delivering,
  keepSubscription,
  type StageRequest,
  type StageStatus,
  type SubscribeTo,
} from './stage-shapes.ts'

const askStage = async (to: Pid<never> | string, request: StageRequest, options: CallOptions): Promise<unknown> => {
  checkWait(options, true)
  const kernel = typeof to === 'string' ? onlyKernel() : kernelOf(to)
  const answered = (await askOutside(kernel, to, 'rumpus:stage', request, options)) as
    | { readonly value: unknown }
    | { readonly error: ErrorDescription }
  if ('value' in answered) return answered.value
  const { code, message } = answered.error
  throw new RumpusError(String(code ?? 'ERR_RUMPUS_STAGE'), message, { cause: answered.error })
}

/**
 * Subscribes a consumer to a producer, from outside of both; a consumer does so itself by `begin` or its method `subscribe`.
 *
 * @param consumer - a stage that consumes, or its name
 * @param to - a producer or its name, or an object with that as `to` and how the subscription is
 * @param options - as of `call`
 * @returns the number of the subscription, for {@link cancelSubscription}
 * @throws at the call TypeError `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`; rejects with RumpusError
 * `ERR_RUMPUS_NOPROC` if nobody has that name, `ERR_RUMPUS_BAD_ARGUMENT` if it is no consumer, and as `call` does
 * @example
 * ```ts
 * import { run, send } from 'rumpus'
 * import { Consumer, produceFrom, startServer, subscribe } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Passes extends Consumer {
 *   begin(to) {
 *     this.to = to
 *   }
 *   handleEvents(events) {
 *     for (const event of events) send(this.to, event)
 *   }
 * }
 *
 * await run(async (self) => {
 *   const letters = await startServer(self, produceFrom('ab'))
 *   const passes = await startServer(self, Passes, { args: [self.pid] })
 *   await subscribe(passes, { to: letters, cancel: 'temporary' })
 *   assert.deepEqual([await self.receive(), await self.receive()], ['a', 'b'])
 * })
 * ```
 */
export const subscribe = <Event>(
  consumer: Pid<Delivering<Event>> | string,
  to: SubscribeTo<Event>,
  options: CallOptions = {},
): Promise<number> => {
  keepSubscription(to, 'to')
  return askStage(consumer, { stage: 'subscribe', to }, options) as Promise<number>
}

/**
 * Takes a subscription back, and resolves when all that was sent by it has been handled. Then nothing has been lost; what the producer had
 * not sent is for others.
 *
 * @param consumer - the consumer, or its name
 * @param ref - what {@link subscribe} answered; one that is over is no mistake
 * @param options - as of `call`
 * @throws as `call` does
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { cancelSubscription, Consumer, Producer, stageStatus, startServer, subscribe } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Silent extends Producer {}
 * class Idle extends Consumer {}
 *
 * await run(async (self) => {
 *   const [silent, idle] = [await startServer(self, Silent), await startServer(self, Idle)]
 *   const ref = await subscribe(idle, silent)
 *   await cancelSubscription(idle, ref)
 *   assert.deepEqual((await stageStatus(silent)).subscribers, [])
 * })
 * ```
 */
export const cancelSubscription = async (
  consumer: Pid<never> | string,
  ref: number,
  options: CallOptions = {},
): Promise<void> => {
  checkWhole('ref', ref, 1, Number.MAX_SAFE_INTEGER)
  await askStage(consumer, { stage: 'cancel', ref }, options)
}

/**
 * Has a producer hear of demand (`'forward'`), or not yet (`'accumulate'`), so that all consumers are there before the first event is.
 *
 * @param producer - a stage that produces, or its name
 * @param demand - which; a producer begins as its option `demand` says
 * @param options - as of `call`
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`; rejects as `call` does
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { consume, Producer, setDemand, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Ticks extends Producer {
 *   begin = () => ({ dispatcher: 'broadcast', demand: 'accumulate' })
 *   handleDemand = (count) => Array.from({ length: count }, (_, n) => n)
 * }
 *
 * await run(async (self) => {
 *   const ticks = await startServer(self, Ticks)
 *   const firsts = [1, 2].map(async () => {
 *     for await (const first of consume(self, ticks)) return first
 *   })
 *   await setDemand(ticks, 'forward')
 *   assert.deepEqual(await Promise.all(firsts), [0, 0])
 * })
 * ```
 */
export const setDemand = async (
  producer: Pid<never> | string,
  demand: 'forward' | 'accumulate',
  options: CallOptions = {},
): Promise<void> => {
  checkWord('demand', demand, ['forward', 'accumulate'])
  await askStage(producer, { stage: 'demand', demand }, options)
}

/**
 * Ends a stage when all that it has is out: a producer makes no more, a consumer takes its subscriptions back; `handleDrain` is called, what
 * waits for demand is sent as it comes, and then the stage ends normally. Consumers whose subscription is `'permanent'` do the same then:
 * to drain the first stage drains them all. Resolves when this one has ended.
 *
 * A consumer that asks for no more, or that is not there, holds it up: `timeout` ends the wait, not the stage. Below a supervisor it must
 * be `'transient'`, or it is started anew.
 *
 * @param stage - the stage, or its name
 * @param options - as of `call`, with no time limit unless given
 * @throws as `call` does; RumpusError `ERR_RUMPUS_DOWN` if it ends for another reason, `cause`
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { consume, drainStage, Producer, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Mail extends Producer {
 *   handleCast(letter) {
 *     this.emit([letter])
 *   }
 *   handleDrain = () => ['the last']
 * }
 *
 * await run(async (self) => {
 *   const mail = await startServer(self, Mail)
 *   const drained = drainStage(mail)
 *   const seen = []
 *   for await (const letter of consume(self, mail)) seen.push(letter)
 *   await drained
 *   assert.deepEqual(seen, ['the last'])
 * })
 * ```
 */
export const drainStage = async (stage: Pid<never> | string, options: CallOptions = {}): Promise<void> => {
  try {
    await askStage(stage, { stage: 'drain' }, { timeout: Number.POSITIVE_INFINITY, ...options })
  } catch (error) {
    const { code, cause } = error as RumpusError
    if (code === 'ERR_RUMPUS_DOWN' && (cause as ExitReason).kind === 'normal') return
    throw error
  }
}

/**
 * What a stage has and waits for. For people and dashboards.
 *
 * @param stage - the stage, or its name
 * @param options - as of `call`
 * @throws as `call` does
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { Producer, stageStatus, startServer } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * class Source extends Producer {
 *   handleCall(event) {
 *     this.emit([event])
 *     return 'kept'
 *   }
 * }
 *
 * await run(async (self) => {
 *   const source = await startServer(self, Source)
 *   await self.call(source, 'an event')
 *   const { buffered, demand, subscribers } = await stageStatus(source)
 *   assert.deepEqual([buffered, demand, subscribers], [1, 0, []])
 * })
 * ```
 */
export const stageStatus = (stage: Pid<never> | string, options: CallOptions = {}): Promise<StageStatus> =>
  askStage(stage, { stage: 'status' }, options) as Promise<StageStatus>
