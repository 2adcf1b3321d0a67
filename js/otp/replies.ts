// Answers of servers and supervisors, which must not end because of who asked: whoever did may have gone, and its runtime with it.

import { reply } from '../process/call.ts'
import type { ReplyTo } from '../process/shapes.ts'
import { codeOf } from './signals.ts'

/** Answers, if anybody can be there to hear it. Throws what cannot cross. */
export const answerTo = (from: ReplyTo, value: unknown): void => {
  try {
    reply(from, value)
  } catch (error) {
    if (codeOf(error) !== 'ERR_RUMPUS_STOPPED') throw error
  }
}
