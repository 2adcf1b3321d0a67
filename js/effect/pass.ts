// afterPass: comes back when the event loop has had its turn, in whatever engine this is. Owns the choice: `setImmediate` where
// there is one, else a message to itself, which no engine clamps to milliseconds as it does nested timers; and how a poller is asked
// by passes.

import type { Polled } from './fiber.ts'

/** Has `then` called from the event loop, after what it has to do now. */
export const afterPass: (then: () => void) => void =
  typeof setImmediate === 'function'
    ? (then) => void setImmediate(then)
    : (then) => {
        const { port1, port2 } = new MessageChannel()
        const handler = (): void => {
          port1.close()
          then()
        }
        // Node's types do not know it; Node never comes here.
        Object.assign(port1, { onmessage: handler })
        port2.postMessage(undefined)
      }

/**
 * Has `polled` asked in the next pass, by `pass`, whenever what is answered is called: again while there is news, and waits when a pass
 * has brought none.
 */
export const byPasses = (polled: Polled, pass: (then: () => void) => void): (() => void) => {
  let isAwaited = false
  const onPass = (): void => {
    isAwaited = false
    polled.ask(!polled.isBusy)
    if (polled.isActive && !polled.isBlocked) wake()
  }
  const wake = (): void => {
    if (isAwaited) return
    isAwaited = true
    pass(onPass)
  }
  return wake
}
