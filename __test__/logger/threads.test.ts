// The logger on all cores: lines of several threads to one file, one pipe or one socket never mix, however long they are; and a thread may
// end as it likes, the lines that it logged are there, once.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { exit } from 'rumpus'
import { expect, it } from 'vitest'
import { ends, hangs, shows, talks, textOf, theLog } from '../fixtures/log-bodies.mjs'
import { type AnySelf, inside, program, until } from '../process/world.ts'
import { type Line, linesIn, linesOf, logFile } from './log-files.ts'

/** Each process has logged its numbers once and in order; each text is whole. */
function complete(lines: readonly Line[], msg: string): number[] {
  const byPid = new Map<unknown, Line[]>()
  for (const line of lines.filter((line) => line.msg === msg))
    byPid.set(line.pid, [...(byPid.get(line.pid) ?? []), line])
  return [...byPid.values()].map((own) => {
    expect(own.map(({ n }) => n)).toEqual(own.map((_, n) => n))
    for (const { text, length } of own) if (length !== undefined) expect(text).toBe(textOf(length as number))
    return own.length
  })
}

it('lines of three threads and the host in one file never mix', async () => {
  const path = logFile()
  await inside(async (self: AnySelf) => {
    const there = [1, 2, 'dedicated', 1] as const
    for (const on of there) self.spawn(talks.with({ on }), self.pid, 500, 20_000)
    for (let n = 0; n < 500; n++) theLog().of(self).info({ n }, 'talks')
    for (const _ of there) await self.receive()
  })
  const lines = linesIn(path)
  // There is room for all, on a machine that has no core for whoever writes.
  expect(lines.filter(({ dropped }) => dropped !== undefined)).toEqual([])
  expect(complete(lines, 'talks')).toEqual([500, 500, 500, 500, 500])
  expect(new Set(lines.map(({ scheduler }) => scheduler))).toEqual(new Set([0, 1, 2, 3]))
})

