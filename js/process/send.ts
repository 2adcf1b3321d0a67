// send: a message to a process, wherever it runs. Owns the choice of lane; never waits, never tells whether the receiver is
// alive. Hot: every message passes here.

import { stopped } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { kernels, onlyKernel } from '../kernel/kernels.ts'
import { checkPid, kernelOf } from '../kernel/post.ts'
import { postMessage } from '../kernel/post-messages.ts'
import { GATE_OPEN, highOf, QUEUED, QUEUED_LOOK, RECEIVING, SELECTING } from '../kernel/process.ts'
import { COUNT_DROPPED_NOBODY, COUNT_LOCAL_ACCEPTED, HIGH, INDEX_BITS, INDEX_MASK } from '../kernel/words.ts'
import type { Pid } from '../types.ts'

/**
 * Sends `message` to the process `to`, a pid or a registered name. It is visible to the receiver when `send` returns, in the order sent.
 *
 * On the same scheduler the value itself travels, so treat messages as immutable, and send no promise: `receive`, being one
 * itself, would wait for it. To another scheduler it is encoded, instances of classes by `registerMessage`. A
 * message to a dead process, or to a name that nobody has, is dropped and counted: use a monitor to hear of a death. Send never waits: for a receiver that
 * may fall behind, have it answer.
 *
 * @param to - whom: a pid, or a name in the only runtime of this thread
 * @param message - what; anything on the same scheduler, {@link Crossable} values to others
 * @throws UncrossableError `ERR_RUMPUS_UNCROSSABLE` naming the part that cannot cross, if `to` lives; nothing was sent
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `pid` is no pid
 * @throws RumpusError `ERR_RUMPUS_STOPPED` if this thread knows no runtime of that pid, `ERR_RUMPUS_WHICH_RUNTIME` if it has
 * several and a name is given: use `self.send` or `runtime.send`
 * @example
 * ```ts
 * import { run, send } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const echo = self.spawn(async (me) => {
 *     const { from, text } = await me.receive()
 *     send(from, text)
 *   })
 *   send(echo, { from: self.pid, text: 'hello' })
 *   assert.equal(await self.receive(), 'hello')
 * })
 * ```
 */
export const send = <M>(to: Pid<M> | string, message: NoInfer<M>): void => {
  if (typeof to === 'number') sendToPid(to, message)
  else if (typeof to === 'string') sendToName(onlyKernel(), to, message)
  else checkPid(to)
}

/** The same from a process or a runtime, which names are those of. */
export const sendFrom = (kernel: Kernel, to: number | string, message: unknown): void => {
  if (typeof to === 'number') sendToPid(to, message)
  else if (typeof to === 'string') sendToName(kernel, to, message)
  else checkPid(to)
}

const sendToName = (kernel: Kernel, name: string, message: unknown): void => {
  if (kernel.detached) throw stopped()
  const pid = kernel.names.find(name)
  if (pid !== 0) return sendToPid(pid, message)
  kernel.counts[COUNT_LOCAL_ACCEPTED]++
  kernel.counts[COUNT_DROPPED_NOBODY]++
}

const sendToPid = (pid: number, message: unknown): void => {
  const low = pid | 0
  const kernel = kernels[low >>> INDEX_BITS]
  if (kernel !== undefined) {
    const process = kernel.procs[low & INDEX_MASK]
    const high = highOf(pid)
    const found = process !== undefined && process.high === high && high * HIGH + (low >>> 0) === pid
    if (found && process.gate === GATE_OPEN) {
      kernel.counts[COUNT_LOCAL_ACCEPTED]++
      if (process.parked === RECEIVING) {
        process.handed = message
        process.parked = QUEUED
        kernel.pushSlot(process.index)
      } else {
        process.push(message)
        if (process.parked === SELECTING) {
          process.parked = QUEUED_LOOK
          kernel.pushSlot(process.index)
        }
      }
      return
    }
  }
  postMessage(kernelOf(pid), pid, message)
}
