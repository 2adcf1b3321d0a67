// What the runtime tells a process, told from what others send it. A program that is one bundle, and whoever has a second copy of the
// package, has classes of its own beside those by which its scheduler threads speak: the names of those count, too. A plain object
// that looks like a signal is none.

import type { ProcessExit } from '../errors.ts'
import { Down, Exit } from '../types.ts'

const isNamed = (value: unknown, type: string, name: string): boolean => {
  if (typeof value !== 'object' || value === null || (value as { type?: unknown }).type !== type) return false
  const { constructor: made } = value
  return made !== Object && made?.name === name
}

/** Whether a message is an exit signal that was trapped. */
export const isExit = (message: unknown): message is Exit => message instanceof Exit || isNamed(message, 'exit', 'Exit')

/** Whether a message tells of the end of who was monitored. */
export const isDown = (message: unknown): message is Down => message instanceof Down || isNamed(message, 'down', 'Down')

/** Whether what was thrown says that the process must end. */
export const isEnd = (error: unknown): error is ProcessExit => codeOf(error) === 'ERR_RUMPUS_EXIT'

/** The code of an error, if it has one. */
export const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null | undefined)?.code
