// Crash reports: they say where in the user's own code it happened, and go to whoever wants to know.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type CrashReport, run } from 'rumpus'
import { expect, it, onTestFinished } from 'vitest'
import { throwing } from '../fixtures/bodies.mjs'
import { inside, program, until } from './world.ts'

for (const flags of [[], ['--enable-source-maps']]) {
  it(`crash reports have the frames of the body across its waits ${flags.join()}`, async () => {
    const { code, stdout, stderr } = await program('frames.mjs', [], flags)
    expect([code, stderr]).toEqual([0, ''])
    const stacks = JSON.parse(stdout) as [number, string][]
    expect(stacks.map(([scheduler]) => scheduler).sort()).toEqual([0, 0, 1, 1])
    const file = flags.length === 0 ? 'frames-bodies.mjs' : 'frames.original.ts'
    for (const [, stack] of stacks) {
      const frames = stack.split('\n').slice(1)
      const names = frames.map((frame) => /at (?:async )?(?:.* )?(innermost|middle|outermost) /.exec(frame)?.[1])
      expect(names.slice(0, 3), stack).toEqual(['innermost', 'middle', 'outermost'])
      for (const frame of frames.slice(0, 3)) expect(frame).toContain(file)
    }
    expect(stacks.filter(([, stack]) => stack.startsWith('TimeoutError: ')).length).toBe(2)
  })
}

it('crash reports of every thread are published to their channel, beside onCrash', async () => {
  const heard: CrashReport[] = []
  const hear = (report: unknown): void => void heard.push(report as CrashReport)
  subscribe('rumpus:crash', hear)
  onTestFinished(() => void unsubscribe('rumpus:crash', hear))
  await inside(async (self, crashes) => {
    for (const on of ['here', 1] as const) {
      self.spawnMonitor(throwing.with({ on }))
      await self.receive()
    }
    await until(() => crashes.length === 2)
    expect(heard).toEqual(crashes)
    expect(heard.map(({ scheduler }) => scheduler)).toEqual([0, 1])
  })
})

it('crash reports go on after a listener that throws', async () => {
  let times = 0
  const onCrash = (): void => {
    times++
    throw new Error('the listener fails')
  }
  const written: string[] = []
  const { write } = process.stderr
  process.stderr.write = ((text: string) => written.push(text) > 0) as typeof write
  onTestFinished(() => void (process.stderr.write = write))
  await run(
    async (self) => {
      for (let i = 0; i < 2; i++) {
        self.spawnMonitor(throwing.with({ on: 'here' }))
        await self.receive()
      }
    },
    { schedulers: 1, onCrash },
  )
  expect(times).toBe(2)
  expect(written.join('')).toBe('rumpus: a crash report failed: the listener fails\n'.repeat(2))
})
