// What breaks a rule of strict scopes, as errors: each names whom it is about and the line that began that. Owns their words.
//
// Miou makes them impossible to catch. JavaScript has no such thing, so these are errors like any, and fail what they are thrown in.

import { RumpusError } from '../errors.ts'

/** What a fault is about. */
export interface Named {
  /** What it is called. */
  readonly name: string
  /** The line that forked or made it. */
  readonly at: string
}

const told = ({ name, at }: Named, begun: string): string => `${JSON.stringify(name)}, ${begun} at ${at}`
const listed = (several: readonly Named[], begun: string): string => several.map((one) => told(one, begun)).join('; ')

/**
 * The body of a strict scope has returned, and there are children that it has neither awaited nor cancelled. They have been
 * cancelled and waited for; `children` says which they were, and where they were forked.
 *
 * Await each, cancel it, or take it out of its `Orphans` and await it. `code` is `ERR_RUMPUS_STILL_HAS_CHILDREN`.
 *
 * @example
 * ```ts
 * import { scope, StillHasChildren } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * const forgets = scope((scope) => {
 *   scope.fork(async function forgotten() {})
 * }, { strict: true })
 * const error = await forgets.catch((error) => error)
 * assert(error instanceof StillHasChildren)
 * assert.equal(error.children[0].name, 'forgotten')
 * ```
 */
export class StillHasChildren extends RumpusError {
  /** Who they were. */
  readonly children: readonly Named[]

  constructor(children: readonly Named[]) {
    const who = `${children.length === 1 ? 'a child' : `${children.length} children`}: ${listed(children, 'forked')}`
    super('ERR_RUMPUS_STILL_HAS_CHILDREN', `the body has returned and has neither awaited nor cancelled ${who}`)
    this.name = 'StillHasChildren'
    this.children = children.map(({ name, at }) => ({ name, at }))
  }
}

/**
 * A child was to be awaited, cancelled or taken by a fiber that has not forked it. Only its creator may: hand over what it answers,
 * by an `Ivar` or a `Channel`, not the child. `code` is `ERR_RUMPUS_NOT_A_CHILD`.
 *
 * @example
 * ```ts
 * import { NotAChild, scope } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * await scope(async (scope) => {
 *   const one = scope.fork(async () => 1)
 *   const other = scope.fork((fiber) => assert.rejects(one.await(fiber), NotAChild))
 *   await other.await(scope)
 *   await one.await(scope)
 * }, { strict: true })
 * ```
 */
export class NotAChild extends RumpusError {
  /** Who it is. */
  readonly child: Named

  constructor(child: Named, verb: string) {
    super('ERR_RUMPUS_NOT_A_CHILD', `${verb} needs the fiber whose child it is: ${told(child, 'begun')}`)
    this.name = 'NotAChild'
    this.child = { name: child.name, at: child.at }
  }
}

/**
 * An owner has returned and still had these resources. They have been released; `resources` says which they were, and where they were
 * made.
 *
 * Release each, disown it, transfer it to the parent, or give it to a child. `code` is `ERR_RUMPUS_RESOURCE_LEAKED`.
 *
 * @example
 * ```ts
 * import { Ownership, ResourceLeaked, scope } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * let closed = 0
 * const leaks = scope((scope) => {
 *   Ownership.own(scope, {}, { name: 'connection', release: () => closed++ })
 * }, { strict: true })
 * const error = await leaks.catch((error) => error)
 * assert(error instanceof ResourceLeaked)
 * assert.deepEqual([error.resources[0].name, closed], ['connection', 1])
 * ```
 */
export class ResourceLeaked extends RumpusError {
  /** What they were. */
  readonly resources: readonly Named[]

  constructor(resources: readonly Named[]) {
    const what = `${resources.length === 1 ? 'a resource' : `${resources.length} resources`}: ${listed(resources, 'owned')}`
    super('ERR_RUMPUS_RESOURCE_LEAKED', `the owner has returned and still had ${what}`)
    this.name = 'ResourceLeaked'
    this.resources = resources.map(({ name, at }) => ({ name, at }))
  }
}

/**
 * A resource was to be used, released or given by a fiber that does not own it, never has, or no more. `code` is
 * `ERR_RUMPUS_NOT_OWNER`.
 *
 * @example
 * ```ts
 * import { NotOwner, Ownership, scope } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * await scope(async (scope) => {
 *   const file = Ownership.own(scope, {}, { name: 'file', release: () => {} })
 *   await file.release(scope)
 *   assert.throws(() => file.get(scope), (error) => error instanceof NotOwner && error.resource.name === 'file')
 * }, { strict: true })
 * ```
 */
export class NotOwner extends RumpusError {
  /** What it is. */
  readonly resource: Named

  constructor(resource: Named, verb: string, isOwned: boolean) {
    const who = isOwned ? 'another fiber does' : 'nobody does any more'
    super('ERR_RUMPUS_NOT_OWNER', `${verb} needs the fiber that owns ${told(resource, 'owned')}: ${who}`)
    this.name = 'NotOwner'
    this.resource = { name: resource.name, at: resource.at }
  }
}
