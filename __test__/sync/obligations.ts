// Owns what a library over the contract of fibers owes who uses it, as programs: any primitive can be put into them, ours or somebody
// else's, on any executor. A program that ends has found nothing; one that rejects says what is owed. Never true here: a program knows
// whose primitive it has.

import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Cancelled, Computation, Fiber, type Handler, type Packed, type Trigger } from 'rumpus/effect'
import { dice } from '../fixtures/random.mjs'

/** Something for which fibers wait; at first there is nothing in it. */
export interface Specimen {
  /** The wait of one. Answers when it was handed something, and keeps that. */
  wait(fiber: Fiber): Promise<unknown>
  /** Hands something over, now or in a few steps. False if it cannot be, for nobody waits or somebody has it yet. */
  serve(): boolean | Promise<boolean>
  /** Called when nobody waits any more: throws if what was handed over is not what was had. */
  check?(): void
}

/** How to put one into the programs. */
export interface Primitive {
  readonly name: string
  /** Makes a new one, in `root`, which may hold what others wait for. */
  make(root: Fiber): Specimen | Promise<Specimen>
  /** Whether what is handed over is for one, or for all who wait and all who come. */
  readonly serves: 'one' | 'all'
}

/** A program: rejects if the primitive does not keep the obligation. */
export type Obligation = (root: Fiber, primitive: Primitive) => Promise<void>

/** As `node --expose-gc` has it. */
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** So often others may go on before what has not happened never will. */
const PATIENCE = 5000
/** So often before what should not happen has not. */
const WHILE = 100

/** An executor that notes for what its fibers wait, and leaves the rest to another. */
class Noting implements Handler {
  readonly triggers: WeakRef<Trigger>[] = []
  private readonly executor: Handler

  constructor(executor: Handler) {
    this.executor = executor
  }

  current(context: never): Fiber {
    return this.executor.current(context)
  }

  spawn<T>(from: Fiber, fiber: Fiber, main: (fiber: Fiber) => T | PromiseLike<T>): Promise<T> {
    return this.executor.spawn(from, fiber, main)
  }

  yield(fiber: Fiber): Promise<void> {
    return this.executor.yield(fiber)
  }

  cancelAfter(fiber: Fiber, computation: Packed, ms: number, reason: unknown): void {
    this.executor.cancelAfter(fiber, computation, ms, reason)
  }

  await(fiber: Fiber, trigger: Trigger): Cancelled | undefined | Promise<Cancelled | undefined> {
    this.triggers.push(new WeakRef(trigger))
    return this.executor.await(fiber, trigger)
  }
}

type Main = (fiber: Fiber) => Promise<unknown>

/** One that waits, and what came of it. */
class Visitor {
  readonly computation: Computation<never>
  readonly fiber: Fiber
  /** Nothing while it waits. */
  outcome: 'has it' | { readonly error: unknown } | undefined

  constructor(root: Fiber, main: Main, handler: Handler = root.handler, computation = new Computation<never>()) {
    this.computation = computation
    this.fiber = new Fiber(handler, computation)
    root.handler.spawn(root, this.fiber, main).then(
      () => {
        this.outcome = 'has it'
      },
      (error: unknown) => {
        this.outcome = { error }
      },
    )
  }

  get hasIt(): boolean {
    return this.outcome === 'has it'
  }

  get isParked(): boolean {
    return this.fiber.resume !== undefined
  }

  cancel(): void {
    this.computation.cancel('now')
  }

  /** Throws unless it was refused with its own cancellation. */
  checkCancelled(what: string): void {
    const { outcome } = this
    assert(typeof outcome === 'object', `${what}: it should reject`)
    assert.equal(outcome.error, this.computation.cancellation, `${what}: it should reject with its own cancellation`)
  }
}

/** Lets others go on until `isSo`. */
const until = async (root: Fiber, what: string, isSo: () => boolean): Promise<void> => {
  for (let n = 0; n < PATIENCE && !isSo(); n++) await root.yield()
  assert(isSo(), what)
}

const aWhile = async (root: Fiber): Promise<void> => {
  for (let n = 0; n < WHILE; n++) await root.yield()
}

/** A new primitive, and so many who wait for it. */
const crowd = async (root: Fiber, primitive: Primitive, count: number, main?: (specimen: Specimen) => Main) => {
  const specimen = await primitive.make(root)
  const each = main?.(specimen) ?? ((fiber) => specimen.wait(fiber))
  const visitors: Visitor[] = []
  for (let n = 0; n < count; n++) {
    const visitor = new Visitor(root, each)
    visitors.push(visitor)
    await until(root, 'who finds nothing waits', () => visitor.isParked || visitor.outcome !== undefined)
    assert.equal(visitor.outcome, undefined, 'nobody has anything, or is refused, before it was handed over')
  }
  return { specimen, visitors }
}

