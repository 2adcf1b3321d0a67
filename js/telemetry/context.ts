// Contexts: of what work a process does a part, and how messages say so. Owns what a process does meanwhile, and the wrapper of a
// message that is only sent; calls and casts say it themselves. What nobody gives costs nothing.

import { badArgument } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { type Process, rareOf } from '../kernel/process.ts'
import { CARRIED } from '../process/carried.ts'
import { checkContext } from '../process/waits.ts'
import type { Context } from '../types.ts'

/** A message with its context, as {@link carry} makes it. A server is given the message. */
export interface Carried<Message = unknown> {
  /** Tells it from other messages. */
  readonly type: 'rumpus:carried'
  /** What is sent. */
  readonly message: Message
  /** Of what work it is a part. */
  readonly context: Context
}

/** A message out of its wrapper, as {@link carried} answers it. */
export interface Unwrapped<Message = unknown> {
  /** What was sent. */
  readonly message: Message
  /** Of what work it is a part, if it says so. */
  readonly context: Context | undefined
}

const processOf = (self: unknown): Process => {
  const process = self as Process | null | undefined
  if (typeof process?.pid === 'number' && (process.home as Kernel | undefined)?.handle !== undefined) return process
  throw badArgument(TypeError, 'self', 'the self of a process', self)
}

/**
 * Of what work a process does a part now: what came with the message that its server handles, or what {@link inContext} gave it. Its
 * questions say the same; give it on with casts and messages yourself.
 *
 * @param self - the process, as its body or its server has it
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { startServer } from 'rumpus/otp'
 * import { contextOf } from 'rumpus/telemetry'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const server = await startServer(self, {
 *     handleCall() {
 *       return contextOf(this.self)?.tenant
 *     },
 *   })
 *   assert.equal(await self.call(server, 'who?', { context: { tenant: 'acme' } }), 'acme')
 *   assert.equal(await self.call(server, 'who?'), undefined)
 * })
 * ```
 */
export const contextOf = (self: { readonly pid: unknown }): Context | undefined => processOf(self).rare?.context

/**
 * Runs `body` while the process does a part of `context`: what it asks says so. Behind it, all is as before.
 *
 * @param self - the process
 * @param context - of what work; nothing for none
 * @param body - async or not; one at a time for a process, as it waits for one thing at a time
 * @returns what `body` answers
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`, and what `body` throws
 * @example
 * ```ts
 * import { reply, run } from 'rumpus'
 * import { contextOf, inContext } from 'rumpus/telemetry'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const echo = self.spawn(async (me) => {
 *     const { from, context } = await me.receive()
 *     reply(from, context)
 *   })
 *   assert.deepEqual(await inContext(self, { order: 7 }, () => self.call(echo, 'hello')), { order: 7 })
 *   assert.equal(contextOf(self), undefined)
 * })
 * ```
 */
export const inContext = <Result>(
  self: { readonly pid: unknown },
  context: Context | undefined,
  body: () => Result,
): Result => {
  const process = processOf(self)
  checkContext(context)
  if (typeof body !== 'function') throw badArgument(TypeError, 'body', 'a function', body)
  const rare = rareOf(process)
  const before = rare.context
  const back = (): void => {
    rare.context = before
  }
  rare.context = context
  let result: Result
  try {
    result = body()
  } catch (error) {
    back()
    throw error
  }
  if (!(result instanceof Promise)) {
    back()
    return result
  }
  return result.finally(back) as Result
}

/**
 * Wraps a message for `send`, `offer` or `sendAfter`, so that it says of what work it is a part. A server is given the message, and does
 * a part of that work meanwhile; a plain body unwraps it by {@link carried}.
 *
 * @param context - of what; nothing for none: then the message stays as it is
 * @param message - what is sent
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
 * @example
 * ```ts
 * import { define, run, send } from 'rumpus'
 * import { carried, carry } from 'rumpus/telemetry'
 * import assert from 'node:assert/strict'
 *
 * const worker = define(import.meta.url, 'worker', async (self, to) => {
 *   const { message, context } = carried(await self.receive())
 *   send(to, [message, context.order])
 * })
 *
 * await run(async (self) => {
 *   send(self.spawn(worker, self.pid), carry({ order: 7 }, 'ship it'))
 *   assert.deepEqual(await self.receive(), ['ship it', 7])
 * })
 * ```
 */
export const carry = <Message>(context: Context | undefined, message: Message): Message | Carried<Message> => {
  checkContext(context)
  return context === undefined ? message : { type: CARRIED, message, context }
}

/**
 * The message that came, and of what work it is a part, if it says so. See {@link carry}.
 *
 * @param received - what came
 * @example
 * ```ts
 * import { carried } from 'rumpus/telemetry'
 * import assert from 'node:assert/strict'
 *
 * assert.deepEqual(carried('plain'), { message: 'plain', context: undefined })
 * ```
 */
export const carried = <Message>(received: Message | Carried<Message>): Unwrapped<Message> => {
  const { type, message, context } = (received ?? {}) as Partial<Carried<Message>>
  if (type === CARRIED) return { message: message as Message, context }
  return { message: received as Message, context: undefined }
}
