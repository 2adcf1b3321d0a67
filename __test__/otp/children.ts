// What tests of supervisors do with children: one that waits, finding one, killing one.

import { exit } from 'rumpus'
import { whichChildren } from 'rumpus/otp'
import type { AnyPid, AnySelf } from '../process/world.ts'

export const waits = async (me: AnySelf): Promise<void> => void (await me.receive())

export const pidOf = async (top: AnyPid, id: string): Promise<AnyPid> =>
  (await whichChildren(top)).find((child) => child.id === id)?.pid as AnyPid

/** Kills a process, and comes back when whoever watched it before has heard. */
export const killed = async (self: AnySelf, pid: AnyPid): Promise<void> => {
  const ref = self.monitor(pid)
  exit(pid, 'kill')
  await self.receive({ match: (message) => message?.ref === ref })
}
