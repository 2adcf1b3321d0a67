// exit and isAlive: asks a process to end, asks whether it lives. Signals travel in order with messages.

import { askAlive, findKernel, postExit } from '../kernel/post.ts'
import { toReason } from '../kernel/reasons.ts'
import type { Pid, ReasonGiven } from '../types.ts'

/**
 * Asks the process `pid` to end for `reason`. The request arrives in order with the messages sent before it.
 *
 * A process that traps exits gets it as a message. `'kill'` cannot be trapped and leaves no grace; `'normal'` is ignored by
 * a process that does not trap. To end the process you are in, use `self.exit`. Nothing happens to a process that has ended.
 *
 * @param pid - whom
 * @param reason - why: a word, an error, or any value that can cross; `'shutdown'` unless given
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `pid` is no pid
 * @example
 * ```ts
 * import { exit, run } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const pid = self.spawn(async (me) => void (await me.receive()))
 *   self.monitor(pid)
 *   exit(pid, 'kill')
 *   const down = await self.receive()
 *   assert.deepEqual(down.reason, { kind: 'killed' })
 * })
 * ```
 */
export const exit = (pid: Pid, reason: ReasonGiven = 'shutdown'): void => {
  const kernel = findKernel(pid)
  if (kernel !== undefined && !kernel.detached) postExit(kernel, 0, pid, toReason(reason), reason === 'kill')
}

/**
 * Whether the process `pid` has not ended and has not heard that it must. True is only ever the truth of a moment ago: to act on
 * a death, monitor it.
 *
 * @param pid - whom
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `pid` is no pid
 * @example
 * ```ts
 * import { isAlive, run } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => assert(isAlive(self.pid)))
 * ```
 */
export const isAlive = (pid: Pid): boolean => {
  const kernel = findKernel(pid)
  return kernel !== undefined && !kernel.detached && askAlive(kernel, pid)
}
