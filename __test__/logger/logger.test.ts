// The logger on one thread: what stands in a line, what pino decides, what is refused, what becomes of lines that find no room.

import { readFileSync, renameSync } from 'node:fs'
import pino from 'pino'
import { run } from 'rumpus'
import { type LoggerOptions, openLogger } from 'rumpus/logger'
import { Server, startServer } from 'rumpus/otp'
import { expect, it, onTestFinished } from 'vitest'
import { type AnySelf, inside, thrownBy } from '../process/world.ts'
import { linesIn, logFile } from './log-files.ts'

/** A log to a file of its own, and what is in that once all is written. */
function opened(options: LoggerOptions = {}) {
  const path = logFile()
  const log = openLogger({ to: path, ...options })
  onTestFinished(() => log.close())
  return {
    path,
    log,
    lines: async () => {
      await log.flush()
      return linesIn(path)
    },
  }
}

it('a line says the process, its name and its scheduler; outside processes the scheduler', async () => {
  const { log, lines } = opened()
  await inside(async (self: AnySelf) => {
    log.here.info('outside')
    const [pid] = self.spawnMonitor(async (me) => log.of(me).info({ order: 7 }, 'inside'), { name: 'clerk' })
    await self.receive()
    const [outside, within] = await lines()
    expect(outside).toEqual({ level: 30, time: expect.any(Number), scheduler: 0, msg: 'outside' })
    expect(within).toEqual({
      ...{ level: 30, time: expect.any(Number), scheduler: 0, pid, name: 'clerk', order: 7, msg: 'inside' },
    })
  })
})

it('the name is the one that the process has when it logs, for children too', async () => {
  const { log, lines } = opened()
  await inside(async (self: AnySelf) => {
    const mine = log.of(self)
    const child = mine.child({ part: 1 }).child({ step: 2 })
    expect(log.of(self)).toBe(mine)
    child.info('nameless')
    self.register('root')
    child.info('named')
    mine.info('named, too')
    self.unregister('root')
    self.register('other "name"')
    child.info('renamed')
  })
  expect((await lines()).map(({ name, part, step, msg }) => [name, part, step, msg])).toEqual([
    [undefined, 1, 2, 'nameless'],
    ['root', 1, 2, 'named'],
    ['root', undefined, undefined, 'named, too'],
    ['other "name"', 1, 2, 'renamed'],
  ])
})

it('a server logs by its self', async () => {
  const { log, lines } = opened()
  await inside(async (self: AnySelf) => {
    class Clerk extends Server {
      override handleCall(request: unknown) {
        log.of(this.self).info({ request }, 'asked')
        return this.self.pid
      }
    }
    const clerk = await startServer(self, Clerk, { name: 'clerk' })
    const pid = await self.call(clerk, 'a question')
    expect((await lines()).at(-1)).toMatchObject({ pid, name: 'clerk', request: 'a question' })
  })
})

