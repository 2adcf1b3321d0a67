// Goal: what is owned is released once, by its owner or because that has ended, and nobody else touches it. Method: programs on every
// executor with resources that count, and random ones against a ledger.

import { Computation, type Fiber } from 'rumpus/effect'
import { NotOwner, Ownership, ResourceLeaked, type StrictScope, scope } from 'rumpus/structured'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'
import { dice } from '../fixtures/random.mjs'

const forever = ({ fiber }: { fiber: Fiber }): Promise<never> => fiber.wait(new Computation<never>())
const strict = { strict: true } as const
const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  )

/** Resources that write down their releases. */
const shelf = () => {
  const released: string[] = []
  const make = (within: { fiber: Fiber }, name: string) =>
    Ownership.own(within, { name }, { name, release: (one) => void released.push(one.name) })
  return { released, make }
}

describe.each(executors)('$name', ({ execute }) => {
  it('is released, disowned, transferred or given, and is nobody else’s', () =>
    execute(async (fiber) => {
      const { released, make } = shelf()
      await scope(
        fiber,
        async (scope) => {
          const [one, two, three] = [make(scope, 'one'), make(scope, 'two'), make(scope, 'three')]
          expect([one.get(scope).name, one.isOwned]).toEqual(['one', true])
          await one.release(scope)
          expect(released).toEqual(['one'])
          expect(two.disown(scope)).toEqual({ name: 'two' })
          const child = scope.fork(
            async (mine) => {
              expect(three.get(mine).name).toBe('three')
              expect(() => three.check(scope)).toThrow(NotOwner)
              await mine.sleep(1)
              const four = make(mine, 'four')
              four.transfer(mine)
              three.transfer(mine)
              return four
            },
            { give: [three] },
          )
          expect(() => three.get(scope)).toThrow(
            /get needs the fiber that owns "three", owned at .*: another fiber does/,
          )
          const four = await child.await(scope)
          await Promise.all([three.release(scope), four.release(scope)])
          for (const gone of [one, two, three, four]) {
            for (const verb of ['get', 'check', 'disown', 'transfer', 'release'] as const) {
              expect(() => gone[verb](scope)).toThrow(expect.objectContaining({ code: 'ERR_RUMPUS_NOT_OWNER' }))
            }
          }
        },
        strict,
      )
      expect(released).toEqual(['one', 'three', 'four'])
    }))

  it('fails who returns and still has one, names it and the line that made it, and releases it', () =>
    execute(async (fiber) => {
      const { released, make } = shelf()
      const body = await errorOf(
        scope(
          fiber,
          (scope) => {
            make(scope, 'first')
            make(scope, 'second')
          },
          strict,
        ),
      )
      expect(body).toBeInstanceOf(ResourceLeaked)
      expect(body).toMatchObject({
        code: 'ERR_RUMPUS_RESOURCE_LEAKED',
        resources: [{ name: 'first' }, { name: 'second' }],
      })
      expect((body as Error).message).toMatch(/still had 2 resources: "first", owned at .*ownership\.test\.ts:\d+:\d+/)
      expect(released).toEqual(['second', 'first'])
      await scope(
        fiber,
        async (scope) => {
          const given = make(scope, 'given')
          const child = scope.fork(async () => 'value', { give: [given] })
          expect(await errorOf(child.await(scope))).toMatchObject({ resources: [{ name: 'given' }] })
          const none = Ownership.own(scope, new Map(), { release: () => {} })
          expect(none.name).toBe('Map')
          await none.release(scope)
        },
        strict,
      )
      expect(released).toEqual(['second', 'first', 'given'])
    }))

  it('releases without a fault what one has who throws or is cancelled', () =>
    execute(async (fiber) => {
      const { released, make } = shelf()
      const failing = scope(
        fiber,
        async (scope) => {
          const child = scope.fork(async (mine) => {
            make(mine, 'cancelled')
            await forever(mine)
          })
          const thrower = scope.fork(async (mine) => {
            make(mine, 'thrown')
            throw new Error('child')
          })
          expect(await errorOf(thrower.await(scope))).toMatchObject({ message: 'child' })
          await scope.fiber.sleep(1)
          await child.cancel(scope)
          make(scope, 'body')
          throw new Error('body')
        },
        strict,
      )
      expect(await errorOf(failing)).toMatchObject({ message: 'body' })
      expect(released).toEqual(['thrown', 'cancelled', 'body'])
    }))

  it('waits for releases, where no cancellation is heard, and loses no error of theirs', () =>
    execute(async (fiber) => {
      const seen: string[] = []
      const slow = (scope: StrictScope, name: string) =>
        Ownership.own(
          scope,
          {},
          {
            name,
            release: async () => {
              await scope.fiber.sleep(1)
              seen.push(name)
              throw new Error(name)
            },
          },
        )
      const cancelled = scope(
        fiber,
        async (scope) => {
          slow(scope, 'one')
          slow(scope, 'two')
          scope.onRelease(() => seen.push('hook'))
          scope.cancel('enough')
        },
        strict,
      )
      const error = (await errorOf(cancelled)) as AggregateError
      expect(error.errors.map(({ message }: Error) => message)).toEqual(['two', 'one'])
      expect(seen).toEqual(['hook', 'two', 'one'])
    }))

  it('goes with scopes that the same fiber opens inside: used there, transferred out', () =>
    execute(async (fiber) => {
      const { released, make } = shelf()
      await scope(
        fiber,
        async (outer) => {
          const one = make(outer, 'one')
          const two = await scope(
            outer,
            async (inner) => {
              expect(one.get(inner).name).toBe('one')
              const two = make(inner, 'two')
              two.transfer(inner)
              return two
            },
            strict,
          )
          expect(released).toEqual([])
          await two.release(outer)
          await one.release(outer)
          const last = make(outer, 'last')
          expect(() => last.transfer(outer)).toThrow(expect.objectContaining({ code: 'ERR_RUMPUS_NOT_STRICT' }))
          await last.release(outer)
        },
        strict,
      )
      expect(() => make(fiber, 'late')).toThrow(expect.objectContaining({ code: 'ERR_RUMPUS_NOT_STRICT' }))
    }))

  it('stays with the parent when the fork is refused', () =>
    execute(async (fiber) => {
      const { released, make } = shelf()
      const cancelled = scope(
        fiber,
        async (scope) => {
          const one = make(scope, 'one')
          scope.cancel('enough')
          expect(() => scope.fork(forever, { give: [one] })).toThrow(/cancelled/)
          expect(one.get(scope).name).toBe('one')
        },
        strict,
      )
      expect([await errorOf(cancelled), released]).toEqual([undefined, ['one']])
    }))

  it('refuses what is no argument, and what somebody owns', () =>
    execute((fiber) =>
      scope(
        fiber,
        async (scope) => {
          const bad = expect.objectContaining({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
          const release = (): void => {}
          expect(() => Ownership.own(scope, {}, {} as never)).toThrow(bad)
          expect(() => Ownership.own(scope, {}, { release, name: '' })).toThrow(bad)
          expect(() => Ownership.own(undefined as never, {}, { release })).toThrow(bad)
          const thing = {}
          const one = Ownership.own(scope, thing, { release, name: 'thing' })
          expect(() => Ownership.own(scope, thing, { release })).toThrow(
            expect.objectContaining({
              code: 'ERR_RUMPUS_OWNED',
              message: expect.stringContaining('"thing", owned at'),
            }),
          )
          for (const give of [1, [1], [one, one]]) {
            expect(() => scope.fork(() => {}, { give: give as never })).toThrow(bad)
          }
          one.disown(scope)
          expect(() => scope.fork(() => {}, { give: [one] })).toThrow(NotOwner)
          await Ownership.own(scope, thing, { release }).release(scope) // nobody's, so it can be owned again
          throw new Error('the end')
        },
        strict,
      ).catch(({ message }) => expect(message).toBe('the end')),
    ))

  it('is released exactly once in random programs, and a leak is a fault exactly when there is one', async () => {
    for (let seed = 1; seed <= Number(process.env.RUMPUS_SEEDS ?? 60); seed++) {
      const below = dice(seed)
      const { released, make } = shelf()
      const made: string[] = []
      const disowned: string[] = []
      let [leaks, left] = [0, 0]
      const act = async (mine: Fiber, mineAlready: Ownership<{ name: string }>[], depth: number): Promise<void> => {
        const held = [...mineAlready]
        const ends = below(4)
        try {
          await scope(
            mine,
            async (scope) => {
              for (let step = below(5); step > 0; step--) {
                const what = below(5)
                const last = held.pop()
                if (what === 0 && last !== undefined) await last.release(scope)
                else if (what === 1 && last !== undefined) disowned.push(last.disown(scope).name)
                else if (what === 2 && depth < 3) {
                  const give = last === undefined ? [] : [last]
                  await scope.fork((theirs) => act(theirs, give, depth + 1), { give }).await(scope)
                } else {
                  if (last !== undefined) held.push(last)
                  made.push(`${seed}/${made.length}`)
                  held.push(make(scope, made.at(-1)!))
                }
                await scope.fiber.yield()
              }
              if (ends === 0) throw new Error('on purpose')
              if (ends === 1) {
                left += held.filter((one) => !mineAlready.includes(one)).length
                return
              }
              for (const one of held.splice(0)) await one.release(scope)
            },
            strict,
          )
        } catch (error) {
          if (error instanceof ResourceLeaked) leaks += error.resources.length
          else if (!(error instanceof Error && error.message === 'on purpose')) throw error
        }
        // What a child was given and has not released inside is its own still.
        for (const one of mineAlready) if (one.isOwned) await one.release(mine)
      }
      await execute(
        (fiber) => scope(fiber, (scope) => scope.fork((mine) => act(mine, [], 0)).await(scope), strict),
        seed,
      )
      expect([...released, ...disowned].sort(), `program ${seed}`).toEqual(made.sort())
      expect(leaks, `program ${seed}`).toBe(left)
    }
  })
})
