// The public table of contents of `rumpus/effect`: the contract between fibers and whoever runs them, and the two executors
// that run in any JavaScript engine.

export { Cancelled } from './effect/cancelled.ts'
export { Computation, type Outcome, type Packed } from './effect/computation.ts'
export {
  begin,
  Fiber,
  type Handler,
  type Polled,
  parked,
  trySuspend,
  unsuspend,
  type Wait,
  type Within,
} from './effect/fiber.ts'
export { fifo } from './effect/fifo.ts'
export { Local } from './effect/local.ts'
export { type Events, Poller, type SelectAsked, type Suspension } from './effect/poller.ts'
export { type RandomOptions, random } from './effect/random.ts'
export { Trigger } from './effect/trigger.ts'
export type { WaitView } from './effect/waits.ts'
export { type FiberWatch, type WatchedScope, type WatchedWait, type WatchOptions, watchFibers } from './effect/watch.ts'
