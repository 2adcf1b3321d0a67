// endWith: one process ends because another has. Owns nothing but the watch; a link would take the other along, too.

import type { Kernel } from '../kernel/kernel.ts'
import { postExit } from '../kernel/post.ts'
import type { ExitReason } from '../types.ts'
import { deskOf } from './desk.ts'

const SHUTDOWN: ExitReason = { kind: 'shutdown' }

/** Has a process end when its owner has; answers what takes that back. */
export const endWith = (kernel: Kernel, pid: number, owner: number): (() => void) => {
  const desk = deskOf(kernel)
  const ref = desk.watch(owner, (news) => {
    if (news.kind === 'down' && !kernel.detached) postExit(kernel, 0, pid, SHUTDOWN, false)
  })
  return () => {
    if (!kernel.detached) desk.unwatch(ref)
  }
}
