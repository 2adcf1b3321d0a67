// The desk of a runtime: where answers to questions come, by the numbers that the questions carried. Owns these numbers. What
// comes for a number that nobody waits for any more is dropped, so a late answer costs nothing and reaches no inbox.

/** The highest number, as in the native runtime; one is used again after 2 thousand million others. */
const LAST_NUMBER = 2 ** 31 - 1

type Waiter = (answer: unknown) => void

export class Desk {
  /** Where answers are sent. */
  readonly pid: number
  private readonly waiting = new Map<number, Waiter>()
  private last = 0

  constructor(pid: number) {
    this.pid = pid
  }

  /** From now on `waiter` hears what comes for the number that this answers. */
  open(waiter: Waiter): number {
    do this.last = this.last === LAST_NUMBER ? 1 : this.last + 1
    while (this.waiting.has(this.last))
    this.waiting.set(this.last, waiter)
    return this.last
  }

  /** Nobody waits for that any more. */
  forget(number: number): void {
    this.waiting.delete(number)
  }

  /** An answer has come. */
  hear(number: number, answer: unknown): void {
    this.waiting.get(number)?.(answer)
  }
}
