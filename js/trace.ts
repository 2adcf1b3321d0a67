// The entry that a thread loads when something is traced: what tells of it.

export { openTrace } from './kernel/trace/file.ts'
export { traced } from './kernel/trace/trace-kernel.ts'
