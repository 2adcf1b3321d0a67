// Generated from js/ by `npm run dts`. Do not edit.
/// <reference lib="esnext.disposable" />

import { Logger as Logger$1, LoggerOptions as LoggerOptions$1, pino } from "pino";

// js/logger/logger.d.ts
/**
* How a logger is made: what `pino` takes, and where to. Not `name`, for that is the process's, nor `transport`, which is a thread that
* all would wait for. Give each thread the same, by a module that all import.
*/
interface LoggerOptions<Levels extends string = never> extends Omit<LoggerOptions$1<Levels>, "name" | "transport" | "browser"> {
  /** The path of a file, which is appended to, or the number of a descriptor; 1, which is stdout, unless given. */
  readonly to?: string | number;
  /**
  * Room for lines that are not written yet, in bytes: 1048576 unless given, 4096 at least. A line that finds none is dropped and
  * counted; when there is room again a line says how many were.
  */
  readonly room?: number;
  /** Whether crashes, stalls and high water are lines of this log, instead of going to stderr. They are, unless this is false. */
  readonly reports?: boolean;
  /** The function `pino`, for a program that is a bundle or has several. It is looked for beside rumpus unless given. */
  readonly pino?: typeof pino;
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
declare class Logger<Levels extends string = never> {
  /** For code outside processes: its lines have the `scheduler` of this thread, 0 on the host. */
  readonly here: Logger$1<Levels>;
  private readonly destination;
  private readonly journal;
  private readonly known;
  /** Not for users: `openLogger` checks what it is given. */
  constructor(options: LoggerOptions<Levels>, make: typeof pino);
  /** Lines that this thread has dropped: there was no room for them, or they could not be written. */
  get dropped(): number;
  /**
  * The logger of a process: its lines have `pid`, `name`, if it has one by then, and `scheduler`. It is pino's, so it has levels and
  * children of its own; asked again it is the same.
  *
  * @param self - the process, as its body or its server has it
  * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT` if that is none of this thread
  */
  of(self: {
    readonly pid: unknown;
  }): Logger$1<Levels>;
  /** Resolves when the lines that this thread has logged by now are written. */
  flush(): Promise<void>;
  /** Has every thread that logs to the same path open it anew, with its next lines: for who has renamed the file, to begin another. */
  reopen(): void;
  /**
  * Resolves when all is written; what is logged then is dropped. For tests and programs that change their log: the end of a thread
  * or of the runtime writes all by itself.
  */
  close(): Promise<void>;
  private tellDropped;
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
declare const openLogger: <Levels extends string = never>(options?: LoggerOptions<Levels>) => Logger<Levels>;
export { Logger, type LoggerOptions, openLogger };