// How whoever asked hears of an error: as it was thrown, or, where that cannot cross, by its name and what it said. Never true here: nobody
// is answered.

import { describe } from '../kernel/reasons.ts'
import { reply } from './call.ts'
import type { ReplyTo } from './shapes.ts'

/** Answers a question with `['error', error]`. */
export const replyError = (from: ReplyTo, error: unknown): void => {
  try {
    reply(from, ['error', error])
  } catch {
    // It cannot cross, or a part of it.
    const { name, message } = describe(error)
    reply(from, ['error', Object.assign(new Error(message), { name })])
  }
}
