// Trigger: the only thing a fiber ever waits for. Signalled once, by anybody; runs what was attached to it once. Carries no
// value and does not say who signalled it: the state of what is shared does.

import { RumpusError } from '../errors.ts'

const INITIAL = 0
const AWAITING = 1
const SIGNALLED = 2

type Action<X> = (x: X) => void

/**
 * Something to wait for, once: it is *initial*, then perhaps *awaiting*, then *signalled* for ever.
 *
 * Use it to build what fibers wait for: make one, put it where those find it who will have news, wait with `fiber.await`, then
 * look at the shared state, whatever the wait answered. To wait for a value, use {@link Computation}.
 *
 * @example
 * ```ts
 * import { fifo, Trigger } from 'rumpus/effect'
 * import assert from 'node:assert/strict'
 *
 * const trigger = new Trigger()
 * setTimeout(() => trigger.signal(), 1)
 * assert.equal(await fifo.current().await(trigger), undefined) // not cancelled
 * assert(trigger.isSignalled)
 * ```
 */
export class Trigger {
  private state = INITIAL
  private action: Action<never> | undefined = undefined
  private x: unknown = undefined

  /**
   * A trigger that does something when it is signalled. What it does must not wait, and must not throw: what it throws, whoever
   * signals gets, be it a timer; a computation that completes tells all others first.
   */
  static fromAction<X>(x: X, action: (x: X) => void): Trigger {
    const trigger = new Trigger()
    trigger.onSignal(x, action)
    return trigger
  }

  /** Whether it has been signalled. */
  get isSignalled(): boolean {
    return this.state === SIGNALLED
  }

  /**
   * Whether nobody waits for it and nobody has signalled it.
   *
   * @throws RumpusError `ERR_RUMPUS_WAITING` if somebody waits for it: a trigger has one owner
   */
  get isInitial(): boolean {
    if (this.state === AWAITING) throw awaited()
    return this.state === INITIAL
  }

  /** Signals it: whoever waits goes on. Again, it does nothing. Never cancelled; throws what its action does, which must not. */
  signal(): void {
    const { state, action, x } = this
    if (state === SIGNALLED) return
    this.state = SIGNALLED
    if (state === INITIAL) return
    this.action = undefined
    this.x = undefined
    action?.(x as never)
  }

  /**
   * For executors: has `action(x)` called when it is signalled; false if it has been. The action runs wherever the signal is
   * given, so it must not throw, wait, or run code of users.
   *
   * @throws RumpusError `ERR_RUMPUS_WAITING` if somebody waits for it already
   */
  onSignal<X>(x: X, action: (x: X) => void): boolean {
    if (this.state === SIGNALLED) return false
    if (this.state === AWAITING) throw awaited()
    this.state = AWAITING
    this.action = action
    this.x = x
    return true
  }

  /** For executors: signals it without anybody having waited. */
  dispose(): void {
    if (this.state === AWAITING) throw awaited()
    this.state = SIGNALLED
  }
}

const awaited = (): RumpusError =>
  new RumpusError('ERR_RUMPUS_WAITING', 'somebody waits for this trigger already: one trigger is for one wait')
