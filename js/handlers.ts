// The public table of contents of `rumpus/handlers`: algebraic effects. Code asks, whoever called it answers.

export { ambient, perform } from './handlers/ambient.ts'
export { control, on } from './handlers/clauses.ts'
export { type Effect, effect } from './handlers/effect.ts'
export { fxOf, type HandleOptions, handle } from './handlers/handle.ts'
export { Aborted } from './handlers/mistakes.ts'
export type { Clause, Continuation, Fx, Unseen } from './handlers/shapes.ts'
