// High water: a process lets more messages wait than is usual. Owns who is told on the host: its listener, and Node's
// diagnostics channel, and a journal if none has written it where it happened. When it is noticed is `process.ts`'s, whose inbox grows.

import { builtin } from '../builtin.ts'
import { guarded } from './crash.ts'
import { writeDown } from './journal.ts'
import type { HighWaterReport } from './process.ts'

const { channel } = builtin('node:diagnostics_channel')

const CHANNEL = channel('rumpus:high-water')

/** Tells `listener` and the channel behind what runs now: they may end the process, whose inbox is being filled. */
export const tellHighWater = (
  listener: ((report: HighWaterReport) => void) | undefined,
): ((report: HighWaterReport) => void) => {
  const tell = guarded((report: HighWaterReport) => {
    if (report.logged !== true) writeDown('highWater', report)
    if (CHANNEL.hasSubscribers) CHANNEL.publish(report)
    return listener?.(report)
  }, 'a listener for high water')
  return (report) => queueMicrotask(() => tell(report))
}
