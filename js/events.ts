// The public table of contents of `rumpus/events`: what can be waited for as one of several, and what completes together.

export { always, choose, Event, guard, never, select, withNack } from './events/event.ts'
export { aborted, completed, elapsed, settled } from './events/outside.ts'
export type { Party, Source } from './events/source.ts'
export { Tx } from './events/tx.ts'
