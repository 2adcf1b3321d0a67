// Owns how the suites meet the runtime: a runtime whose crash reports are kept, ends that are awaited, errors looked at,
// programs run as child processes.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import {
  type CrashReport,
  Down,
  type ExitReason,
  type Pid,
  type Runtime,
  type RuntimeOptions,
  type RuntimeView,
  run,
  type Self,
  start,
} from 'rumpus'
import { expect, onTestFinished } from 'vitest'

/** Which lane this run of the suite takes. */
export const lane: string = process.env.RUMPUS_LANE ?? 'js'

/** Whether this run of the suite meets `rumpus/portable`: what needs a second thread is skipped. */
export const oneThread: boolean = process.env.RUMPUS_ONE_THREAD === '1'

/** Where a definition is put, when it should not matter where: here, and on another thread. */
export const places: readonly ('here' | 1)[] = oneThread ? ['here'] : ['here', 1]

/** A process that takes anything. */
// biome-ignore lint/suspicious/noExplicitAny: tests send what types forbid
export type AnyPid = Pid<any>
// biome-ignore lint/suspicious/noExplicitAny: tests receive what they were sent
export type AnySelf = Self<any>

/** Runs a body on two schedulers; crash reports go to a list. */
export function inside<T>(
  body: (self: AnySelf, crashes: CrashReport[]) => Promise<T> | T,
  options: RuntimeOptions = {},
): Promise<T> {
  const crashes: CrashReport[] = []
  const onCrash = (report: CrashReport): void => void crashes.push(report)
  return run<T, unknown>((self) => body(self as AnySelf, crashes), { schedulers: 2, onCrash, ...options })
}

/** A started runtime that stops with the test. */
export async function started(options: RuntimeOptions = {}): Promise<{ runtime: Runtime; crashes: CrashReport[] }> {
  const crashes: CrashReport[] = []
  const onCrash = (report: CrashReport): void => void crashes.push(report)
  const runtime = await start({ schedulers: 2, onCrash, ...options })
  onTestFinished(() => runtime.stop())
  return { runtime, crashes }
}

/** Why `pid` ends: the next message must be the news of it. What makes it end is the `cause`, where it could be dead too early. */
export async function endOf(self: AnySelf, pid: Pid, cause?: () => void): Promise<ExitReason> {
  const ref = self.monitor(pid)
  cause?.()
  const down = await self.receive()
  expect(down).toBeInstanceOf(Down)
  expect(down).toMatchObject({ type: 'down', ref, pid })
  return down.reason
}

/** The next `count` messages. */
export async function take(self: AnySelf, count: number): Promise<unknown[]> {
  const messages: unknown[] = []
  while (messages.length < count) messages.push(await self.receive())
  return messages
}

/** Lets everything that is runnable on this thread run, `turns` times round the event loop. */
export async function turns(count = 3): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** Comes back when `look` is content, going round the event loop meanwhile: for figures of other threads, which no message announces. */
export async function until(look: () => boolean | Promise<boolean>, limitMs = 10_000): Promise<void> {
  const end = Date.now() + limitMs
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`never came true: ${look}`)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** The thrown error's class, code and text. */
export function thrownBy(what: () => unknown): { name: string; code: unknown; message: string } {
  try {
    what()
  } catch (error) {
    return facts(error)
  }
  throw new Error('nothing was thrown')
}

/** The same for a promise that must reject. */
export async function rejectionOf(what: Promise<unknown>): Promise<{ name: string; code: unknown; message: string }> {
  return what.then(
    () => {
      throw new Error('nothing was rejected')
    },
    (error) => facts(error),
  )
}

function facts(error: unknown): { name: string; code: unknown; message: string } {
  const { name, message, code } = error as Error & { code?: unknown }
  expect(error).toBeInstanceOf(Error)
  return { name: (error as Error).constructor.name || name, code, message }
}

/** How a child process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

const PROGRAMS = new URL('../fixtures/programs/', import.meta.url)

/** Runs a program of `__test__/fixtures/programs`, or any path, as a Node process of its own. */
export function program(path: string, args: readonly string[] = [], flags: readonly string[] = []): Promise<Ended> {
  const file = path.startsWith('/') ? path : fileURLToPath(new URL(path, PROGRAMS))
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...flags, file, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30_000,
      killSignal: 'SIGKILL',
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk) => (stdout += chunk))
    child.stderr.on('data', (chunk) => (stderr += chunk))
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}

/** What must hold of the books of a runtime at any quiet moment. */
export function balanced({ processes, messages }: RuntimeView): void {
  const { accepted, received, waiting, dropped } = messages
  expect(accepted).toBe(received + waiting + dropped.dead + dropped.died + dropped.corrupt + dropped.full)
  expect(processes.spawned).toBe(processes.exited + processes.alive)
  expect(waiting).toBeGreaterThanOrEqual(0)
}
