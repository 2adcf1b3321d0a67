// send: a message to a process, wherever it runs. Owns the choice of lane; never waits, never tells whether the receiver is
// alive. Hot: every message passes here.

import { kernels } from '../kernel/kernels.ts'
import { kernelOf, postMessage } from '../kernel/post.ts'
import { GATE_OPEN, highOf, QUEUED, QUEUED_LOOK, RECEIVING, SELECTING } from '../kernel/process.ts'
import { COUNT_LOCAL_ACCEPTED, HIGH, INDEX_BITS, INDEX_MASK } from '../kernel/words.ts'
import type { Pid } from '../types.ts'

/**
 * Sends `message` to the process `pid`. It is visible to the receiver when `send` returns, in the order sent.
 *
 * On the same scheduler the value itself travels, so treat messages as immutable, and send no promise: `receive`, being one
 * itself, would wait for it. To another scheduler it is encoded. A
 * message to a dead process is dropped and counted: use a monitor to hear of a death. Send never waits: for a receiver that
 * may fall behind, have it answer.
 *
 * @param pid - whom
 * @param message - what; anything on the same scheduler, {@link Crossable} values to others
 * @throws UncrossableError `ERR_RUMPUS_UNCROSSABLE` naming the part that cannot cross; nothing was sent
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `pid` is no pid
 * @throws RumpusError `ERR_RUMPUS_STOPPED` if this thread knows no runtime of that pid
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
export const send = <M>(pid: Pid<M>, message: NoInfer<M>): void => {
  const low = (pid as number) | 0
  const kernel = kernels[low >>> INDEX_BITS]
  if (kernel !== undefined) {
    const process = kernel.procs[low & INDEX_MASK]
    const high = highOf(pid as number)
    const found = process !== undefined && process.high === high && high * HIGH + (low >>> 0) === (pid as number)
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
  postMessage(kernelOf(pid as number), pid as number, message)
}
