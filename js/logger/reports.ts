// What the runtime reports as lines: crashes, stalls, high water. Owns their levels and fields. Never throws: what a serializer of the
// user's throws goes to stderr.

import type { Logger as PinoLogger } from 'pino'
import { guarded } from '../kernel/crash.ts'
import type { Journal } from '../kernel/journal-shapes.ts'
import { kernels } from '../kernel/kernels.ts'
import { isError } from '../kernel/realms.ts'
import { runtimeNumberOf } from '../pid.ts'
import type { ErrorDescription } from '../types.ts'

/** The logger of whom a report is about. */
export type Writer = (scheduler: number, pid: number, name: string | undefined) => PinoLogger

/** A journal that writes by `writer`. */
export const journalBy = (writer: Writer): Journal => ({
  crash: guarded(({ pid, scheduler, name, definition, what, error }) => {
    writer(scheduler, pid, name).error({ report: 'crash', definition: definition?.name, err: shownError(error) }, what)
  }, 'a logger'),
  highWater: guarded(({ pid, scheduler, waiting }) => {
    const what = `${waiting} messages wait for a process`
    writer(scheduler, pid, nameOf(pid)).warn({ report: 'high-water', waiting }, what)
  }, 'a logger'),
  stall: guarded(({ pid, scheduler, name, ms, ended, debugged }) => {
    const what = `a scheduler has taken no turn for ${ms} ms${ended ? ': its thread is ended' : ''}`
    writer(scheduler, pid, name).warn({ report: 'stall', ms, ended, debugged }, what)
  }, 'a logger'),
})

const nameOf = (pid: number): string | undefined =>
  pid === 0 ? undefined : (kernels[runtimeNumberOf(pid)]?.handle.nameOf(pid) ?? undefined)

/** An error that came from another thread is a description of one: serializers take it for an error by its message and stack. */
const shownError = (error: unknown): unknown => {
  if (isError(error)) return error
  const { name, message, stack, code, cause } = error as ErrorDescription
  return Object.assign(Object.create(null), {
    name,
    message,
    stack: stack ?? `${name}: ${message}`,
    ...(code === undefined ? {} : { code }),
    ...(cause === undefined ? {} : { cause }),
  })
}
