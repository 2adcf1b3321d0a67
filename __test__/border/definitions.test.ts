// Where definitions come from and what a process hears of one that cannot be found: its exit reason says why.

import { BroadcastChannel } from 'node:worker_threads'
import { define, type ExitReason, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { args, once } from '../fixtures/bodies.mjs'
import { impatient } from '../fixtures/definitions/impatient.mjs'
import { type AnyPid, type AnySelf, endOf, inside, program } from '../process/world.ts'

const at = (file: string): string => new URL(`../fixtures/definitions/${file}`, import.meta.url).href

/** A definition that this thread has and schedulers look for in a file. */
const inFile = (file: string, name: string) =>
  define(at(file), name, async (_: AnySelf, to: AnyPid): Promise<void> => void to)

/** Why it ends; one that ended before it was monitored is tried again. */
async function reasonOf(self: AnySelf, file: string, name: string): Promise<ExitReason & { kind: 'error' }> {
  let reason: ExitReason = { kind: 'noproc' }
  for (let tries = 0; reason.kind === 'noproc' && tries < 100; tries++) {
    reason = await endOf(self, self.spawn(inFile(file, name).with({ on: 1 }), self.pid as AnyPid))
  }
  expect(reason.kind).toBe('error')
  return reason as ExitReason & { kind: 'error' }
}

async function worksStill(self: AnySelf): Promise<void> {
  for (const on of [1, 2]) {
    self.spawn(once.with({ on }), self.pid as AnyPid, 'works')
    expect(await self.receive()).toMatchObject({ name: 'works', seat: on })
  }
}

/** Scheduler 1 has hardly any patience from now on. */
async function hurry(self: AnySelf): Promise<AnyPid> {
  const pid = self.spawn(impatient.with({ on: 1 }), self.pid as AnyPid)
  expect(await self.receive()).toBe('impatient')
  return pid as AnyPid
}

describe('a definition whose module takes long', () => {
  it('define: a thread that could not run meanwhile has not waited', () =>
    inside(async (self) => {
      const busy = await hurry(self)
      const [, ref] = self.spawnMonitor(inFile('loads.mjs', 'loads').with({ on: 1 }), self.pid as AnyPid)
      send(busy, 'keep the thread')
      expect(await self.receive()).toMatchObject({ ref, reason: { kind: 'normal' } })
    }))

  it('define: what counts as missing is there when it comes', () =>
    inside(async (self) => {
      await hurry(self)
      const { error } = await reasonOf(self, 'comes-late.mjs', 'late')
      expect(error).toMatchObject({
        code: 'ERR_RUMPUS_CANNOT_LOAD',
        message: expect.stringContaining('has not finished loading'),
      })
      const channel = new BroadcastChannel('rumpus-test-comes-late')
      channel.postMessage('now')
      channel.close()
      let reason: ExitReason = { kind: 'noproc' }
      while (reason.kind !== 'normal') {
        reason = await endOf(self, self.spawn(inFile('comes-late.mjs', 'late').with({ on: 1 }), self.pid as AnyPid))
      }
    }))
})

describe('a definition that cannot be found', () => {
  const cases: [what: string, file: string, name: string, code: string, message: RegExp][] = [
    ['in a missing module', 'missing.mjs', 'x', 'ERR_RUMPUS_CANNOT_LOAD', /could not load .*missing\.mjs/],
    [
      'with a missing name',
      'empty.mjs',
      'nothing',
      'ERR_RUMPUS_NO_DEFINITION',
      /empty\.mjs defines nothing called "nothing"/,
    ],
    [
      'that is no function',
      'empty.mjs',
      'number',
      'ERR_RUMPUS_NO_DEFINITION',
      /empty\.mjs defines nothing called "number"/,
    ],
    ['in a module that throws', 'throws.mjs', 'x', 'ERR_RUMPUS_CANNOT_LOAD', /could not load .*throws\.mjs/],
  ]
  for (const [what, file, name, code, message] of cases) {
    it(`define: ${what}`, () =>
      inside(async (self) => {
        const { error } = await reasonOf(self, file, name)
        expect(error).toMatchObject({ name: 'RumpusError', code, message: expect.stringMatching(message) })
        if (file === 'throws.mjs')
          expect(error.cause).toMatchObject({ name: 'RangeError', message: 'the module threw' })
        // Once more, now that it is known to be missing.
        expect((await reasonOf(self, file, name)).error.code).toBe(code)
        await worksStill(self)
      }))
  }

  it('define: in TypeScript where Node strips no types, the error names the file and the way out', () =>
    inside(async (self) => {
      if ('typescript' in process.features && process.features.typescript) return
      const { error } = await reasonOf(self, 'stripped.ts', 'typed')
      expect(error.code).toBe('ERR_RUMPUS_CANNOT_LOAD')
      expect(error.message).toMatch(/stripped\.ts.*(build it|run\(\{ resolve \}\))/)
    }))

  it('define: a module whose import never settles keeps no other definition from starting', () =>
    inside(async (self) => {
      const stuck = self.spawn(inFile('never-settles.mjs', 'x').with({ on: 1 }), self.pid as AnyPid)
      await worksStill(self)
      const { error } = await reasonOf(self, 'missing.mjs', 'after')
      expect(error.code).toBe('ERR_RUMPUS_CANNOT_LOAD')
      self.monitor(stuck)
    }))
})

describe('a definition that is found', () => {
  it('define and run in one file: nothing below run() happens twice, and a definition there is not found', async () => {
    const { code, stdout, stderr } = await program('define-and-run.mjs')
    const lines = stdout.trim().split('\n')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(lines.slice(0, 3)).toEqual(['above', 'above', 'below'])
    expect(lines[3]).toMatch(/^error ERR_RUMPUS_NO_DEFINITION .*define-and-run\.mjs.*"late": define it above run\(\)$/)
    expect(lines.length).toBe(4)
  })

  it('run({ resolve }) maps the URL of a definition to the module that schedulers load', () =>
    inside(
      async (self) => {
        self.spawn(inFile('stripped.ts', 'typed').with({ on: 1 }), self.pid as AnyPid)
        expect(await self.receive()).toBe('built')
      },
      { resolve: (url) => url.replace(/stripped\.ts$/, 'built.mjs') },
    ))

  it('spawn encodes the arguments of a definition wherever it runs', () =>
    inside(async (self) => {
      for (const on of ['here', 0, 1] as const) {
        const given = { list: [1], map: new Map([[1, { two: 2 }]]) }
        self.spawn(args.with({ on }), self.pid as AnyPid, given)
        given.list.push(2)
        const [came] = await self.receive()
        expect(came).toEqual({ list: [1], map: new Map([[1, { two: 2 }]]) })
        expect(came).not.toBe(given)
      }
    }))

  it('spawn of a definition gives it every argument, none too', () =>
    inside(async (self) => {
      for (const given of [[], [undefined], [1, null, 'x', new Uint8Array(9000)]]) {
        self.spawn(args.with({ on: 1 }), self.pid as AnyPid, ...given)
        expect(await self.receive()).toEqual(given)
      }
    }))
})
