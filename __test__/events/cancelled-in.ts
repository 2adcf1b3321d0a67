// Owns a fiber that is cancelled while it waits for an event, and what that comes to.

import type { Cancelled, Fiber } from 'rumpus/effect'
import type { Event } from 'rumpus/events'
import { scope } from 'rumpus/structured'

/** What a sync comes to if its fiber is cancelled while it waits. */
export const cancelledIn = async (fiber: Fiber, event: Event<unknown>, meanwhile = () => {}): Promise<unknown> => {
  let seen: unknown
  await scope(fiber, async (inner) => {
    const child = inner.fork(async (mine) => {
      try {
        seen = await event.sync(mine)
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
