// The logger of a thread: pino, with lines that say which process wrote them. Owns the checks of its options, and which logger of pino's
// is that of a process. The lines themselves are pino's, their way to the file the destination's.

import type { pino as Pino, Logger as PinoLogger, LoggerOptions as PinoOptions } from 'pino'
import { builtin } from '../builtin.ts'
import { badArgument, RumpusError } from '../errors.ts'
import type { Journal } from '../kernel/journal-shapes.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { isolate } from '../kernel/kernels.ts'
import { peer } from '../kernel/peer.ts'
import type { Process } from '../kernel/process.ts'
import { Destination } from './destination.ts'
import { journalBy } from './reports.ts'
import { Living, WHO, Who } from './who.ts'

const { resolve } = builtin('node:path')

/** Room for lines that wait, unless something else is said, and the least and the most of it, in bytes. */
const ROOM = 2 ** 20
const ROOM_LEAST = 4096
const ROOM_MOST = 2 ** 30

/**
 * How a logger is made: what `pino` takes, and where to. Not `name`, for that is the process's, nor `transport`, which is a thread that
 * all would wait for. Give each thread the same, by a module that all import.
 */
export interface LoggerOptions<Levels extends string = never>
  extends Omit<PinoOptions<Levels>, 'name' | 'transport' | 'browser'> {
  /** The path of a file, which is appended to, or the number of a descriptor; 1, which is stdout, unless given. */
  readonly to?: string | number
  /**
   * Room for lines that are not written yet, in bytes: 1048576 unless given, 4096 at least. A line that finds none is dropped and
   * counted; when there is room again a line says how many were.
   */
  readonly room?: number
  /** Whether crashes, stalls and high water are lines of this log, instead of going to stderr. They are, unless this is false. */
  readonly reports?: boolean
  /** The function `pino`, for a program that is a bundle or has several. It is looked for beside rumpus unless given. */
  readonly pino?: typeof Pino
}

/**
 * The log of a thread, as {@link openLogger} makes it.
 *
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { openLogger } from 'rumpus/logger'
 * import { mkdtempSync, readFileSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import assert from 'node:assert/strict'
 *
 * const to = join(mkdtempSync(join(tmpdir(), 'log-')), 'app.log')
 * const log = openLogger({ to })
 * await run(async (self) => log.of(self).child({ order: 7 }).info('shipped'))
 * assert.match(readFileSync(to, 'utf8'), /"order":7,"msg":"shipped"/)
 * await log.close()
 * ```
 */
export class Logger<Levels extends string = never> {
  /** For code outside processes: its lines have the `scheduler` of this thread, 0 on the host. */
  readonly here: PinoLogger<Levels>
  private readonly destination: Destination
  private readonly journal: Journal | undefined
  private readonly known = new WeakMap<object, PinoLogger<Levels>>()

  /** Not for users: `openLogger` checks what it is given. */
  constructor(options: LoggerOptions<Levels>, make: typeof Pino) {
    const { to = 1, room = ROOM, reports = true, pino: _, ...given } = options
    this.destination = open(typeof to === 'string' ? resolve(to) : to, room, (count) => this.tellDropped(count))
    const scheduler = isolate.scheduler?.seat ?? 0
    try {
      const here = make<Levels>({ base: null, ...given, timestamp: stamp(given.timestamp) }, this.destination)
      this.here = by(here as PinoLogger<Levels>, new Who(scheduler, 0, undefined))
    } catch (error) {
      // What pino was given is wrong.
      void this.destination.close()
      throw error
    }
    if (!reports) return
    this.journal = journalBy((...who) => by(this.here.child({}) as unknown as PinoLogger, new Who(...who)))
    isolate.journals ??= new Set()
    isolate.journals.add(this.journal)
  }

  /** Lines that this thread has dropped: there was no room for them, or they could not be written. */
  get dropped(): number {
    return this.destination.dropped
  }

  /**
   * The logger of a process: its lines have `pid`, `name`, if it has one by then, and `scheduler`. It is pino's, so it has levels and
   * children of its own; asked again it is the same.
   *
   * @param self - the process, as its body or its server has it
   * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if that is none of this thread
   */
  of(self: { readonly pid: unknown }): PinoLogger<Levels> {
    const known = this.known.get(self)
    if (known !== undefined) return known
    const { home, pid } = self as unknown as Process
    if (typeof pid !== 'number' || (home as Kernel | undefined)?.handle === undefined) {
      throw badArgument(TypeError, 'self', 'the self of a process', self)
    }
    const logger = by(this.here.child({}) as PinoLogger<Levels>, new Living(home as Kernel, pid))
    this.known.set(self, logger)
    return logger
  }

  /** Resolves when the lines that this thread has logged by now are written. */
  flush(): Promise<void> {
    return this.destination.flushed()
  }

  /** Has every thread that logs to the same path open it anew, with its next lines: for who has renamed the file, to begin another. */
  reopen(): void {
    this.destination.reopen()
  }

  /**
   * Resolves when all is written; what is logged then is dropped. For tests and programs that change their log: the end of a thread
   * or of the runtime writes all by itself.
   */
  close(): Promise<void> {
    if (this.journal !== undefined) isolate.journals?.delete(this.journal)
    return this.destination.close()
  }

