// transfer: marks a message so that parts of it move to another scheduler. Owns the checks of what is marked, and who takes no
// such message. How parts move is the kernel's (`kernel/cargo.ts`, `kernel/links.ts`).

import { badArgument } from '../errors.ts'
import { cargoOf, giveCargo } from '../kernel/cargo.ts'

/**
 * Marks `message` so that what is in `list` moves with it, instead of being copied, when it is next sent to another scheduler.
 * Answers `message`, so that it fits into a `send`, an `offer`, a `call` or a `reply`.
 *
 * For large ArrayBuffers (views of them in the message arrive as views of the same bytes), and for what cannot be copied at
 * all: a MessagePort, streams, whatever `worker_threads` can move. The rest of the message crosses as ever, and everything
 * arrives in the order sent. What has moved is of no use to the sender any more. On the same scheduler the value itself travels
 * and nothing is lost to anybody. Give it the whole message: a mark on a part of one is not looked at. To a dead process nothing
 * moves. A process that has not begun does so where the parts wait for it, and is down with that thread if that goes first.
 * Not for arguments of a spawn, nor for messages for later. So that types let ports into the messages of a definition, add
 * them to {@link RegisteredMessages}.
 *
 * @param message - an object, which may be in the list itself
 * @param list - what moves, each thing once
 * @returns `message`
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `message` is no object, or `list` is no list of such things. At the send:
 * UncrossableError `ERR_RUMPUS_UNCROSSABLE` if a part of the message cannot cross or a thing cannot move; then nothing was sent,
 * and nothing has moved
 * @example
 * ```ts
 * import { define, run, send, transfer } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * const summer = define(import.meta.url, 'summer', async (self, parent) => {
 *   const { numbers } = await self.receive()
 *   send(parent, numbers.reduce((sum, n) => sum + n))
 * })
 *
 * await run(async (self) => {
 *   const pid = self.spawn(summer, self.pid)
 *   const numbers = Float64Array.from({ length: 100_000 }, (_, i) => i)
 *   send(pid, transfer({ numbers }, [numbers.buffer]))
 *   assert.equal(numbers.length, 0) // it is there now
 *   assert.equal(await self.receive(), 4_999_950_000)
 * })
 * ```
 */
export const transfer = <M extends object>(message: M, list: readonly object[]): M => {
  if (typeof message !== 'object' || message === null) throw badArgument(TypeError, 'message', 'an object', message)
  if (!Array.isArray(list)) throw badArgument(TypeError, 'list', 'an array of what moves', list)
  for (const [at, item] of list.entries()) {
    if (!mayMove(item)) throw badArgument(TypeError, `list[${at}]`, movable(item), item)
    const first = list.indexOf(item)
    if (first < at) throw badArgument(TypeError, `list[${at}]`, `another thing than list[${first}]`, item)
  }
  giveCargo(message, [...list])
  return message
}

/** Whether it may be something that can move; Node knows the rest, when it is sent. */
const mayMove = (item: unknown): boolean => {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return false
  if (ArrayBuffer.isView(item) || isShared(item)) return false
  const prototype = Object.getPrototypeOf(item)
  return prototype !== Object.prototype && prototype !== null
}

const isShared = (item: object): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && item instanceof SharedArrayBuffer

const movable = (item: unknown): string =>
  ArrayBuffer.isView(item)
    ? 'the ArrayBuffer that this is a view of'
    : 'an ArrayBuffer, a MessagePort, a stream or what else can move'

/** Throws if `value` was given to `transfer`, where that means nothing. */
export const refuseCargo = (argument: string, value: unknown): void => {
  if (cargoOf(value) === undefined) return
  throw badArgument(TypeError, argument, 'something that was not given to transfer: send that', value)
}

/** The same for the arguments of a spawn. */
export const refuseCargoAmong = (args: readonly unknown[]): void => {
  for (let i = 0; i < args.length; i++) if (cargoOf(args[i]) !== undefined) refuseCargo(`arguments[${i}]`, args[i])
}
