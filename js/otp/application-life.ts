// The process that looks after one application: starts its top process, hears of its end, has it drain and stop. Owns the order of
// its callbacks; when which application's turn comes is the business of the loop (`application-loop.ts`), which kills this process
// when there is no more time. It and the loop share the thread, and a `Part`.

import { crashReport } from '../kernel/crash.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Process } from '../kernel/process.ts'
import { describe } from '../kernel/reasons.ts'
import { exit } from '../process/exit.ts'
import { send } from '../process/send.ts'
import type { Self } from '../process/shapes.ts'
import type { ExitReason, Pid } from '../types.ts'
import type { Application, ApplicationContext, Applications, ApplicationView, Top } from './application-spec.ts'
import { isDown, isEnd, isExit } from './signals.ts'
import { start } from './start-server.ts'
import { type Given, isStarting, markStarting } from './starting.ts'
import { supervisor } from './supervisor.ts'

/** What the loop and the process of an application tell each other, and the loop itself. */
export interface Note {
  readonly type: 'application'
  /**
   * `'started'`, `'failed'`, `'ready'`, `'unready'`: an application, to the loop; `'stop'`: the loop, to an application, or others to the loop; `'late'`:
   * the start of one takes too long; `'force'`: no more time, for all.
   */
  readonly note: 'started' | 'failed' | 'ready' | 'unready' | 'stop' | 'late' | 'force'
  /** Which application. */
  readonly at: number
  /** Who asks, or with which code. */
  readonly asked?: string
  readonly code?: number
}

/** Makes one. */
export const noteOf = (note: Note['note'], at = -1, more: Pick<Note, 'asked' | 'code'> = {}): Note => ({
  type: 'application',
  note,
  at,
  ...more,
})

/** Whether a message is one. */
export const isNote = (message: unknown): message is Note =>
  typeof message === 'object' && message !== null && (message as Note).type === 'application'

/** One application, as the loop and its process know it. */
export class Part {
  readonly spec: Application
  readonly at: number
  readonly config: unknown
  /** Those that it needs, and those that need it. */
  readonly needs: Part[] = []
  readonly neededBy: Part[] = []
  state: ApplicationView['state'] = 'waiting'
  /** It says so, or need not. */
  told: boolean
  /** It was ready once. */
  wasReady = false
  /** It was asked to stop; there was no more time for that; it was not ready in its time. */
  asked = false
  killed = false
  failed = false
  /** Its process, and the top of its tree; 0 while there is none. */
  pid = 0
  top = 0
  /** Why it could not start, as it was thrown. */
  thrown: unknown
  private readonly aborts = new AbortController()

  constructor(spec: Application, at: number, config: unknown) {
    this.spec = spec
    this.at = at
    this.config = config
    this.told = spec.readiness !== 'told'
  }

  get isReady(): boolean {
    return this.state === 'running' && this.told
  }

  /** It has a process. */
  get lives(): boolean {
    return this.pid !== 0
  }

  get signal(): AbortSignal {
    return this.aborts.signal
  }

  /** It cannot start, and why. */
  fail(why: unknown): void {
    this.thrown = why
    this.failed = true
  }

  abort(why: unknown): void {
    this.aborts.abort(why)
  }
}

const NORMAL: ExitReason = { kind: 'normal' }
const SHUTDOWN: ExitReason = { kind: 'shutdown' }

/** The body of that process. */
export const lookAfter = async (
  self: Self<unknown>,
  part: Part,
  applications: Applications,
  loop: Pid<Note>,
): Promise<void> => {
  self.trapExit()
  const { spec, at, config, signal } = part
  const ready = (isReady = true): void => send(loop, noteOf(isReady ? 'ready' : 'unready', at))
  const context: ApplicationContext<never> = { config: config as never, signal, applications, ready }
  let reason: ExitReason
  try {
    const top = await spec.start(self as never, context)
    try {
      if (part.asked) reason = SHUTDOWN
      else {
        await startTop(self, part, top).catch((error: unknown) => {
          // Its `stop` comes first, and may take its time: who is to stop for this is told now.
          if (!isEnd(error) && !part.asked) part.fail(error)
          send(loop, noteOf('failed', at))
          throw error
        })
        send(loop, noteOf('started', at))
        reason = await untilEnd(self, part, context, loop)
      }
    } finally {
      await guarded(self, part, 'stop', context)
    }
  } catch (error) {
    if (isEnd(error)) throw error
    // What a start that is not wanted any more comes to is no failure.
    if (!part.asked) part.thrown = error
    reason = part.asked ? SHUTDOWN : { kind: 'error', error: describe(error) }
  }
  if (reason.kind !== 'normal') self.exit(reason)
}

/** Starts the top process, and notes its pid before anything in it has begun. */
const startTop = async (self: Self<unknown>, part: Part, top: Top): Promise<void> => {
  const body = typeof top === 'function' ? top : supervisor(top)
  if (!isStarting(body)) {
    part.top = self.spawnLink(body as never)
    return
  }
  const noted = markStarting((me: never, given: Given, args: readonly unknown[]) => {
    part.top = (me as Self<never>).pid
    return body(me, given, args)
  })
  await start(self, noted, { timeout: Number.POSITIVE_INFINITY })
}

/** Waits until the top has ended, by itself or because it was asked to; answers why it has. */
const untilEnd = async (
  self: Self<unknown>,
  part: Part,
  context: ApplicationContext<never>,
  loop: Pid<Note>,
): Promise<ExitReason> => {
  for (;;) {
    const message = await self.receive()
    if (isExit(message)) {
      if (message.pid === part.top) return message.reason
      // The runtime stops, or the loop is gone: there is nobody who would know the order.
      if (message.pid === 0 || message.pid === loop) break
    } else if (isNote(message) && message.note === 'stop') {
      await guarded(self, part, 'drain', context)
      break
    }
  }
  const top = part.top as Pid
  const ref = self.monitor(top)
  exit(top, 'shutdown')
  let heard: ExitReason | undefined
  for (;;) {
    const message = await self.receive()
    // Its link says why it ended even if it had before it was monitored.
    if (isExit(message) && message.pid === top) heard = message.reason
    else if (isDown(message) && message.ref === ref)
      return heard ?? (message.reason.kind === 'noproc' ? NORMAL : message.reason)
  }
}

/** Calls a callback that can change nothing any more: what it throws is told. */
const guarded = async (
  self: Self<unknown>,
  { spec }: Part,
  callback: 'drain' | 'stop',
  context: ApplicationContext<never>,
): Promise<void> => {
  try {
    await spec[callback]?.(self as never, context)
  } catch (error) {
    if (isEnd(error)) throw error
    const kernel = (self as unknown as Process).home as Kernel
    crashReport(kernel, self.pid, `${callback} of application ${JSON.stringify(spec.name)} failed`, error)
  }
}