it('levels, redaction, serializers, base, formatters and the time are those of pino', async () => {
  const { log, lines } = opened({
    level: 'debug',
    base: { app: 'shop' },
    redact: { paths: ['card.number'], censor: '…' },
    serializers: { user: ({ id }) => id },
    formatters: { level: (label) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    customLevels: { audit: 35 },
  } as LoggerOptions)
  log.here.debug({ card: { number: 4242 }, user: { id: 7, password: 'x' } }, 'paid %d', 5)
  log.here.trace('too low')
  ;(log.here as unknown as { audit: (text: string) => void }).audit('looked at')
  log.here.level = 'error'
  log.here.warn('too low now')
  log.here.error(new RangeError('as told'))
  const [paid, audit, failed, ...more] = await lines()
  expect(more).toEqual([])
  expect(paid).toEqual({
    ...{ level: 'debug', time: expect.stringMatching(/^20\d\d-.*Z$/), app: 'shop', scheduler: 0 },
    ...{ card: { number: '…' }, user: 7, msg: 'paid 5' },
  })
  expect(audit).toMatchObject({ level: 'audit', msg: 'looked at' })
  expect(failed).toMatchObject({ level: 'error', err: { type: 'RangeError', message: 'as told' }, msg: 'as told' })
})

it('lines without a time say who, too', async () => {
  const { log, lines } = opened({ timestamp: false })
  log.here.info('timeless')
  expect(await lines()).toEqual([{ level: 30, scheduler: 0, msg: 'timeless' }])
})

it('what finds no room is dropped and counted, and a line says how many', async () => {
  const { log, lines } = opened({ room: 4096 })
  for (let n = 0; n < 1000; n++) log.here.info({ n })
  const { dropped } = log
  expect(dropped).toBeGreaterThan(900)
  await log.flush()
  const all = await lines()
  const last = all.at(-1)
  expect(last).toMatchObject({ level: 40, dropped, msg: expect.stringMatching(/^lines were dropped/) })
  expect(all.slice(0, -1).map(({ n }) => n)).toEqual(Array.from({ length: 1000 - dropped }, (_, n) => n))
  expect(log.dropped).toBe(dropped)
})

it('a line that has no room at all is dropped, and the next is written', async () => {
  const { log, lines } = opened({ room: 4096 })
  log.here.info('x'.repeat(5000))
  log.here.info('short')
  await log.flush()
  expect((await lines()).map(({ msg, dropped }) => dropped ?? msg)).toEqual(['short', 1])
})

it('what is fatal is in the file when the call returns', () => {
  const { path, log } = opened()
  log.here.info('before')
  log.here.fatal('the end')
  expect(linesIn(path).map(({ msg }) => msg)).toEqual(['before', 'the end'])
})

it('a file that was moved is opened anew when told', async () => {
  const { path, log, lines } = opened()
  log.here.info('first')
  await log.flush()
  renameSync(path, `${path}.1`)
  log.here.info('still there')
  await log.flush()
  log.reopen()
  log.here.info('second')
  expect((await lines()).map(({ msg }) => msg)).toEqual(['second'])
  expect(linesIn(`${path}.1`).map(({ msg }) => msg)).toEqual(['first', 'still there'])
})

it('a log that is closed has written all, and takes no more', async () => {
  const { path, log } = opened()
  log.here.info('last')
  await log.close()
  log.here.info('too late')
  expect(log.dropped).toBe(1)
  await log.close()
  expect(readFileSync(path, 'utf8')).not.toContain('too late')
  expect(linesIn(path)).toHaveLength(1)
})

it('what was logged is written when the runtime has stopped', async () => {
  const { path, log } = opened()
  await run(async (self) => log.of(self).info('the last act'))
  expect(linesIn(path)).toMatchObject([{ msg: 'the last act' }])
})

it('a crash, an overfull inbox and a stall of the host are lines, and go to those who listen all the same', async () => {
  const { lines } = opened()
  const told: unknown[] = []
  const tell = (report: object): void => void told.push(report)
  await run(
    async (self: AnySelf) => {
      const [crashed] = self.spawnMonitor(
        async () => {
          throw new TypeError('as told')
        },
        { name: 'doomed' },
      )
      await self.receive()
      const begun = performance.now()
      while (performance.now() - begun < 150);
      while (told.length < 2) await self.sleep(1)
      const [crash, stall] = await lines()
      expect(crash).toMatchObject({
        ...{ level: 50, scheduler: 0, pid: crashed, name: 'doomed', report: 'crash', msg: 'a body failed' },
        err: { type: 'TypeError', message: 'as told', stack: expect.stringContaining('logger.test.ts') },
      })
      expect(stall).toMatchObject({ level: 40, scheduler: 0, report: 'stall', ms: expect.any(Number), ended: false })
    },
    { onCrash: tell, onStall: tell, stall: { ms: 50 } },
  )
  expect(told).toHaveLength(2)
})

it('with reports: false nothing of that is a line', async () => {
  const { log, lines } = opened({ reports: false })
  await inside(async (self: AnySelf, crashes) => {
    self.spawnMonitor(async () => {
      throw new TypeError('as told')
    })
    await self.receive()
    expect(crashes).toHaveLength(1)
    log.of(self).info('alone')
  })
  expect((await lines()).map(({ msg }) => msg)).toEqual(['alone'])
})

it('a serializer that throws in a report hurts nobody', async () => {
  const { lines } = opened({
    serializers: {
      err: () => {
        throw new Error('no serializer')
      },
    },
  })
  await inside(async (self: AnySelf, crashes) => {
    self.spawnMonitor(async () => {
      throw new TypeError('as told')
    })
    expect(await self.receive()).toMatchObject({ reason: { kind: 'error' } })
    expect(crashes).toHaveLength(1)
  })
  expect(await lines()).toEqual([])
})

it('options are checked, each by its name', () => {
  const wrong: [object, string, string][] = [
    [
      { to: '' },
      'ERR_RUMPUS_BAD_ARGUMENT',
      'options.to must be the path of a file or the number of a descriptor, got ""',
    ],
    [{ to: -1 }, 'ERR_RUMPUS_BAD_ARGUMENT', 'options.to must be'],
    [{ room: 10 }, 'ERR_RUMPUS_OUT_OF_RANGE', 'options.room must be a whole number from 4096 to'],
    [{ reports: 1 }, 'ERR_RUMPUS_BAD_ARGUMENT', 'options.reports must be true or false, got 1'],
    [{ pino: 1 }, 'ERR_RUMPUS_BAD_ARGUMENT', 'options.pino must be the function pino, got 1'],
    [{ name: 'a' }, 'ERR_RUMPUS_BAD_ARGUMENT', 'options.name must be left out'],
    [{ transport: {} }, 'ERR_RUMPUS_BAD_ARGUMENT', 'options.transport must be left out'],
    [{ customLevels: { a: 1 }, useOnlyCustomLevels: true, level: 'a' }, 'ERR_RUMPUS_BAD_ARGUMENT', 'options.reports'],
    [{ to: '/nowhere/at/all.log' }, 'ERR_RUMPUS_LOG', 'no log can be written to /nowhere/at/all.log: ENOENT'],
  ]
  for (const [options, code, message] of wrong) {
    const thrown = thrownBy(() => openLogger(options as LoggerOptions))
    expect([thrown.code, thrown.message]).toEqual([code, expect.stringContaining(message)])
  }
  expect(thrownBy(() => openLogger(7 as never)).message).toBe('options must be an object, got 7')
  const { log, path } = opened()
  expect(thrownBy(() => log.of({ pid: 1 })).message).toMatch(/^self must be the self of a process, got /)
  expect(thrownBy(() => openLogger({ to: path, level: 'none' })).message).toMatch(/none/)
})
