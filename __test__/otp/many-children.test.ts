// Goal: a hundred thousand dynamic children stopped at once cost as many steps as there are, whatever they do about it, and the supervisor
// is not held up beyond their time. Method: counters of the runtime, for ten thousand and ten times as many; nothing is timed.

import { exit, simulate } from 'rumpus'
import { countChildren, Server, startChild, startSupervisor } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { echo } from '../fixtures/otp-servers.mjs'
import { type AnyPid, type AnySelf, endOf, inside } from '../process/world.ts'
import { waits } from './children.ts'

class Idle extends Server {}

/** Throws when it is to end. */
class Throws extends Server {
  override terminate(): void {
    throw new Error('in terminate')
  }
}

const stubborn = async (me: AnySelf): Promise<void> => {
  me.trapExit()
  for (;;) await me.receive()
}

/** How many of each kind are stopped, and ten times fewer or less beside. */
const MANY = 20_000
const MOST = 100_000
const FEW = 2_000

const KINDS = {
  'bodies that wait': () => ({ start: waits }),
  servers: () => ({ start: Idle }),
  'servers on another scheduler': () => ({ start: echo, on: 1 }),
  'servers that are killed at once': () => ({ start: Idle, shutdown: 'brutal' as const }),
  'servers of which some throw in terminate, among bodies of which some ignore it': (n: number) =>
    n % 100 === 0 ? { start: stubborn, shutdown: 50 } : { start: n % 100 === 1 ? Throws : Idle, shutdown: 50 },
}

const MIXED = KINDS['servers of which some throw in terminate, among bodies of which some ignore it']

interface Counts {
  readonly crossings: number
  readonly resumes: number
  readonly messages: number
}

const countsOf = (self: AnySelf): Counts => {
  const { schedulers, messages } = self.runtime.inspect()
  // Turns are taken as time passes: the others are what is asked.
  const sum = (of: (view: (typeof schedulers)[number]) => number): number =>
    schedulers.reduce((total, view) => total + of(view), 0)
  return {
    crossings: sum(({ crossings, turns }) => crossings - turns),
    resumes: sum(({ resumes }) => resumes),
    messages: messages.accepted,
  }
}

/** What it costs to stop so many at once. */
async function costOf(self: AnySelf, count: number, specOf: (n: number) => object): Promise<Counts> {
  const top = (await startSupervisor(self, { strategy: 'dynamic' }, { link: false })) as AnyPid
  for (let n = 0; n < count; ) {
    const some = Array.from({ length: Math.min(1_000, count - n) }, () => startChild(top, specOf(n++) as never))
    await Promise.all(some)
  }
  expect(await countChildren(top)).toMatchObject({ active: count })
  const alive = self.runtime.inspect().processes.alive
  const before = countsOf(self)
  expect(await endOf(self, top, () => exit(top, 'shutdown'))).toEqual({ kind: 'shutdown' })
  const after = countsOf(self)
  expect(self.runtime.inspect().processes.alive).toBe(alive - count - 1)
  return {
    crossings: after.crossings - before.crossings,
    resumes: after.resumes - before.resumes,
    messages: after.messages - before.messages,
  }
}

describe('as many steps as there are', () => {
  const compare = (count: number, specOf: (n: number) => object): Promise<void> =>
    inside(
      async (self) => {
        const few = await costOf(self, FEW, specOf)
        const many = await costOf(self, count, specOf)
        for (const key of ['crossings', 'resumes', 'messages'] as const) {
          // A few for each, and as many times more as there are more.
          expect(many[key], key).toBeLessThan(8 * count)
          expect(many[key], key).toBeLessThan(((1.1 * count) / FEW) * few[key] + 1_000)
        }
      },
      { schedulers: 1, onCrash: () => {}, stall: false },
    )

  it.each(Object.entries(KINDS))(`to stop ${MANY} %s`, (_, specOf) => compare(MANY, specOf))

  it(`to stop ${MOST}`, { timeout: 300_000 }, () => compare(MOST, MIXED))

  it('and no longer than the longest of their times, though some ignore it', () =>
    simulate({ seed: 3, schedulers: 1, onCrash: () => {} }, async (self: AnySelf, { now }) => {
      const top = (await startSupervisor(self, { strategy: 'dynamic' }, { link: false })) as AnyPid
      const times = [50, 300, 'brutal', 1_000] as const
      for (let n = 0; n < 1_000; n++) {
        const shutdown = times[n % times.length] as number
        await startChild(top, { start: n % 5 === 0 ? stubborn : waits, shutdown })
      }
      const begun = now()
      expect(await endOf(self, top, () => exit(top, 'shutdown'))).toEqual({ kind: 'shutdown' })
      expect(now() - begun).toBeGreaterThanOrEqual(1_000)
      expect(now() - begun).toBeLessThan(1_050)
    }))
})
