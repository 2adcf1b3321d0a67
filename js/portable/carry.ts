// What becomes of a message, an argument, an exit reason on its way: the thing itself, frozen, or a copy. Owns who gets which.
// Never here: a value that is shared where the native runtime would encode it, anything sent when a part cannot cross.

import { cargoOf, forgetCargo } from '../kernel/cargo.ts'
import type { MessageMode } from '../kernel/settings.ts'
import type { Process } from '../model/process.ts'
import { describe } from '../model/reasons.ts'
import type { ErrorDescription, ExitReason } from '../types.ts'
import { copy } from './copy.ts'
import { freezeDeep } from './freeze.ts'

/** Whether `to` gets a copy: everybody where that is asked for, and a definition as long as it has not begun. */
export const isCopied = (mode: MessageMode, to: Process | undefined): boolean =>
  mode === 'clone' || (to?.definition !== undefined && to.phase === 'unbegun')

/** The message that `to` gets for `message`; throws if that cannot cross, where it should. */
export const carry = (mode: MessageMode, to: Process | undefined, message: unknown, name = 'message'): unknown => {
  if (isCopied(mode, to)) return copyWithCargo(message, name)
  if (mode === 'freeze') {
    copy(message, name, cargoOf(message))
    freezeDeep(message)
  }
  return message
}

/** Throws if `carry` would. */
export const checkCarried = (mode: MessageMode, to: Process | undefined, message: unknown): void => {
  if (mode === 'freeze' || isCopied(mode, to)) copy(message, 'message', cargoOf(message))
}

const copyWithCargo = (message: unknown, name: string): unknown => {
  const cargo = cargoOf(message)
  if (cargo === undefined) return copy(message, name)
  const move = (): readonly unknown[] => structuredClone(cargo, { transfer: cargo as never })
  const copied = copy(message, name, cargo, move)
  forgetCargo(message as object)
  return copied
}

/** A reason as others hear it: data of its own. One that cannot cross is replaced by an error that says so: no end is lost for it. */
export const carryReason = (reason: ExitReason): ExitReason => {
  switch (reason.kind) {
    case 'shutdown':
      return reason.value === undefined ? { kind: 'shutdown' } : carryValue(reason)
    case 'user':
      return carryValue(reason)
    case 'error':
      return { kind: 'error', error: carryError(reason.error) }
    case 'scheduler-down':
      return { kind: 'scheduler-down', scheduler: reason.scheduler }
    default:
      return { kind: reason.kind }
  }
}

const carryValue = ({ kind, value }: ExitReason & { kind: 'shutdown' | 'user' }): ExitReason => {
  try {
    return { kind, value: copy(value, 'reason') }
  } catch (uncrossable) {
    const message = `the exit reason could not cross: ${describe(uncrossable).message}`
    return { kind: 'error', error: { name: 'UncrossableError', message } }
  }
}

const carryError = (error: ErrorDescription): ErrorDescription => {
  try {
    return copy(error, 'reason') as ErrorDescription
  } catch {
    const { name, message, stack } = error
    return {
      name: typeof name === 'string' ? name : 'Error',
      message: typeof message === 'string' ? message : 'an error whose message is no text',
      stack: typeof stack === 'string' ? stack : undefined,
    }
  }
}
