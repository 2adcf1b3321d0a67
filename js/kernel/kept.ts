// Memory of threads that outlives them: lines that a thread had not written when it was ended, and what it has counted. Owns how a
// host learns of it, and that it is seen to when the thread has gone (`rescue.ts`). Nothing is copied while the thread lives.

import { builtin } from '../builtin.ts'
import { rescueEntry } from '../native/built.ts'
import type { Kept } from './journal-shapes.ts'
import { isolate } from './kernels.ts'
import type { SchedulerNote } from './notes.ts'

const { parentPort, threadId } = builtin('node:worker_threads')

/** From now on the host of this thread looks after this memory; on a host, it does itself. What is answered takes it back there. */
export const keep = (what: Kept['what'], memory: SharedArrayBuffer, about: string | number): (() => void) => {
  const kept: Kept = { what, memory, about, thread: threadId }
  if (isolate.scheduler === undefined) noteKept(kept)
  else parentPort?.postMessage({ rumpus: 'kept', kept } satisfies SchedulerNote)
  return () => {
    isolate.kept?.delete(kept)
  }
}

/** A thread has told of memory of its. */
export const noteKept = (kept: Kept): void => {
  isolate.kept ??= new Set()
  isolate.kept.add(kept)
}

/** A thread has gone: what it has left is seen to, and a runtime that stops waits for that. */
export const threadGone = (thread: number): void => {
  const left = [...(isolate.kept ?? [])].filter((kept) => kept.thread === thread)
  if (left.length === 0) return
  const entry = import(rescueEntry.href) as Promise<typeof import('./rescue.ts')>
  const seenTo = entry.then(({ rescue }) => rescue(thread, left))
  const last = (): Promise<void> => seenTo
  isolate.lastly ??= new Set()
  isolate.lastly.add(last)
  void seenTo.finally(() => isolate.lastly?.delete(last))
}
