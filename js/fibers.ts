// The public table of contents of `rumpus/fibers`: the executor that runs fibers inside a process.

export { fiberOf } from './fibers/native.ts'
