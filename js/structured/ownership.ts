// Ownership: a resource is its owner's, one fiber's, until that gives it back or on. Owns who has what, and that each resource is
// released at most once. Never true here: two own one resource, or a fiber that has ended owns one.

import type { Fiber, Within } from '../effect/fiber.ts'
import { lineOf, noteSite } from '../effect/site.ts'
import { fiberIn } from '../effect/within.ts'
import { badArgument, RumpusError } from '../errors.ts'
import { checkOptions, type Names } from '../options.ts'
import { combined } from './combined.ts'
import { NotOwner, ResourceLeaked } from './faults.ts'

/** How a resource is owned. */
export interface OwnershipOptions<R> {
  /** What errors call it; the name of its class unless given. */
  readonly name?: string
  /** Gives it back. It may wait, and hears no cancellation. */
  readonly release: (resource: R) => unknown
}

/** Who owns what: a strict scope, or a child of one. */
export class Holder {
  /** Whose it is; a child's is there when the child begins. */
  fiber: Fiber | undefined
  /** To whom it can give something. */
  readonly parent: Holder | undefined
  /** In the order in which they came. */
  readonly held: Set<Ownership<unknown>> = new Set()

  constructor(fiber: Fiber | undefined, parent: Holder | undefined) {
    this.fiber = fiber
    this.parent = parent
  }

  /**
   * Releases all that is left, the last that came first. That anything was left is a fault if the owner came to its end `normally`.
   * Rejects with that, and with what the releases throw.
   */
  async end(fiber: Fiber, normally: boolean): Promise<void> {
    if (this.held.size === 0) return
    const left = [...this.held]
    const errors: unknown[] = normally ? [new ResourceLeaked(left)] : []
    await fiber.forbid(async () => {
      for (const ownership of left.reverse()) {
        try {
          await giveBack(ownership)
        } catch (error) {
          errors.push(error)
        }
      }
    })
    if (errors.length > 0) throw combined(errors)
  }
}

// What is the room's, and not its users'.
let giveBack: (ownership: Ownership<unknown>) => unknown
let ownerIn: (ownership: Ownership<unknown>, within: Within, verb: string) => Fiber
/** For a fork: gives it to a child that is about to begin; answers who had it. */
export let moveTo: (ownership: Ownership<unknown>, holder: Holder) => Holder | undefined

/** Who a fiber is, as an owner: its innermost strict scope, or the child that it is. */
const holders = new WeakMap<Fiber, Holder>()
/** What is owned, so that nothing is twice. */
const owned = new WeakMap<object, Ownership<unknown>>()

/** Who `fiber` is, if it may own anything. */
export const holderOf = (fiber: Fiber): Holder | undefined => holders.get(fiber)

/** From now on `fiber` is this one, or nobody. */
export const setHolder = (fiber: Fiber, holder: Holder | undefined): void => {
  if (holder === undefined) holders.delete(fiber)
  else holders.set(fiber, holder)
}

/**
 * A resource that belongs to one fiber of a strict scope, which must give it back (`release`), say that it has done so (`disown`), or
 * give it on: to its parent (`transfer`), to a child as it forks it (the option `give`).
 *
 * An owner that returns and still has one has leaked it: the resource is released, and the child, or the scope, fails with
 * {@link ResourceLeaked}, which names it and the line that made it. One that throws, or is cancelled, has leaked nothing: what it owns is
 * released. For what just lives as long as a scope, `scope.onRelease` is simpler; what several fibers use in turn is for a `Pool`.
 * Nothing that is owned crosses to another core.
 *
 * @example
 * ```ts
 * import { Ownership, scope } from 'rumpus/structured'
 * import assert from 'node:assert/strict'
 *
 * const closed = []
 * const open = (within, name) => Ownership.own(within, { name }, { name, release: (file) => closed.push(file.name) })
 *
 * await scope(async (scope) => {
 *   const [log, data] = [open(scope, 'log'), open(scope, 'data')]
 *   const child = scope.fork(async (fiber) => {
 *     assert.equal(log.get(fiber).name, 'log') // the child's alone
 *     await log.release(fiber)
 *   }, { give: [log] })
 *   await child.await(scope)
 *   await data.release(scope)
 * }, { strict: true })
 * assert.deepEqual(closed, ['log', 'data'])
 * ```
 */
export class Ownership<R> {
  /** What errors call it. */
  readonly name: string
  private readonly site: Error
  private readonly resource: R
  private readonly giveUp: () => unknown
  private holder: Holder | undefined

  private constructor(holder: Holder, resource: R, { name, release }: OwnershipOptions<R>, site: Error) {
    this.name = name ?? nameOf(resource)
    this.site = site
    this.resource = resource
    this.giveUp = () => release(resource)
    this.take(holder)
  }

