// Rest: what a handler comes to, as seen from one decision of a clause. Owns that it costs no promise unless somebody looks, and
// that an error nobody waits for is not an unhandled rejection. Never true here: it is settled twice.

/** How something ended. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown }

type Listener = (outcome: Outcome) => void

/**
 * Thenable, so that a clause can await it; no promise, because most clauses return it unseen: `await` makes one when it is wanted.
 */
export class Rest implements PromiseLike<never> {
  outcome: Outcome | undefined = undefined
  /** Somebody waits for it, so it is not the same as what the clause answers. */
  seen = false
  /** The clause answered with it, unseen: it is this one. */
  same: Rest | undefined = undefined
  private listeners: Listener[] | undefined = undefined

  settle(outcome: Outcome): void {
    this.outcome = outcome
    const { listeners } = this
    this.listeners = undefined
    if (listeners !== undefined) for (const listener of listeners) listener(outcome)
  }

  /** Has `listener` called with the outcome, now or later. */
  hear(listener: Listener): void {
    if (this.same !== undefined) this.same.hear(listener)
    else if (this.outcome !== undefined) listener(this.outcome)
    else if (this.listeners === undefined) this.listeners = [listener]
    else this.listeners.push(listener)
  }

  // biome-ignore lint/suspicious/noThenProperty: a clause awaits it
  then<Value = never, Handled = never>(
    onValue?: ((value: never) => Value | PromiseLike<Value>) | null,
    onError?: ((error: unknown) => Handled | PromiseLike<Handled>) | null,
  ): Promise<Value | Handled> {
    this.seen = true
    const promise = new Promise<never>((resolve, reject) => {
      this.hear((outcome) => ('error' in outcome ? reject(outcome.error) : resolve(outcome.value as never)))
    })
    return promise.then(onValue, onError)
  }
}

/** The rest of a body that was ended: it comes to `answer` if the body let its end pass. */
export class Ended extends Rest {
  private readonly end: unknown
  private readonly answer: unknown

  constructor(end: unknown, answer: unknown) {
    super()
    this.end = end
    this.answer = answer
  }

  override settle(outcome: Outcome): void {
    super.settle('error' in outcome && outcome.error !== this.end ? outcome : { value: this.answer })
  }
}

/** How `act` ends. */
export const outcomeOf = async (act: () => unknown): Promise<Outcome> => {
  try {
    return { value: await act() }
  } catch (error) {
    return { error }
  }
}
