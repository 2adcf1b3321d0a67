// The entry that a host loads when a thread has gone that has left something: what sees to it.

export { rescue } from './kernel/rescue.ts'