  /**
   * Makes `resource` the property of the fiber, at once: do it in the line that makes the resource, with no wait between.
   *
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`; RumpusError `ERR_RUMPUS_NOT_STRICT` for a fiber that is neither in a strict scope of its
   * own nor a child of one, and `ERR_RUMPUS_OWNED` for what is owned already
   */
  static own<R>(within: Within, resource: R, options: OwnershipOptions<R>): Ownership<R> {
    const fiber = fiberIn(within, 'the fiber or the scope that is to own it')
    checkOwnership(options)
    const holder = holders.get(fiber)
    if (holder === undefined) {
      throw new RumpusError('ERR_RUMPUS_NOT_STRICT', 'own needs the fiber of a strict scope, or of a child of one')
    }
    const known = isObject(resource) ? owned.get(resource) : undefined
    if (known !== undefined) {
      const what = `own needs a resource that nobody owns: this is ${JSON.stringify(known.name)}, owned at ${known.at}`
      throw new RumpusError('ERR_RUMPUS_OWNED', what)
    }
    return new Ownership(holder, resource, options, noteSite(Ownership.own))
  }

  /** The line that made it. */
  get at(): string {
    return lineOf(this.site)
  }

  /** Whether somebody owns it. */
  get isOwned(): boolean {
    return this.holder !== undefined
  }

  /**
   * Nothing, if the fiber owns it.
   *
   * @throws NotOwner `ERR_RUMPUS_NOT_OWNER` unless the fiber owns it
   */
  check(within: Within): void {
    this.ownerIn(within, 'check')
  }

  /**
   * The resource.
   *
   * @throws NotOwner `ERR_RUMPUS_NOT_OWNER` unless the fiber owns it
   */
  get(within: Within): R {
    this.ownerIn(within, 'get')
    return this.resource
  }

  /**
   * Gives it back. Rejects with what its `release` throws: it is nobody's all the same.
   *
   * @throws NotOwner `ERR_RUMPUS_NOT_OWNER` unless the fiber owns it
   */
  release(within: Within): Promise<void> {
    const fiber = this.ownerIn(within, 'release')
    // Nobody else's from here on, however long it takes.
    this.leave()
    return fiber.forbid(async () => void (await this.giveUp()))
  }

  /**
   * Says that it has been given back, or is the property of somebody who is no fiber: its `release` is not called. Answers the resource.
   *
   * @throws NotOwner `ERR_RUMPUS_NOT_OWNER` unless the fiber owns it
   */
  disown(within: Within): R {
    this.ownerIn(within, 'disown')
    this.leave()
    return this.resource
  }

  /**
   * Gives it to the parent: a child, to the scope that forked it; a strict scope in another of the same fiber, to that.
   *
   * @throws NotOwner `ERR_RUMPUS_NOT_OWNER` unless the fiber owns it; RumpusError `ERR_RUMPUS_NOT_STRICT` if there is no such parent
   */
  transfer(within: Within): void {
    this.ownerIn(within, 'transfer')
    const { parent } = this.holder!
    if (parent === undefined) {
      throw new RumpusError('ERR_RUMPUS_NOT_STRICT', 'transfer needs a parent that can own: the outermost has none')
    }
    this.leave()
    this.take(parent)
  }

  static {
    giveBack = (ownership) => {
      ownership.leave()
      return ownership.giveUp()
    }
    moveTo = (ownership, holder) => {
      const before = ownership.holder
      ownership.leave()
      ownership.take(holder)
      return before
    }
    ownerIn = (ownership, within, verb) => ownership.ownerIn(within, verb)
  }

  /** Answers the fiber, which owns it. */
  private ownerIn(within: Within, verb: string): Fiber {
    const fiber = fiberIn(within, 'the fiber or the scope that owns it')
    if (this.holder !== undefined && this.holder.fiber === fiber) return fiber
    throw new NotOwner(this, verb, this.isOwned)
  }

  private take(holder: Holder): void {
    this.holder = holder
    holder.held.add(this)
    if (isObject(this.resource)) owned.set(this.resource, this)
  }

  private leave(): void {
    this.holder?.held.delete(this)
    this.holder = undefined
    if (isObject(this.resource)) owned.delete(this.resource)
  }
}

/** Throws unless `fiber` may give all of these. */
export const checkGive = (fiber: Fiber, give: unknown): void => {
  if (!Array.isArray(give) || !give.every((one) => one instanceof Ownership) || new Set(give).size < give.length) {
    throw badArgument(TypeError, 'options.give', 'an array of resources that are owned, each once', give)
  }
  for (const ownership of give as Ownership<unknown>[]) ownerIn(ownership, fiber, 'give')
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function'

const nameOf = (resource: unknown): string =>
  isObject(resource) ? (resource.constructor?.name ?? 'a resource') : `a ${typeof resource}`

const NAMES: Names<OwnershipOptions<never>> = { name: true, release: true }

const checkOwnership = (options: OwnershipOptions<never>): void => {
  checkOptions('options', options, NAMES)
  const { name, release } = options
  if (typeof release !== 'function') throw badArgument(TypeError, 'options.release', 'a function', release)
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw badArgument(TypeError, 'options.name', 'a name', name)
  }
}