/** In this step, unless the primitive takes more. */
const serve = (specimen: Specimen): Promise<void> | undefined => {
  const served = specimen.serve()
  const check = (isServed: boolean): void => assert(isServed, 'it can be handed over while somebody waits')
  return typeof served === 'boolean' ? void check(served) : served.then(check)
}

/** All have gone, one way or the other. */
const close = async (root: Fiber, specimen: Specimen, visitors: readonly Visitor[]): Promise<void> => {
  for (const visitor of visitors) visitor.cancel()
  await until(root, 'who is cancelled goes on', () => visitors.every(({ outcome }) => outcome !== undefined))
  specimen.check?.()
}

const wakesThoseItServes: Obligation = async (root, primitive) => {
  const { specimen, visitors } = await crowd(root, primitive, 3)
  for (const visitor of visitors) {
    if (primitive.serves === 'one' || visitor === visitors[0]) await serve(specimen)
    await until(root, 'who was handed something goes on', () => visitor.hasIt)
  }
  await close(root, specimen, visitors)
}

const hearsOfCancellations: Obligation = async (root, primitive) => {
  const { specimen, visitors } = await crowd(root, primitive, 2)
  for (const visitor of visitors) {
    visitor.cancel()
    await until(root, 'who is cancelled goes on', () => visitor.outcome !== undefined)
    visitor.checkCancelled('cancelled while it waits')
  }
  const late = new Visitor(root, async (fiber) => {
    fiber.computation.cancel('before')
    return specimen.wait(fiber)
  })
  await until(root, 'who is cancelled does not wait', () => late.outcome !== undefined)
  late.checkCancelled('cancelled before it waits')
  const deaf = new Visitor(root, (fiber) => fiber.forbid(() => specimen.wait(fiber)))
  await until(root, 'who finds nothing waits', () => deaf.isParked)
  deaf.cancel()
  await aWhile(root)
  assert.equal(deaf.outcome, undefined, 'who does not hear of cancellations waits on')
  await serve(specimen)
  await until(root, 'and goes on when it was handed something', () => deaf.hasIt)
  await close(root, specimen, visitors)
}

const keepsWhatWasHandedOver: Obligation = async (root, primitive) => {
  const { specimen, visitors } = await crowd(root, primitive, primitive.serves === 'one' ? 2 : 1)
  for (const visitor of visitors) {
    const serving = serve(specimen)
    // In the same step, if it can be.
    if (serving !== undefined) await serving
    visitor.cancel()
    await until(root, 'who was served goes on', () => visitor.outcome !== undefined)
    assert(visitor.hasIt, 'what was handed over before the cancellation is kept')
  }
  await close(root, specimen, visitors)
}

const losesNothing: Obligation = async (root, primitive) => {
  const { specimen, visitors } = await crowd(root, primitive, 3)
  const [first, second, third] = visitors as [Visitor, Visitor, Visitor]
  first.cancel()
  if (primitive.serves === 'one') {
    await serve(specimen)
    await until(root, 'what was handed over, somebody has', () => first.hasIt || second.hasIt)
    await aWhile(root)
    assert(!(first.hasIt && second.hasIt) && !third.hasIt, 'what was handed over, one has')
    second.cancel()
  }
  await until(root, 'who is cancelled goes on', () => first.outcome !== undefined)
  await aWhile(root)
  await serve(specimen)
  await until(root, 'who is left is served when others have gone', () => third.hasIt)
  await close(root, specimen, visitors)
  if (primitive.serves === 'one') for (let seed = 1; seed <= 5; seed++) await balances(root, primitive, seed)
}

/** A crowd that is served and cancelled by chance: what was handed over was had. */
const balances = async (root: Fiber, primitive: Primitive, seed: number): Promise<void> => {
  const below = dice(seed)
  const { specimen, visitors } = await crowd(root, primitive, 30)
  const waiting = [...visitors]
  const had = (): number => visitors.filter(({ hasIt }) => hasIt).length
  let served = 0
  while (waiting.length > 0) {
    const what = below(4)
    // There is somebody to have it, whatever those do that are cancelled.
    const open = waiting.filter(({ outcome }) => outcome === undefined).length - (served - had())
    if (what === 0) await root.yield()
    else if (what === 1) waiting.splice(below(waiting.length), 1)[0]?.cancel()
    else if (what === 2 && open > 0 && (await specimen.serve())) served++
    else if (open <= 0) {
      await until(root, 'what was handed over, somebody has', () => had() === served)
      if (waiting.every(({ outcome }) => outcome !== undefined)) break
    }
  }
  await aWhile(root)
  await close(root, specimen, visitors)
  assert.equal(had(), served, 'as many have something as were handed something')
}

/** What a fiber is, as far as a library may change it, and must change it back. */
const stateOf = ({ computation, forbidden, waitsFor }: Fiber) => ({ computation, forbidden, waitsFor })

