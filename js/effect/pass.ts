// afterPass: comes back when the event loop has had its turn, in whatever engine this is. Owns the choice: `setImmediate` where
// there is one, else a message to itself, which no engine clamps to milliseconds as it does nested timers.

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
