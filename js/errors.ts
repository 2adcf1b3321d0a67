// Errors that callers meet, each with a stable code. Ends of processes are not errors but exit reasons (`types.ts`);
// argument mistakes throw the closest built-in class with one of these codes.

import { formatPid } from './pid.ts'
import type { ExitReason, Pid } from './types.ts'

/**
 * An error of the runtime, told apart by its `code` (`ERR_RUMPUS_…`).
 *
 * Use `code` to decide what to do; the text is for people and may change. Argument mistakes are `TypeError` or `RangeError`
 * with such a code instead.
 *
 * @example
 * ```ts
 * import { RumpusError, run } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * const runtime = await run(async (self) => self.runtime)
 * await assert.rejects(runtime.run(async () => {}), (error) => error instanceof RumpusError && error.code === 'ERR_RUMPUS_STOPPED')
 * ```
 */
export class RumpusError extends Error {
  /** What went wrong, for programs. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RumpusError'
    this.code = code
  }
}

/**
 * Thrown into a body that must end: its pending wait rejects with it, and everything it asks of `self` from then on throws it.
 *
 * Let it pass. Catch it only to clean up, and prefer `finally`: whatever the body does with it, the process ends with
 * `reason`.
 *
 * @example
 * ```ts
 * import { exit, ProcessExit, run, send } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => {
 *   let seen
 *   const pid = self.spawn(async (me) => {
 *     try {
 *       send(self.pid, 'ready')
 *       await me.receive()
 *     } catch (error) {
 *       seen = error
 *     }
 *   })
 *   await self.receive() // a body that has not begun would never begin
 *   self.monitor(pid)
 *   exit(pid, 'shutdown')
 *   await self.receive()
 *   assert(seen instanceof ProcessExit)
 * })
 * ```
 */
export class ProcessExit extends Error {
  /** `ERR_RUMPUS_EXIT`. */
  readonly code = 'ERR_RUMPUS_EXIT'
  /** Why the process ends. */
  readonly reason: unknown

  constructor(reason: unknown) {
    super('the process has been told to end')
    this.name = 'ProcessExit'
    this.reason = reason
  }
}

/**
 * A wait took longer than its `timeout`. Nothing was taken: what comes later stays for the next receive.
 *
 * @example
 * ```ts
 * import { run, TimeoutError } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * await run((self) => assert.rejects(self.receive({ timeout: 10 }), (error) => error instanceof TimeoutError))
 * ```
 */
export class TimeoutError extends RumpusError {
  constructor(ms: number, message: string = `nothing that was wanted came within ${ms} ms`) {
    super('ERR_RUMPUS_TIMEOUT', message)
    this.name = 'TimeoutError'
  }
}

/**
 * A wait was given up because its `signal` was aborted; `cause` is the reason of the signal. Shaped as Node's own.
 *
 * @example
 * ```ts
 * import { AbortError, run } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * await run((self) => assert.rejects(self.receive({ signal: AbortSignal.abort() }), (error) => error instanceof AbortError))
 * ```
 */
export class AbortError extends Error {
  /** `ABORT_ERR`. */
  readonly code = 'ABORT_ERR'

  constructor(reason: unknown, message = 'the wait was aborted') {
    super(message, { cause: reason })
    this.name = 'AbortError'
  }
}

/**
 * Thrown by `send` and `spawn` for a value that cannot cross to another scheduler: a function, a symbol, a class instance.
 *
 * Nothing was sent. `path` names the part that cannot cross, so look there first.
 *
 * @example
 * ```ts
 * import { define, run, send, UncrossableError } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * const worker = define(import.meta.url, 'worker', async (self) => void (await self.receive()))
 * await run(async (self) => {
 *   const pid = self.spawn(worker)
 *   assert.throws(() => send(pid, { reply: { fn: () => 1 } }), (error) => error instanceof UncrossableError && error.path === 'message.reply.fn')
 * })
 * ```
 */
export class UncrossableError extends TypeError {
  /** `ERR_RUMPUS_UNCROSSABLE`. */
  readonly code = 'ERR_RUMPUS_UNCROSSABLE'
  /** Where in the value, as an expression: `message.reply.fn`. */
  readonly path: string

  constructor(path: string, what: string, options?: ErrorOptions) {
    super(`${path} cannot cross to another scheduler: ${what}`, options)
    this.name = 'UncrossableError'
    this.path = path
  }
}

/** Makes the error of one who asks something of a runtime that is over. */
export const stopped = (): RumpusError => new RumpusError('ERR_RUMPUS_STOPPED', 'the runtime has stopped')

/** Makes an argument mistake: `class` with a code, saying which argument, what was wanted and what came. */
export const badArgument = (
  kind: typeof TypeError | typeof RangeError,
  argument: string,
  wanted: string,
  came: unknown,
): Error => {
  const error = new kind(`${argument} must be ${wanted}, got ${show(came)}`)
  return Object.assign(error, { code: kind === RangeError ? 'ERR_RUMPUS_OUT_OF_RANGE' : 'ERR_RUMPUS_BAD_ARGUMENT' })
}

const show = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`
  if (Array.isArray(value)) return 'an array'
  if (isDefinition(value)) return `the definition ${JSON.stringify(value.name)}`
  if (typeof value === 'object' && value !== null) return `an instance of ${value.constructor?.name ?? 'no class'}`
  return String(value)
}

/** Whether it looks like what `define` answers. */
const isDefinition = (value: unknown): value is { readonly name: string } => {
  const { url, name, body } = (value ?? {}) as { url?: unknown; name?: unknown; body?: unknown }
  return typeof url === 'string' && typeof name === 'string' && typeof body === 'function'
}

/** An exit reason in words: its kind, and what the error said. */
export const wordsFor = (reason: ExitReason): string =>
  reason.kind === 'error' ? `error: ${reason.error.message}` : reason.kind

/** What there is no such process of, in words: a name is told, a pid says nothing to people. */
export const nobodyIs = (to: number | string | undefined): string =>
  typeof to === 'string' ? `there is no process named ${JSON.stringify(to)}` : 'there is no such process'

/** The error of a process that is to wait for a second thing; `site` is the stack with which it began the first, if that was noted. */
export const waitsAlready = (pid: number, site: string | undefined): RumpusError => {
  const first =
    site === undefined
      ? '; where it began to is noted from now on in this thread, so the next such error will say'
      : `; it began to here:\n${site.split('\n').slice(1).join('\n')}\nand this is the second:`
  const what = `process ${formatPid(pid as Pid)} waits already: it can wait for one thing at a time${first}`
  return new RumpusError('ERR_RUMPUS_WAITING', what)
}