/** Waits, and looks whether the fiber is as it was. */
const comparing =
  (specimen: Specimen, differences: string[]): Main =>
  async (fiber) => {
    const before = stateOf(fiber)
    try {
      return await specimen.wait(fiber)
    } finally {
      const after = stateOf(fiber)
      for (const key of Object.keys(before) as (keyof typeof before)[]) {
        if (after[key] !== before[key]) differences.push(key)
      }
      // So that the rest may go on.
      Object.assign(fiber, before)
    }
  }

const restoresTheFiber: Obligation = async (root, primitive) => {
  const differences: string[] = []
  const inside = (specimen: Specimen): Main[] => {
    const compare = comparing(specimen, differences)
    return [
      compare,
      (fiber) => fiber.forbid(() => compare(fiber)),
      (fiber) => fiber.forbid(() => fiber.permit(() => compare(fiber))),
      async (fiber) => {
        const { computation } = fiber
        const inner = new Computation<never>()
        const link = computation.attachCanceler(inner)
        fiber.computation = inner
        await compare(fiber).finally(() => {
          fiber.computation = computation
          computation.detach(link)
        })
      },
    ]
  }
  for (let way = 0; way < 4; way++) {
    for (const isCancelled of [false, true]) {
      const { specimen, visitors } = await crowd(root, primitive, 1, (specimen) => inside(specimen)[way]!)
      const [visitor] = visitors as [Visitor]
      if (isCancelled) visitor.cancel()
      if (isCancelled) await aWhile(root)
      if (visitor.outcome === undefined) await serve(specimen)
      await until(root, 'who was served or cancelled goes on', () => visitor.outcome !== undefined)
      assert.deepEqual(differences, [], 'these of the fiber are as they were before')
      await close(root, specimen, visitors)
    }
  }
}

const takesOneWaitAtATime: Obligation = async (root, primitive) => {
  const { specimen, visitors } = await crowd(root, primitive, 1)
  const [first] = visitors as [Visitor]
  const again = new Visitor(root, () => specimen.wait(first.fiber))
  await until(root, 'a fiber that waits is refused', () => again.outcome !== undefined)
  assert(typeof again.outcome === 'object', 'a fiber that waits is not served twice')
  const { code } = again.outcome.error as { code?: string }
  assert(/^ERR_RUMPUS_(WAITING|DEADLOCK)$/.test(`${code}`), `the contract's refusal is handed on, and not ${code}`)
  assert.equal(first.outcome, undefined, 'its wait goes on')
  const next = new Visitor(root, (fiber) => specimen.wait(fiber))
  await until(root, 'who finds nothing waits', () => next.isParked)
  await serve(specimen)
  await until(root, 'it is served', () => first.hasIt)
  if (primitive.serves === 'one') await serve(specimen)
  await until(root, 'the refused is not served in place of the next', () => next.hasIt)
  await close(root, specimen, [first, next])
}

const letsGo: Obligation = async (root, primitive) => {
  const specimen = await primitive.make(root)
  const noting = new Noting(root.handler)
  const comeAndGo = async (count: number): Promise<void> => {
    const visitors = Array.from({ length: count }, () => new Visitor(root, (fiber) => specimen.wait(fiber), noting))
    await until(root, 'who finds nothing waits', () => visitors.every(({ isParked }) => isParked))
    for (const visitor of visitors) visitor.cancel()
    await until(root, 'who is cancelled goes on', () => visitors.every(({ outcome }) => outcome !== undefined))
  }
  await comeAndGo(200)
  await aWhile(root)
  // What a weak reference was made of is kept until the event loop has had its turn.
  await new Promise((resolve) => setTimeout(resolve, 0))
  collectGarbage()
  const held = noting.triggers.filter((trigger) => trigger.deref() !== undefined).length
  assert(held <= 10, `who is gone is let go: ${held} triggers of 200 are held`)
  specimen.check?.()
  if (primitive.serves === 'one') await leavesNothingBehind(root, specimen)
}

/** Fibers under one computation are served, one after the other: nothing is left in it. */
const leavesNothingBehind = async (root: Fiber, specimen: Specimen): Promise<void> => {
  const computation = new Computation<never>()
  let most = 0
  for (let n = 0; n < 100; n++) {
    const visitor = new Visitor(root, (fiber) => specimen.wait(fiber), root.handler, computation)
    await until(root, 'who finds nothing waits', () => visitor.isParked || visitor.outcome !== undefined)
    if (visitor.isParked) await serve(specimen)
    await until(root, 'who was handed something goes on', () => visitor.hasIt)
    most = Math.max(most, computation.held)
  }
  assert(most < 10, `what was waited for is not left in the computation of the fiber: ${most} triggers are`)
}

/** All that is owed. */
export const obligations: Readonly<Record<string, Obligation>> = {
  'wakes those it serves': wakesThoseItServes,
  'hears of cancellations': hearsOfCancellations,
  'keeps what was handed over together with a cancellation': keepsWhatWasHandedOver,
  'loses nothing when cancelled': losesNothing,
  'restores the fiber': restoresTheFiber,
  'takes one wait at a time': takesOneWaitAtATime,
  'lets go of triggers': letsGo,
}
