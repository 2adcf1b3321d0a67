// What a thread that has gone has left: its pens are free, its lines are written, its figures are added to those of others that have
// gone. Owns what can be known of a write that was under way. Loaded when the first thread has left something.

import type { Kept } from './journal-shapes.ts'
import { isolate } from './kernels.ts'
import { Lines } from './lines.ts'
import { takeFrom } from './pens.ts'
import { Sink } from './sink.ts'

/** The thread of all that have gone. */
const GONE = -1

/** Sees to all that `thread` has left; never rejects. */
export const rescue = async (thread: number, left: readonly Kept[]): Promise<void> => {
  takeFrom(thread)
  for (const kept of left) {
    isolate.kept?.delete(kept)
    if (kept.what === 'figures') addUp(kept)
  }
  const lines = left.filter(({ what }) => what === 'lines')
  // The file cannot be opened any more, or the descriptor is closed: it was worth a try.
  await Promise.allSettled(lines.map(({ about, memory }) => write(about, new Lines(memory))))
}

/** What threads have counted that have gone is kept as one. */
const addUp = (kept: Kept): void => {
  for (const other of isolate.kept ?? []) {
    if (other.what !== 'figures' || other.thread !== GONE || other.about !== kept.about) continue
    const sum = new Float64Array(other.memory)
    for (const [at, figure] of new Float64Array(kept.memory).entries()) sum[at]! += figure
    return
  }
  isolate.kept?.add({ ...kept, thread: GONE })
}

const write = async (to: string | number, left: Lines): Promise<void> => {
  const { flying, waiting } = left.left()
  if (flying.length + waiting.length === 0) return
  const sink = new Sink(to)
  // The thread has waited for its writes, or taken them back: a file has what was under way, or never will.
  const isLost = flying.length > 0 && (await sink.lacks(flying))
  const lines = isLost ? Buffer.concat([flying, waiting]) : waiting
  if (lines.length > 0) await new Promise<void>((resolve) => sink.write(lines, () => resolve()))
  sink.close()
}
