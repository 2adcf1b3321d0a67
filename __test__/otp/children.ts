// What tests of supervisors do with children: one that waits, finding one, or all below, killing one.

import { exit } from 'rumpus'
import { type ChildView, whichChildren } from 'rumpus/otp'
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

/** What lives below `top`, each supervisor before its own. A part that is being replaced meanwhile is left out, and `failed` hears why. */
export async function below(
  top: AnyPid,
  failed: (of: AnyPid) => (error: unknown) => void,
): Promise<readonly ChildView[]> {
  const children = await whichChildren(top, { timeout: 10_000 }).catch((error) => failed(top)(error))
  const all: ChildView[] = []
  for (const child of children ?? []) {
    all.push(child)
    if (child.type === 'supervisor' && child.pid !== undefined) all.push(...(await below(child.pid as AnyPid, failed)))
  }
  return all
}
