// A census: all processes of a runtime, or one, wherever they are. Each scheduler is asked for its own; of one that does not
// answer in time is shown what any thread can see. Owns how the answers become one list.

import { PHASE_UNSTARTED, ROW_PHASE, ROW_PID, ROW_SEAT } from '../native/layout.ts'
import type { Kernel } from './kernel.ts'
import type { Making, ProcessView } from './process-view.ts'
import { lookHere, rowStarts, viewOfRow } from './views.ts'

/** How long a scheduler has to answer its host, in milliseconds. */
export const ANSWER_MS = 500
/** How long the host has to answer a scheduler: it asks the others meanwhile. */
export const CENSUS_MS = 1_000

/** Asks the scheduler in `seat` for its processes, or for one; nothing if it does not answer. */
export type Ask = (seat: number, of: number) => Promise<readonly ProcessView[] | undefined>

/** All processes, or the one with the pid `of`; of the schedulers beside this one only what `ask` brings. */
export const census = async (kernel: Kernel, of: number, ask: Ask): Promise<readonly ProcessView[]> => {
  // Between two turns of the event loop no body runs; and whoever asks again and again does not keep notes from coming.
  await new Promise<void>((resolve) => kernel.loop.soon(resolve))
  if (kernel.detached) return []
  const whole = await Promise.all(
    seatsOf(kernel, of).map((seat) => (seat === kernel.id ? lookHere(kernel, of) : ask(seat, of))),
  )
  if (kernel.detached) return []
  return merge(kernel, of, new Map(whole.flatMap((views) => views ?? []).map((view) => [view.pid, view])))
}

/** Who must be asked: for one process its scheduler, or all if it is dead, for its body may go on. */
const seatsOf = (kernel: Kernel, of: number): number[] => {
  const { handle } = kernel
  const rows = of === 0 ? undefined : handle.census(of)
  if (rows === undefined || rows.length === 1) return Array.from({ length: handle.seats }, (_, seat) => seat)
  return rows[1 + ROW_PHASE] === PHASE_UNSTARTED ? [] : [rows[1 + ROW_SEAT]]
}

/** Who is there now, as their schedulers have seen them; then the bodies that were given up. */
const merge = (kernel: Kernel, of: number, known: Map<number, ProcessView>): ProcessView[] => {
  const { handle } = kernel
  const views: Making[] = []
  const rows = handle.census(of)
  for (const at of rowStarts(rows)) {
    const pid = rows[at + ROW_PID]
    const view: Making = known.get(pid) ?? viewOfRow(kernel, rows, at)
    if (view.state !== 'unstarted' && !known.has(pid)) view.partial = true
    views.push(view)
    known.delete(pid)
  }
  for (const view of known.values()) if (view.state === 'abandoned') views.push(view)
  const names = new Map(handle.names().map(({ pid, name }) => [pid, name]))
  for (const view of views) {
    const name = names.get(view.pid)
    if (name !== undefined) view.name = name
  }
  return views
}
