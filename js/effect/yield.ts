// yieldByWait: the `yield` of executors in which a wait that is over at once goes on behind all that could run. Owns nothing.

import type { Fiber, Handler } from './fiber.ts'
import { Trigger } from './trigger.ts'

/** Has `fiber` wait for what has come already; rejects with its cancellation. */
export const yieldByWait = async (executor: Pick<Handler, 'await'>, fiber: Fiber): Promise<void> => {
  fiber.check()
  const trigger = new Trigger()
  const waits = executor.await(fiber, trigger)
  trigger.signal()
  const cancelled = await waits
  if (cancelled !== undefined) throw cancelled
}
