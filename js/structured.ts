// The public table of contents of `rumpus/structured`: children that are joined or cancelled, never lost.

export { type EachOptions, filter, forEach, type Items, map } from './structured/each.ts'
export { openScope, protect, scope } from './structured/open.ts'
export type { Scope, ScopeOptions } from './structured/scope.ts'
export { all, any, both, first, race } from './structured/together.ts'
