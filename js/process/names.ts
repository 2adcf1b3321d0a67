// register, unregister, whereis: names of processes. Owns the checks and what is said when a name is not given; who has which
// name is the runtime's.

import { badArgument, RumpusError } from '../errors.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { isWhole } from '../kernel/names.ts'
import { checkPid } from '../kernel/post.ts'
import { formatPid } from '../pid.ts'
import type { Pid } from '../types.ts'

/** Throws if `name` is none. */
export const checkName = (argument: string, name: unknown): void => {
  if (typeof name !== 'string' || name === '')
    throw badArgument(TypeError, argument, 'a string that is not empty', name)
  // Half a character would be another name for those who have another half.
  if (!isWhole(name)) throw badArgument(TypeError, argument, 'a string of whole characters', name)
}

/** Gives `pid` the name `name`. */
export const register = (kernel: Kernel, name: string, pid: number): void => {
  checkName('name', name)
  checkPid(pid)
  registerAs(kernel, name, pid)
}

/** The same, once both are known to be sound. */
export const registerAs = (kernel: Kernel, name: string, pid: number): void => {
  const answer = kernel.handle.register(name, pid)
  if (answer === 0) return
  const said = JSON.stringify(name)
  if (answer > 0) {
    const message = `the name ${said} belongs to process ${formatPid(answer as Pid)}`
    throw new RumpusError('ERR_RUMPUS_NAME_TAKEN', message, { cause: { pid: answer } })
  }
  const who = `process ${formatPid(pid as Pid)}`
  if (answer === -1) {
    throw new RumpusError('ERR_RUMPUS_NOPROC', `${who} cannot be named ${said}: it has ended, or must`)
  }
  const other = JSON.stringify(kernel.handle.nameOf(pid))
  throw new RumpusError('ERR_RUMPUS_NAMED', `${who} cannot be named ${said}: it is named ${other}`)
}

/** A process in words: its pid, and its name if it has one. */
export const processInWords = (kernel: Kernel, pid: number): string => {
  const name = kernel.detached ? undefined : kernel.handle.nameOf(pid)
  return `process ${formatPid(pid as Pid)}${name ? ` (${JSON.stringify(name)})` : ''}`
}

/** Takes a name back; false if nobody has it. */
export const unregister = (kernel: Kernel, name: string): boolean => {
  checkName('name', name)
  return kernel.handle.unregister(name)
}

/** Who has a name and lives. */
export const whereis = (kernel: Kernel, name: string): Pid<never> | undefined => {
  checkName('name', name)
  const pid = kernel.handle.whereis(name)
  return pid === 0 ? undefined : (pid as Pid<never>)
}
