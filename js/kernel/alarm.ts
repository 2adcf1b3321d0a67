// The alarm: has a sleeping scheduler take a turn when something of its wheel is due. One Node timer at most, and only while
// it sleeps: a scheduler that is awake looks at its wheel each turn. It keeps no event loop alive. An alarm that comes too
// early costs a turn, so one that is set is not put off.

import { DUE_AT, DUE_IN } from '../native/layout.ts'

export class Alarm {
  private readonly words: Int32Array
  private readonly ring: () => void
  private timer: NodeJS.Timeout | undefined
  private at = 0

  constructor(words: Int32Array, turn: () => void) {
    this.words = words
    this.ring = () => {
      this.timer = undefined
      turn()
    }
  }

  /** Before a sleep: sets it as the last turn has said. */
  set(): void {
    const { words } = this
    const ms = words[DUE_IN]!
    if (ms < 0) return this.clear()
    const at = words[DUE_AT]!
    if (this.timer !== undefined) {
      if (((at - this.at) | 0) >= 0) return
      clearTimeout(this.timer)
    }
    this.at = at
    this.timer = setTimeout(this.ring, ms)
    this.timer.unref()
  }

  /** Nothing is due. */
  clear(): void {
    if (this.timer === undefined) return
    clearTimeout(this.timer)
    this.timer = undefined
  }
}
