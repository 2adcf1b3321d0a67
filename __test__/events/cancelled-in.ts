// Owns a fiber that is cancelled while it waits for an event, and what that comes to.

import type { Fiber } from 'rumpus/effect'
import type { Event } from 'rumpus/events'
import { cancelledIn as cancelled } from '../sync/cancelled-in.ts'

/** What a sync comes to if its fiber is cancelled while it waits. */
export const cancelledIn = (fiber: Fiber, event: Event<unknown>, meanwhile?: () => void): Promise<unknown> =>
  cancelled(fiber, (mine) => event.sync(mine), meanwhile)
