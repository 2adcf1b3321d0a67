// Questions to another thread, by note: asked, answered or given up after a while. Owns who waits for which answer; knows
// nothing of what is asked.

export class Questions {
  private readonly waiting = new Map<number, (answer: unknown) => void>()
  private last = 0

  /** Asks by `post`, which is given the question's number; nothing if no answer comes within `limitMs`. */
  ask<T>(post: (id: number) => void, limitMs: number): Promise<T | undefined> {
    const id = ++this.last
    return new Promise<T | undefined>((resolve) => {
      // It holds the event loop, as whoever waits for it expects.
      const limit = setTimeout(() => this.answer(id, undefined), limitMs)
      this.waiting.set(id, (answer) => {
        clearTimeout(limit)
        resolve(answer as T | undefined)
      })
      post(id)
    })
  }

  /** The answer to question `id` is there. */
  answer(id: number, answer: unknown): void {
    const resolve = this.waiting.get(id)
    this.waiting.delete(id)
    resolve?.(answer)
  }
}
