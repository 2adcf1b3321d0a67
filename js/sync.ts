// The public table of contents of `rumpus/sync`: what fibers share, and wait for.

export { Channel } from './sync/channel.ts'
export { Condition } from './sync/condition.ts'
export { Barrier, Ivar, Latch, Lazy, type LazyCancel } from './sync/gates.ts'
export { Mutex } from './sync/mutex.ts'
export { Pool, type PoolOptions, type PoolUseOptions } from './sync/pool.ts'
export { RwLock } from './sync/rw-lock.ts'
export { Semaphore } from './sync/semaphore.ts'
export type { Shared } from './sync/waiters.ts'