it.each([
  ['a socket', ''],
  ['a pipe', '| cat'],
  [
    'a pipe whose reader is slow',
    '| node -e "const f=require(\'fs\');const b=Buffer.alloc(3000);for(let n;(n=f.readSync(0,b));)f.writeSync(1,b,0,n)"',
  ],
])('lines of several threads to %s never mix, longer than it takes at once', async (_, filter) => {
  const path = fileURLToPath(new URL('../fixtures/programs/logs.mjs', import.meta.url))
  const node = `"${process.execPath}" "${path}" all 400 40000`
  const env = { ...process.env, RUMPUS_TEST_LOG: '1' }
  const child =
    filter === ''
      ? spawn(process.execPath, [path, 'all', '400', '40000'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
      : spawn('sh', ['-c', `${node} ${filter}`], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk))
  await new Promise((resolve) => child.on('close', resolve))
  const lines = linesOf(stdout)
  expect(complete(lines, 'talks')).toEqual([400, 400, 400, 400])
  expect(lines.filter(({ msg }) => msg === 'over')).toHaveLength(1)
  expect(lines.filter(({ text }) => String(text).length > 40_000)).toHaveLength(32)
})

it('a thread that is ended while another logs to the same pipe takes nothing along', async () => {
  process.env['RUMPUS_TEST_LOG'] = '1'
  const { code, stdout } = await program('logs.mjs', ['hang', '400', '9000'])
  const lines = linesOf(stdout)
  expect(code).toBe(0)
  expect(complete(lines, 'talks')).toEqual([400, 400])
  // Of a pipe nobody can tell whether it has what was under way: that one piece is not written again.
  const hung = lines.filter(({ msg }) => msg === 'hangs').map(({ n }) => n as number)
  const missing = Array.from({ length: 400 }, (_, n) => n).filter((n) => !hung.includes(n))
  expect(hung).toEqual([...new Set(hung)].sort((a, b) => a - b))
  expect(missing).toEqual(missing.map((_, at) => missing[0]! + at))
  expect(hung.length).toBeGreaterThan(200)
  expect(lines.filter(({ msg }) => msg === 'over')).toHaveLength(1)
})

for (const burst of [1_000_000, 7, 1]) {
  it(`lines of a thread that hangs and is ended are all there, once (${burst} a pass)`, async () => {
    const path = logFile()
    await inside(async (self: AnySelf) => {
      const [pid] = self.spawnMonitor(hangs.with({ on: 'dedicated' }), self.pid, 300, burst, 100)
      expect(await self.receive()).toBe('hangs')
      exit(pid, 'kill')
      expect(await self.receive()).toMatchObject({ reason: { kind: 'killed' } })
    })
    const lines = linesIn(path)
    expect(complete(lines, 'hangs')).toEqual([300])
  })
}

it.each(['exit', 'uncaught', 'throw', 'return'])('lines of a thread are there when it ends: %s', async (how) => {
  const path = logFile()
  await inside(async (self: AnySelf) => {
    self.spawnMonitor(ends.with({ on: how === 'return' ? 'dedicated' : 1 }), how)
    await self.receive()
  })
  expect(complete(linesIn(path), how)).toEqual([100])
})

it.each(['exit', 'uncaught'])('lines of the host are there when Node ends: %s', async (how) => {
  const path = logFile()
  const { code, stderr } = await program('logs.mjs', [how, '500'])
  expect([code, stderr.includes('as told')]).toEqual(how === 'exit' ? [3, false] : [1, true])
  expect(linesIn(path).map(({ n }) => n)).toEqual(Array.from({ length: how === 'exit' ? 501 : 500 }, (_, n) => n))
})

it.each(['exit', 'uncaught'])('and in a pipe: %s', async (how) => {
  process.env['RUMPUS_TEST_LOG'] = '1'
  const { stdout } = await program('logs.mjs', [how, '500'])
  expect(linesOf(stdout).map(({ n }) => n)).toEqual(Array.from({ length: how === 'exit' ? 501 : 500 }, (_, n) => n))
})

it('options are those of each thread: redaction, serializers, levels, children, names', async () => {
  const path = logFile()
  await inside(async (self: AnySelf) => {
    const [pid] = self.spawnMonitor(shows.with({ on: 1, name: 'shown' }))
    await self.receive()
    const who = { scheduler: 1, pid }
    // Its logger has said that all is written before it ended.
    const [first, second, third] = linesIn(path)
    expect(first).toMatchObject({
      ...{ ...who, level: 20, name: 'shown', secret: '[Redacted]', at: 'at noon', msg: 'first formatted' },
      err: { type: 'RangeError', message: 'shown' },
    })
    expect(second).toMatchObject({ ...who, level: 40, order: 7, name: 'shown', msg: 'second' })
    expect(third).toMatchObject({ ...who, level: 50, msg: 'third' })
    expect(third).not.toHaveProperty('name')
  })
})

it('a crash is a line of the thread where it happened, once, and the host is told that it is', async () => {
  const path = logFile()
  let doomed = 0
  await inside(async (self: AnySelf, crashes) => {
    theLog()
    const [pid] = self.spawnMonitor(ends.with({ on: 1, name: 'doomed' }), 'throw', 1)
    await self.receive()
    await until(() => crashes.length > 0)
    expect(crashes).toMatchObject([{ pid, scheduler: 1, logged: true, error: { name: 'TypeError' } }])
    doomed = pid
  })
  const reports = linesIn(path).filter(({ report }) => report !== undefined)
  const err = expect.objectContaining({ type: 'TypeError', message: 'as told' })
  expect(reports).toMatchObject([
    { level: 50, scheduler: 1, pid: doomed, name: 'doomed', report: 'crash', definition: 'ends', err },
  ])
})

it('the end of a thread and high water are lines, too', async () => {
  const path = logFile()
  const told: unknown[] = []
  await inside(
    async (self: AnySelf, crashes) => {
      theLog()
      self.spawnMonitor(ends.with({ on: 1 }), 'flood', 1)
      await self.receive()
      await until(() => told.length > 0)
      self.spawnMonitor(ends.with({ on: 1 }), 'exit', 1)
      await self.receive()
      await until(() => crashes.length > 0)
      expect(crashes[0]).not.toHaveProperty('logged')
    },
    { highWater: 100, onHighWater: (report) => void told.push(report) },
  )
  expect(told[0]).toMatchObject({ scheduler: 1, waiting: 129, logged: true })
  // In the order in which threads come to writing.
  const reports = linesIn(path).filter(({ report }) => report !== undefined)
  expect(reports.sort((a, b) => Number(a.level) - Number(b.level))).toMatchObject([
    { level: 40, scheduler: 1, report: 'high-water', waiting: 129 },
    { level: 50, scheduler: 1, report: 'crash', msg: 'a scheduler thread went down' },
  ])
})
