// Handlers: who is told what happens on this thread. Owns which names a handler hears, and that one that throws hurts nobody: it hears
// no more, and a crash report says so.

import { badArgument } from '../errors.ts'
import { crashReport } from '../kernel/crash.ts'
import { isolate } from '../kernel/kernels.ts'
import { describe } from '../kernel/reasons.ts'
import { listRuntimeSources } from './runtime-sources.ts'
import { allSources, begins, onNewSource, type Source } from './sources.ts'

/**
 * Is told what happens: `name` is that of a point, `data` what was given with it; of a span the name ends with `:start`, `:stop` or
 * `:exception`, and `data` is the `Span`. It is called in the middle of what happens: it must not wait, send or ask.
 */
export type Handler = (name: string, data: unknown) => void

/** A handler that has been attached. */
export interface Attached {
  /** It hears no more. */
  detach(): void
  /** Whether it hears; no longer once it has thrown. */
  readonly isAttached: boolean
  /** The same as `detach`. */
  [Symbol.dispose](): void
}

class Attachment implements Attached {
  isAttached = true
  private readonly prefix: string
  private readonly handler: Handler
  private readonly sources = new Set<Source>()
  private readonly unwatch: () => void
  private readonly listener = (name: string, data: unknown): void => this.hear(name, data)

  constructor(prefix: string, handler: Handler) {
    this.prefix = prefix
    this.handler = handler
    for (const source of allSources()) this.look(source)
    this.unwatch = onNewSource((source) => this.look(source))
  }

  private look(source: Source): void {
    if (!source.mayTell(this.prefix)) return
    this.sources.add(source)
    source.add(this.listener)
  }

  private hear(name: string, data: unknown): void {
    if (!this.isAttached || !begins(name, this.prefix)) return
    try {
      const result = this.handler(name, data) as unknown
      // An async one fails later, all the same.
      if (result instanceof Promise) result.catch((error: unknown) => this.failed(name, error))
    } catch (error) {
      this.failed(name, error)
    }
  }

  private failed(name: string, error: unknown): void {
    if (!this.isAttached) return
    this.detach()
    const what = `a telemetry handler failed at ${name} and was detached`
    const kernel = isolate.kernels.find((one) => one !== undefined && !one.detached)
    if (kernel !== undefined) crashReport(kernel, 0, what, error)
    else process.stderr.write(`rumpus: ${what}\n${describe(error).stack ?? describe(error).message}\n`)
  }

  detach(): void {
    if (!this.isAttached) return
    this.isAttached = false
    this.unwatch()
    for (const source of this.sources) source.delete(this.listener)
  }

  [Symbol.dispose](): void {
    this.detach()
  }
}

/**
 * Has `handler` told of everything on this thread whose name is `prefix` or goes on behind it with a colon: `'orders'` hears
 * `orders:paid` and `orders:ship:stop`, not `orderships`; `''` hears all. Points and spans are those of `point` and `span`, and what the
 * runtime tells: `rumpus:call` and `rumpus:server` (spans of questions and callbacks), `rumpus:process` and `rumpus:restart` (spans of
 * lives and restarts), and its channels, `rumpus:spawn`, `rumpus:exit`, `rumpus:supervisor`, `rumpus:crash` and so on.
 *
 * Threads have handlers of their own: attach in a module that every thread loads, by `--import` or beside your definitions. What
 * nobody listens to costs a look. One that throws, or whose promise rejects, is detached and told in a crash report.
 *
 * @param prefix - the begin of the names
 * @param handler - is told, in the middle of what happens
 * @throws TypeError `ERR_RUMPUS_BAD_ARGUMENT`
 * @example
 * ```ts
 * import { run } from 'rumpus'
 * import { startServer } from 'rumpus/otp'
 * import { attach } from 'rumpus/telemetry'
 * import assert from 'node:assert/strict'
 *
 * const heard = []
 * const attached = attach('rumpus:server', (name, span) => heard.push([name, span.data.callback]))
 * await run(async (self) => {
 *   const double = await startServer(self, { handleCall: (n) => n * 2 })
 *   assert.equal(await self.call(double, 21), 42)
 * })
 * attached.detach()
 * assert.deepEqual(heard, [['rumpus:server:start', 'handleCall'], ['rumpus:server:stop', 'handleCall']])
 * ```
 */
export const attach = (prefix: string, handler: Handler): Attached => {
  if (typeof prefix !== 'string') throw badArgument(TypeError, 'prefix', 'a string', prefix)
  if (typeof handler !== 'function') throw badArgument(TypeError, 'handler', 'a function', handler)
  listRuntimeSources()
  return new Attachment(prefix, handler)
}
