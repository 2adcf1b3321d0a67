// Who may be a host: a worker that is terminated, a program with two copies of the package, one in CommonJS, one with
// several runtimes; and that each ends by itself.

import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { formatPid, send, start } from 'rumpus'
import { describe, expect, it, onTestFinished } from 'vitest'
import { echo } from '../fixtures/bodies.mjs'
import { type AnyPid, type AnySelf, inside, program, started } from '../process/world.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Another installed copy of the package, and a module of definitions that uses it. */
async function secondCopy(): Promise<{ copy: string; bodies: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'rumpus-copy-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const home = join(folder, 'node_modules', 'rumpus')
  await mkdir(home, { recursive: true })
  await cp(join(ROOT, 'dist'), join(home, 'dist'), { recursive: true })
  await cp(join(ROOT, 'package.json'), join(home, 'package.json'))
  const bodies = join(folder, 'bodies.mjs')
  await writeFile(
    bodies,
    `import { define, send } from 'rumpus'
export const once = define(import.meta.url, 'once', async (self, to, name) => send(to, { name: 'copy ' + name }))
`,
  )
  return { copy: pathToFileURL(join(home, 'dist', 'index.js')).href, bodies: pathToFileURL(bodies).href }
}

describe('hosts', () => {
  it('run in a Worker that is terminated while its schedulers are busy, then in the main thread', async () => {
    expect(await program('host-in-worker.mjs')).toEqual({ code: 0, signal: null, stdout: 'after\n', stderr: '' })
  })

  it('run from CommonJS', async () => {
    const { code, stdout, stderr } = await program('commonjs.cjs')
    expect({ code, stdout, stderr: stderr.replace(/^.*ExperimentalWarning.*\n.*\n?/gm, '') }).toEqual({
      code: 0,
      stdout: 'from CommonJS 1\n',
      stderr: '',
    })
  })

  it("run with flags of Node's and of V8's that a Worker refuses", async () => {
    const flags = [
      '--max-old-space-size=512',
      '--stack-size=900',
      '--trace-file-names',
      '--trace-warnings',
      '--no-warnings',
    ]
    const { code, stdout, stderr } = await program('commonjs.cjs', [], flags)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'from CommonJS 1\n', stderr: '' })
  })

  it('run with two installed copies in one process', async () => {
    const { copy, bodies } = await secondCopy()
    const { code, stdout, stderr } = await program('two-copies.mjs', [copy, bodies])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual(['x', 'copy x', 'across', 'own', false])
  })

  it('start: two runtimes at the same time, each with its own threads, pids and books', async () => {
    const [one, two] = [await started(), await started()]
    const trip = ({ runtime }: typeof one): Promise<AnyPid> =>
      runtime.run(async (self: AnySelf) => {
        const far = self.spawn(echo.with({ on: 1 }), self.pid as AnyPid) as AnyPid
        for (let i = 0; i < 500; i++) {
          send(far, i)
          expect(await self.receive()).toBe(i)
        }
        return far
      })
    const [first, second] = await Promise.all([trip(one), trip(two)])
    expect(formatPid(first).split('.')[2]).not.toBe(formatPid(second).split('.')[2])
    await one.runtime.stop()
    await trip(two)
    expect(one.runtime.inspect().schedulers.map(({ up }) => up)).toEqual([false, false, false])
    expect(two.runtime.inspect().messages.accepted).toBeGreaterThanOrEqual(2000)
  })

  it('start: a message crosses from a process of one runtime to one of another in the same thread', async () => {
    const [one, two] = [await started(), await started()]
    const sink = two.runtime.run(async (self: AnySelf) => {
      setImmediate(() => one.runtime.spawn(async () => send(self.pid as AnyPid, 'from the other')))
      return self.receive()
    })
    expect(await sink).toBe('from the other')
  })

  it('start and stop a hundred times one after the other', async () => {
    for (let i = 0; i < 100; i++) {
      const runtime = await start({ schedulers: 1 })
      expect(await runtime.run(async () => i)).toBe(i)
      await runtime.stop()
    }
  })

  it('run inside the body of another run', async () => {
    expect(await inside(async () => inside(async (self) => inside(async () => typeof self.pid)))).toBe('number')
  })

  it('run: the program exits by itself, whatever waits', async () => {
    expect(await program('run-ends.mjs')).toEqual({ code: 0, signal: null, stdout: 'before after\n', stderr: '' })
  })
})
