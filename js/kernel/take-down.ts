// Taking a kernel down: its processes end in reverse order of their start, within a limit, then the seat is given up.

import type { Kernel } from './kernel.ts'
import { kernels } from './kernels.ts'
import { endByOrder, GRACE_MS } from './life.ts'
import { type Process, rareOf } from './process.ts'

/** The processes of a kernel, those that began last first. */
export const newestFirst = (kernel: Kernel): Process[] =>
  kernel.procs.filter((process) => process !== undefined).sort((a, b) => b.serial - a.serial)

/** Ends all processes of `kernel`, newest first; gives the seat up when they have ended or their grace is over, and not before `others`. */
export const takeDown = async (kernel: Kernel, others?: Promise<void>): Promise<void> => {
  const alive = newestFirst(kernel)
  const ends = alive.map(
    (process) =>
      new Promise<void>((resolve) => {
        const rare = rareOf(process)
        const before = rare.settled
        rare.settled = (reason, value, thrown) => {
          before?.(reason, value, thrown)
          resolve()
        }
      }),
  )
  for (const process of alive) endByOrder(kernel, process.index, { kind: 'shutdown' }, false)
  let limit: NodeJS.Timeout | undefined
  await Promise.race([
    Promise.all(ends),
    new Promise<void>((resolve) => {
      limit = setTimeout(resolve, GRACE_MS + 500)
    }),
  ])
  clearTimeout(limit)
  await others
  kernel.detach()
  const { number } = kernel.handle
  if (kernels[number] === kernel) kernels[number] = undefined
}