  private tellDropped(count: number): void {
    const { here } = this
    // Who has levels of their own only has no word for it, but the count.
    const warn = here.warn as PinoLogger['warn'] | undefined
    warn?.call(here, { dropped: count }, 'lines were dropped: there was no room for them, or they could not be written')
  }
}

/** Gives a logger of pino's who it is; its children have it from it. */
const by = <L extends object>(logger: L, who: Who): L => Object.assign(logger, { [WHO]: who })

/** What pino puts first into a line: the time, and who. It is called as a method of the logger; once, to see what it is, as none. */
const stamp = (given: PinoOptions['timestamp']): (() => string) => {
  const time = typeof given === 'function' ? given : given === false ? () => '' : () => `,"time":${Date.now()}`
  return function (this: { readonly [WHO]?: Who } | undefined): string {
    return time() + (this?.[WHO]?.shown() ?? '')
  }
}

const open = (to: string | number, room: number, onDropped: (count: number) => void): Destination => {
  try {
    return new Destination(to, room, onDropped)
  } catch (error) {
    const why = (error as Error).message
    throw new RumpusError('ERR_RUMPUS_LOG', `no log can be written to ${to}: ${why}`, { cause: error })
  }
}

/**
 * Opens a log on this thread: lines of JSON by pino, which say the process, its name and its scheduler, and go to one file from all
 * threads without mixing. Call it at the top of a module that your definitions import, so that each thread opens the same.
 *
 * What is logged goes into memory and is written when the thread has time: neither a slow disk nor whoever reads a pipe holds up a
 * scheduler. Lines that a thread has logged are written though it crash or be ended; only of a pipe nobody can tell what it has of a
 * write that was under way, so that is not done again. What makes the whole Node process die at once (`SIGKILL`, an abort of V8) takes
 * those of the last moment along. Crash reports are lines, on the thread where it happened.
 *
 * Needs `pino`, version 9 or 10, which you install beside rumpus.
 *
 * @param options - what pino takes, and where to
 * @returns the log
 * @throws RumpusError `ERR_RUMPUS_NO_PEER` if pino is not installed, `ERR_RUMPUS_LOG` if the file cannot be opened; TypeError
 * `ERR_RUMPUS_BAD_ARGUMENT`, RangeError `ERR_RUMPUS_OUT_OF_RANGE`, and what pino throws
 * @example
 * ```ts
 * import { define, run } from 'rumpus'
 * import { openLogger } from 'rumpus/logger'
 * import { readFileSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import assert from 'node:assert/strict'
 *
 * const to = join(tmpdir(), `orders-${process.pid}.log`) // the same for all threads
 * const log = openLogger({ to, level: 'debug', redact: ['card'] })
 *
 * const order = define(import.meta.url, 'order', async (self, id) => {
 *   log.of(self).info({ id, card: '4242' }, 'taken')
 * })
 *
 * await run(async (self) => {
 *   self.spawnMonitor(order.with({ on: 1, name: 'first' }), 7)
 *   await self.receive()
 * })
 * const [line] = readFileSync(to, 'utf8').trim().split('\n').map((line) => JSON.parse(line))
 * assert.deepEqual([line.scheduler, line.name, line.id, line.card, line.msg], [1, 'first', 7, '[Redacted]', 'taken'])
 * ```
 */
export const openLogger = <Levels extends string = never>(options: LoggerOptions<Levels> = {}): Logger<Levels> => {
  check(options)
  const pino = options.pino ?? (peer('pino', 'rumpus/logger', import.meta.url) as typeof Pino)
  return new Logger(options, pino)
}

const check = (options: Pick<LoggerOptions, 'to' | 'room' | 'reports' | 'pino' | 'useOnlyCustomLevels'>): void => {
  if (typeof options !== 'object' || options === null) throw badArgument(TypeError, 'options', 'an object', options)
  const { to = 1, room = ROOM, reports = true, pino } = options
  if (!(typeof to === 'string' && to !== '') && !(Number.isInteger(to) && (to as number) >= 0))
    throw badArgument(TypeError, 'options.to', 'the path of a file or the number of a descriptor', to)
  if (!(Number.isInteger(room) && room >= ROOM_LEAST && room <= ROOM_MOST))
    throw badArgument(RangeError, 'options.room', `a whole number from ${ROOM_LEAST} to ${ROOM_MOST}`, room)
  if (typeof reports !== 'boolean') throw badArgument(TypeError, 'options.reports', 'true or false', reports)
  if (pino !== undefined && typeof pino !== 'function')
    throw badArgument(TypeError, 'options.pino', 'the function pino', pino)
  for (const name of ['name', 'transport'] as const) {
    const value = (options as Record<string, unknown>)[name]
    if (value !== undefined) throw badArgument(TypeError, `options.${name}`, `left out: ${REFUSED[name]}`, value)
  }
  if (reports && options.useOnlyCustomLevels === true)
    throw badArgument(TypeError, 'options.reports', "false where there are no levels 'error' and 'warn'", reports)
}

const REFUSED = {
  name: 'in each line it is that of the process',
  transport: 'each thread writes by itself',
}
