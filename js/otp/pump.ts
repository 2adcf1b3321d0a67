// Resumes that are calls: what the kernel resumes by a call rather than a promise parks and resumes the next within it. Owns that the
// stack does not grow by that, however many such processes send to each other.

import type { Kernel } from '../kernel/kernel.ts'

/** What is resumed by a call. */
export interface Resumable {
  run(message: unknown): void
}

/** Callbacks that call each other's servers lie on one stack; beyond so many the next comes by a microtask. */
const DEPTH_MAX = 32

const settled = Promise.resolve()
let depth = 0
/** Whose processes are resumed by a loop further down the stack. */
let pumping: Kernel | undefined
let again = false

/** Has `who` take what it is resumed with. */
export const resumed = (who: Resumable, message: unknown): void => {
  if (depth === DEPTH_MAX) {
    void settled.then(() => resumed(who, message))
    return
  }
  depth++
  try {
    who.run(message)
  } finally {
    depth--
  }
}

/** One has parked: the next is resumed, by whoever does so already further down the stack. */
export const pump = (kernel: Kernel): void => {
  if (pumping === kernel) {
    again = true
    return
  }
  const [outer, outerAgain] = [pumping, again]
  pumping = kernel
  try {
    do {
      again = false
      kernel.next()
    } while (again)
  } finally {
    pumping = outer
    again = outerAgain
  }
}
