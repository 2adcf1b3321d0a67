// Goal: what hangs can be seen: who waits, for what, where, and which scopes are open. Method: programs on every executor that are looked
// at while they wait; programs of their own that end too soon.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Fiber, type FiberWatch, watchFibers } from 'rumpus/effect'
import { openScope, scope } from 'rumpus/structured'
import { Channel, Mutex } from 'rumpus/sync'
import { afterEach, describe, expect, it } from 'vitest'
import { executors } from './executors.ts'

let watch: FiberWatch | undefined
afterEach(() => watch?.stop())

describe.each(executors)('$name', ({ execute }) => {
  it('tells who waits, for what and where, and which scopes are open', () =>
    execute(async (fiber) => {
      watch = watchFibers()
      expect(watch.report()).toBe('')
      const channel = new Channel<number>(0)
      await scope(fiber, async (scope) => {
        scope.fork(async function receives(mine) {
          await channel.receive(mine)
        })
        scope.fork((mine) => mine.sleep(3))
        while (watch!.waits.length < 2) await scope.fiber.yield()
        const waits = watch!.waits.filter(({ waitsFor }) => waitsFor !== 'something')
        expect(waits.map(({ waitsFor }) => waitsFor).sort()).toEqual(['an item of a channel', 'its time'])
        const wait = waits.find(({ waitsFor }) => waitsFor === 'an item of a channel')!
        expect(wait.at).toMatch(/receives .*watch\.test\.ts:\d+:\d+/)
        expect(wait.forkedAt).toMatch(/watch\.test\.ts:\d+:\d+/)
        expect(watch!.scopes).toEqual([{ at: expect.stringMatching(/watch\.test\.ts:\d+:\d+/), children: 2 }])
        expect(watch!.deadlocks).toEqual([])
        expect(watch!.report()).toMatch(/a scope is open, with 2 children, at .*watch\.test\.ts/)
        await channel.send(scope, 1)
      })
      expect([watch.report(), watch.waits, watch.scopes]).toEqual(['', [], []])
      watch.stop()
      openScope(fiber)
      expect(watch.scopes).toEqual([])
    }))

  it('tells circles that were closed before anybody asked', () =>
    execute(async (fiber) => {
      watch = watchFibers()
      const [one, other] = [new Mutex(), new Mutex()]
      const told = scope(fiber, async (scope) => {
        const take = (first: Mutex, then: Mutex) => async (mine: Fiber) => {
          first.tryLock(mine)
          await mine.sleep(1)
          // By hand, as a library would that looks for no circles.
          mine.noteWait({ what: 'the other', isOver: false, holders: then.holders() })
          await mine.wait(new (await import('rumpus/effect')).Computation<never>())
        }
        scope.fork(take(one, other))
        scope.fork(take(other, one))
        while (watch!.deadlocks.length === 0) await scope.fiber.sleep(1)
        const [circle] = watch!.deadlocks
        expect(circle).toHaveLength(2)
        expect(watch!.report()).toMatch(/deadlock: fiber \d+ waits for the other, which fiber \d+ has; fiber \d+ waits/)
        scope.cancel('seen')
      })
      await told
    }))
})

it('is one at a time, and stops with its block', () => {
  const first = watchFibers()
  expect(() => watchFibers()).toThrow(expect.objectContaining({ code: 'ERR_RUMPUS_WATCHED' }))
  first[Symbol.dispose]()
  watchFibers().stop()
  for (const options of [1, { atExit: 1 }]) {
    expect(() => watchFibers(options as never)).toThrow(expect.objectContaining({ code: 'ERR_RUMPUS_BAD_ARGUMENT' }))
  }
})

describe('at the end of a program', () => {
  const program = (how: string): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [fileURLToPath(new URL('../fixtures/programs/left.mjs', import.meta.url)), how], {
      encoding: 'utf8',
    })

  it('tells what is left because nothing can happen any more', () => {
    const { status, stderr } = program('deadlock')
    expect(status).toBe(0)
    expect(stderr).toMatch(/^rumpus: nothing can happen any more, and these fibers and scopes are left:\n/)
    expect(stderr).toMatch(/ {2}fiber \d+ waits for the signal of a condition, at .*left\.mjs/)
    expect(stderr).toMatch(/ {2}fiber \d+ waits for the value of an ivar, at .*left\.mjs/)
    expect(stderr).toMatch(
      / {2}fiber \d+ waits for an item of a channel, at .*left\.mjs:\d+:\d+.*; forked at .*left\.mjs/,
    )
    expect(stderr).toMatch(/ {2}a scope is open, with 1 child, at .*left\.mjs/)
  })

  it('tells which scopes are open when it exits, to whom it was told to', () => {
    const { status, stdout, stderr } = program('exit')
    expect([status, stderr]).toEqual([3, ''])
    expect(stdout).toMatch(/^told: rumpus: fibers and scopes that are left:/)
  })

  it('tells nothing when nothing is left', () => {
    expect(program('nothing')).toMatchObject({ status: 0, stdout: '', stderr: '' })
  })
})
