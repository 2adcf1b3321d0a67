// runApplication: a program that is made of applications. Owns the runtime, the signals and the exit code; and the last resort of a stop:
// a process that is still there after its time is ended. What libraries use is `application.ts`.

import type { Names } from '../options.ts'
import type { RuntimeOptions } from '../process/runtime-options.ts'
import type { Runtime } from '../process/shapes.ts'
import { RUNTIME_NAMES, start } from '../process/start.ts'
import {
  APPLICATION_NAMES,
  type ApplicationOptions,
  checkApplicationOptions,
  DEADLINE_MS,
  listen,
  loopOf,
  startLoop,
} from './application.ts'
import { codeOfSignal, LATE, MISCONFIGURED } from './application-outcome.ts'
import { type Application, type ApplicationOutcome, checkApplications } from './application-spec.ts'
import { ConfigError } from './config.ts'

/** How a program of applications is run. */
export interface RunApplicationOptions extends ApplicationOptions, RuntimeOptions {}

const NAMES: Names<RunApplicationOptions> = { ...APPLICATION_NAMES, ...RUNTIME_NAMES }
/** What has stopped in time has so much longer, in milliseconds, to let go of the event loop. */
const LINGER_MS = 1_000

/**
 * Runs a program that is made of applications: starts a runtime and, each when those that it needs are ready, the applications; stops
 * them, in reverse, on SIGTERM and SIGINT; sets `process.exitCode`. Resolves when none runs any more and the runtime has stopped.
 *
 * | code | |
 * | --- | --- |
 * | 0 | all have stopped in their time, and nothing crashed on the way; or all have ended normally |
 * | 1 | an application crashed or did not start; or anything crashed, or was killed by its supervisor, while they stopped |
 * | 78 | the configuration has mistakes; stderr has them, and nothing was started |
 * | 124 | the deadline was over before all had stopped: the rest was killed, and the process ended |
 * | 130, 143 | a second signal, SIGINT or SIGTERM: the process ended at once |
 *
 * It owns the Node process: one that was to stop and is still there a second after the deadline, whatever holds its event loop, is ended,
 * and stderr says what held it. Where the process is not yours to end, use {@link startApplication}.
 *
 * @param applications - one or many
 * @param options - as of {@link startApplication}, and as of `run`
 * @returns what became of them
 * @throws as {@link startApplication} for what is wrong at the call; what the applications do never rejects
 * @example
 * ```ts
 * import { application, runApplication } from 'rumpus/otp'
 * import assert from 'node:assert/strict'
 *
 * const service = application({
 *   name: 'service',
 *   start: (self, { applications }) => {
 *     void applications.whenReady().then(() => process.kill(process.pid, 'SIGTERM'))
 *     return { children: [{ id: 'idle', start: async (me) => void (await me.receive()) }] }
 *   },
 * })
 *
 * const { asked, code } = await runApplication(service, { schedulers: 1 })
 * assert.deepEqual([asked, code], ['SIGTERM', 0])
 * ```
 */
export const runApplication = (
  applications: Application | readonly Application[],
  options: RunApplicationOptions = {},
): Promise<ApplicationOutcome> => {
  const specs = checkApplications(applications)
  checkApplicationOptions(options, NAMES)
  const { config: _config, env: _env, deadline: _deadline, ...ofRuntime } = options
  return runIn(start(ofRuntime), specs, options)
}

const runIn = async (
  starting: Promise<Runtime>,
  specs: readonly Application[],
  options: RunApplicationOptions,
): Promise<ApplicationOutcome> => {
  // Never settles on a scheduler thread that imports the module of the program: it reads no configuration there.
  const runtime = await starting
  const end = new End(options.deadline ?? DEADLINE_MS)
  try {
    const loop = loopOf(specs, options, () => end.isNear())
    const unlisten = listen(process, (signal, isFirst) => {
      if (isFirst) void loop.stop(signal)
      else end.now(codeOfSignal(signal), `a second signal, ${signal}`)
    })
    // Why not all have started was told as a crash.
    await startLoop(runtime, loop).catch(() => {})
    const outcome = await loop.over
    end.code = outcome.code
    // What was killed may still run: a thread that does not let go, what traps exits.
    if (outcome.killed.length > 0) end.now(outcome.code, 'not all have stopped in time')
    await runtime.stop()
    unlisten()
    if (outcome.code !== 0) process.exitCode = outcome.code
    return outcome
  } catch (error) {
    await runtime.stop()
    if (!(error instanceof ConfigError)) throw error
    for (const { message } of error.mistakes) process.stderr.write(`rumpus: ${message}\n`)
    process.exitCode = MISCONFIGURED
    return { code: MISCONFIGURED, asked: undefined, crashed: [], killed: [], crashes: 0 }
  }
}

/** The end of the Node process, which is not left to whatever holds its event loop. */
class End {
  /** What became of the applications, once it is known. */
  code: number = LATE
  private readonly deadline: number

  constructor(deadline: number) {
    this.deadline = deadline
  }

  /** They are to stop: from now on the time runs. It does not hold the event loop itself. */
  isNear(): void {
    if (this.deadline === Number.POSITIVE_INFINITY) return
    const tooLate = (): void => {
      const held = process.getActiveResourcesInfo().join(', ')
      this.now(
        this.code === 0 ? LATE : this.code,
        `it is still there after its deadline of ${this.deadline} ms: ${held}`,
      )
    }
    setTimeout(tooLate, this.deadline + LINGER_MS).unref()
  }

  now(code: number, why: string): never {
    process.stderr.write(`rumpus: the process is ended: ${why}\n`)
    process.exit(code)
  }
}
