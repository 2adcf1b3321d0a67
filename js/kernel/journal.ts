// Journals: who writes down what a runtime reports, on the thread where it happens. Owns that each report is told to those of one
// isolate, and what must be over before a thread ends. What is written and where is the logger's; without one nothing here acts.

import type { Journal } from './journal-shapes.ts'
import { isolate } from './kernels.ts'

/** Whether there is one here. */
export const hasJournal = (): boolean => isolate.journals !== undefined && isolate.journals.size > 0

/** Has the journals of this isolate write a report; false if there is none. */
export const writeDown = <Kind extends keyof Journal>(kind: Kind, report: Parameters<Journal[Kind]>[0]): boolean => {
  const { journals } = isolate
  if (journals === undefined || !hasJournal()) return false
  for (const journal of journals) journal[kind](report as never)
  return true
}

/** So long a thread that ends waits for what must be over before, in milliseconds. */
const LASTLY_MS = 1_000

/** Resolves when all that must be over before this thread ends is, or its time is up. */
export const lastly = async (): Promise<void> => {
  const { lastly: last } = isolate
  if (last === undefined || last.size === 0) return
  let limit: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    limit = setTimeout(resolve, LASTLY_MS)
  })
  await Promise.race([Promise.allSettled([...last].map((end) => end())), late])
  clearTimeout(limit)
}
