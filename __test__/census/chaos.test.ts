// Goal: whoever is killed, nothing is lost and nothing doubled. Method: real runtimes whose processes and threads are ended
// while they count, over seeds and numbers of schedulers, against the plain sequential count.

import { run, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { census as count } from '../../examples/census/census.js'
import { chaos, STRIKES_MAX } from '../../examples/census/chaos.js'
import { Progress } from '../../examples/census/progress.js'
import { countSequentially } from '../../examples/census/sequential.js'
import { painter } from '../../examples/census/terminal.js'
import { walk } from '../../examples/census/walk.js'
import { bomb } from '../../examples/census/worker.js'
import { census, MAIN, startChild } from './child.ts'
import { folder, generatedSources } from './fixture.ts'

const TOP = 20

function silence(): Progress {
  return new Progress({ write: () => {}, live: false, columns: () => 80, paint: painter(false), now: () => 0 })
}

/** Some twenty batches, with duplicates, a long one and broken ones. */
function fixture(): string {
  return folder({
    ...generatedSources(11, 500),
    'long.ts': 'export const value: number = 1\n'.repeat(20_000),
    'broken/string.js': "let a\nlet b = 'x",
    'broken/bytes.mjs': Buffer.from([0x61, 0xc3, 0x28]),
  })
}

describe('the census in chaos', { timeout: 120_000 }, () => {
  it.each([1, 2, 4])('equals the plain count on %i schedulers, seed by seed', async (schedulers) => {
    const root = fixture()
    const walked = await walk(root)
    const paths = walked.files.map(({ path }) => path)
    const wanted = await countSequentially(root, paths, TOP)
    expect(wanted.files).toEqual({ found: 503, counted: 501, reported: 2 })
    const kills = { processes: 0, threads: 0, again: 0 }
    for (const seed of [1, 2, 3, 4]) {
      const how = { top: TOP, schedulers, chaos: seed }
      const { summary, struck } = await count(root, walked, how, silence(), new AbortController().signal)
      expect(summary, `seed ${seed}`).toEqual(wanted)
      expect(struck.processes, `seed ${seed}`).toBeGreaterThan(0)
      expect(struck.threads, `seed ${seed}`).toBeGreaterThan(0)
      expect(struck.processes + struck.threads).toBeLessThanOrEqual(STRIKES_MAX)
      kills.processes += struck.processes
      kills.threads += struck.threads
      kills.again += struck.again
    }
    expect(kills.again).toBeGreaterThan(4)
  })

  it('hits the smallest census too, and says so', async () => {
    const { code, stdout, stderr } = await census(folder({ 'a.js': 'a' }), '--chaos', '9', '--schedulers', '1')
    expect(code).toBe(0)
    expect(stdout).toContain('1 counted, 0 reported')
    expect(stdout).toMatch(
      /\nChaos\n {2}killed [1-9]\d* process(es)? and [1-9]\d* scheduler threads?; [1-9]\d* batch(es)? /,
    )
    expect(stdout).toContain('the totals equal those of a plain loop; --chaos 9 draws the same lots\n')
    expect(stderr).not.toContain('rumpus:')
  })

  it('would tell, with exit code 3, if the totals differed', async () => {
    // The host reads other contents than the schedulers do.
    const hook = `import fs from 'node:fs'
      import { syncBuiltinESMExports } from 'node:module'
      import { isMainThread } from 'node:worker_threads'
      if (isMainThread) {
        const read = fs.readFileSync
        fs.readFileSync = (file, ...rest) => (typeof file === 'number' ? Buffer.from('a b') : read(file, ...rest))
        syncBuiltinESMExports()
      }`
    const { code, stdout, stderr } = await startChild(process.execPath, [
      '--import',
      `data:text/javascript,${encodeURIComponent(hook)}`,
      MAIN,
      folder({ 'a.js': 'a' }),
      '--chaos',
      '1',
    ]).ended
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toContain('census: Census inconsistent: a plain loop came to other totals\n')
  })

  it('is told to programs with its seed, a drawn one too', async () => {
    const { code, stdout } = await census(folder(generatedSources(2, 30)), '--json', '--schedulers', '2', '--chaos')
    expect(code).toBe(0)
    const { chaos: told, wall, files } = JSON.parse(stdout)
    expect(told).toEqual({
      seed: expect.any(Number),
      processes: expect.any(Number),
      threads: expect.any(Number),
      again: expect.any(Number),
    })
    expect(wall).toMatchObject({ plainLoopMs: expect.any(Number), speedup: expect.any(Number) })
    expect(files.counted).toBe(30)
  })
})

describe('chaos', () => {
  it('kills no more than it may, and answers when all are gone', async () => {
    const struck = await run(
      async (self) => {
        const hunter = self.spawn(chaos(1, 1, bomb), { link: true })
        const pids = Array.from({ length: 900 }, () => self.spawn(async (me) => void (await me.receive())))
        for (const pid of pids) send(hunter, { type: 'counts', pid })
        while (((await self.runtime.inspect(hunter))?.mailbox ?? 0) > 0) await self.yield()
        for (const pid of pids) send(pid, 'end')
        return self.call(hunter, 'finish' as const, { timeout: 60_000 })
      },
      { schedulers: 1, onCrash: () => {} },
    )
    expect(struck.processes).toBeGreaterThan(10)
    expect(struck.threads).toBeGreaterThan(0)
    expect(struck.processes + struck.threads).toBeLessThanOrEqual(STRIKES_MAX)
  })
})
