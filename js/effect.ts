// The public table of contents of `rumpus/effect`: the contract between fibers and whoever runs them, and the two executors
// that run in any JavaScript engine.

export { Cancelled } from './effect/cancelled.ts'
export { Computation, type Outcome, type Packed } from './effect/computation.ts'
export {
  begin,
  Fiber,
  type Handler,
  Local,
  type Polled,
  parked,
  trySuspend,
  unsuspend,
  type Within,
} from './effect/fiber.ts'
export { fifo } from './effect/fifo.ts'
export { type Events, Poller, type SelectAsked, type Suspension } from './effect/poller.ts'
export { type RandomOptions, random } from './effect/random.ts'
export { Trigger } from './effect/trigger.ts'
