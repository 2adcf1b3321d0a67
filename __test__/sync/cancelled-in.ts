// Owns a fiber that is cancelled while it waits, and what that comes to.

import type { Cancelled, Fiber } from 'rumpus/effect'
import { scope } from 'rumpus/structured'

/** What `act` comes to if its fiber is cancelled while it waits. */
export const cancelledIn = async (
  fiber: Fiber,
  act: (fiber: Fiber) => unknown,
  meanwhile = () => {},
): Promise<unknown> => {
  let seen: unknown
  await scope(fiber, async (inner) => {
    const child = inner.fork(async (mine) => {
      try {
        seen = await act(mine)
      } catch (error) {
        seen = (error as Cancelled).cause ?? error
      }
    })
    await inner.fiber.sleep(1)
    meanwhile()
    inner.cancel('now')
    await child
  })
  return seen
}
