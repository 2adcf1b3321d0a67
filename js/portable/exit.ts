// exit and isAlive: asks a process to end, asks whether it lives. Signals act at once, behind what was sent before.

import { exit as exitProcess, isAlive as isAliveThere } from '../model/posts.ts'
import type { Pid, ReasonGiven } from '../types.ts'
import { findHome } from './isolate.ts'

/**
 * Asks the process `pid` to end for `reason`. A process that traps exits gets it as a message. `'kill'` cannot be trapped and leaves
 * no grace; `'normal'` is ignored by a process that does not trap. To end the process you are in, use `self.exit`.
 *
 * @param pid - whom; nothing happens to one that has ended
 * @param reason - why: a word, an error, or any value that can cross; `'shutdown'` unless given
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `pid` is no pid
 * @example
 * ```ts
 * import { exit, run } from 'rumpus/portable'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   const [pid] = self.spawnMonitor(async (me) => void (await me.receive()))
 *   exit(pid, 'kill')
 *   assert.deepEqual((await self.receive()).reason, { kind: 'killed' })
 * })
 * ```
 */
export const exit = (pid: Pid, reason: ReasonGiven = 'shutdown'): void => {
  const home = findHome(pid)
  if (home !== undefined && !home.closed) exitProcess(home.scheduler, pid, reason)
}

/**
 * Whether the process `pid` has not ended and has not heard that it must. To act on a death, monitor it.
 *
 * @param pid - whom
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if `pid` is no pid
 * @example
 * ```ts
 * import { isAlive, run } from 'rumpus/portable'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => assert(isAlive(self.pid)))
 * ```
 */
export const isAlive = (pid: Pid): boolean => {
  const home = findHome(pid)
  return home !== undefined && !home.closed && isAliveThere(home.scheduler, pid)
}
