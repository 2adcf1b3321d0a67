// Crash reports: they say where in the user's own code it happened, and go to whoever wants to know.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type CrashReport, run } from 'rumpus'
import ts from 'typescript'
import { expect, it, onTestFinished } from 'vitest'
import { throwing } from '../fixtures/bodies.mjs'
import { inside, program, until } from './world.ts'

const SOURCE = new URL('../fixtures/frames-typed.ts', import.meta.url)

/** The typed bodies as a compiler makes plain JavaScript of them. */
function built(): URL {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, inlineSourceMap: true }
  const { outputText } = ts.transpileModule(readFileSync(SOURCE, 'utf8'), {
    fileName: fileURLToPath(SOURCE),
    compilerOptions,
  })
  const folder = new URL('../../target/frames/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const file = new URL('frames-typed.mjs', folder)
  writeFileSync(file, outputText)
  return file
}

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

for (const [how, flags] of [
  ['built, with its source map', ['--enable-source-maps']],
  ...((process.features as { typescript?: unknown }).typescript ? ([['stripped by Node', []]] as const) : []),
] as const) {
  it(`crash reports have the lines of TypeScript behind each kind of wait: ${how}`, async () => {
    const module = flags.length === 0 ? SOURCE : built()
    const { code, stdout, stderr } = await program('frames-typed.mjs', [module.href], flags)
    expect([code, stderr.replaceAll(/^.*ExperimentalWarning.*$|^\(Use.*$/gm, '').trim()]).toEqual([0, ''])
    const stacks = JSON.parse(stdout) as { how: string; scheduler: number; stack: string }[]
    expect(stacks.map(({ how, scheduler }) => [how, scheduler])).toEqual(
      [...new Set(stacks.map(({ how }) => how))].flatMap((how) => [
        [how, 0],
        [how, 1],
      ]),
    )
    expect(stacks).toHaveLength(18)
    const text = readFileSync(SOURCE, 'utf8').split('\n')
    for (const { how, stack } of stacks) {
      // Who resumed the body may stand between its frames: a timer of Node's.
      const own = stack.replaceAll(/^ *at .*\(node:.*$/gm, '')
      const frames = [...own.matchAll(/at (?:async )?(?:\S+\.)?(\w+) \((.*):(\d+):\d+\)$/gm)]
      expect(frames.map(([, name]) => name).slice(0, 3), stack).toEqual(['innermost', 'middle', 'outermost'])
      for (const [, , file] of frames.slice(0, 3)) expect(file).toMatch(/frames-typed\.ts$/)
      const line = text[Number(frames[0]?.[3]) - 1]
      expect(line).toMatch(/call |receive that|iteration/.test(how) ? `'${how}'` : 'throw new Error(how)')
    }
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

const fails = (): never => {
  throw new Error('the listener fails')
}

it.each([
  ['throws', fails],
  ['rejects', async () => fails()],
])('crash reports go on after a listener that %s', async (_, fail) => {
  let times = 0
  const onCrash = (): void => {
    times++
    return fail() as never
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
