// What is told at the end of a program whose event loop has run dry while fibers wait: nothing can wake them any more. Owns how that is
// known, where programs end so (in Node and its like, and their threads), and that it is told as warnings are. Never true here: somebody
// could still have woken one of them; it is told where a program was told to end, or twice beside `watchFibers`.

import type { Waiting } from './waiting.ts'
import { stuckOf } from './waits.ts'
import { watcher } from './watched.ts'

interface Program {
  prependListener(event: 'beforeExit', listener: () => void): void
  on(event: 'exit', listener: () => void): void
  emit(event: 'warning', warning: Error): void
}

/** What runs us, if it is something that ends when its event loop runs dry; a page is not. */
const program = (globalThis as { process?: Partial<Program> }).process

/** Whether there is such an end here. */
export const endsDry: boolean = typeof program?.prependListener === 'function' && typeof setImmediate === 'function'

/** Has those of `waiting` told of who wait when the event loop has run dry. */
export const tellWhenDry = (waiting: Waiting): void => {
  const ends = program as Program
  let isDry = false
  const goesOn = (): void => {
    isDry = false
  }
  // Before all others: one that hears of it may begin something, and then the loop goes round again.
  ends.prependListener('beforeExit', () => {
    isDry = watcher === undefined
    setTimeout(goesOn, 0).unref()
    setImmediate(goesOn).unref()
  })
  ends.on('exit', () => {
    const all = isDry ? waiting.all() : []
    if (all.length > 0) ends.emit('warning', stuckOf(all))
  })
}
