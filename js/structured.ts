// The public table of contents of `rumpus/structured`: children that are joined or cancelled, never lost.

export type { Child } from './structured/child.ts'
export { type EachOptions, filter, forEach, type Items, map } from './structured/each.ts'
export { type Named, NotAChild, NotOwner, ResourceLeaked, StillHasChildren } from './structured/faults.ts'
export { openScope, protect, scope } from './structured/open.ts'
export type { ForkOptions, Orphans } from './structured/orphans.ts'
export { Ownership, type OwnershipOptions } from './structured/ownership.ts'
export type { Scope, ScopeOptions } from './structured/scope.ts'
export type { StrictOptions, StrictScope } from './structured/strict.ts'
export { all, any, both, first, race } from './structured/together.ts'
