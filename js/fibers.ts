// The public table of contents of `rumpus/fibers`: the executor that runs fibers inside a process, and what runs on other cores for a
// fiber.

export { ExecutorPool, type ExecutorPoolOptions } from './fibers/executor-pool.ts'
export { fiberOf } from './fibers/native.ts'
export { defineParallel, type ParallelDefinition, type ParallelOptions, parallel } from './fibers/parallel.ts'
export { SharedChannel, type SharedChannelHandle, type SharedChannelOwner } from './fibers/shared-channel.ts'
