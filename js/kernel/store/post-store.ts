// What is done with a store as a whole: it is made, found, given away, ended. Owns the message by which a new owner hears of it, and
// what is said when Rust refuses.

import { RumpusError } from '../../errors.ts'
import {
  ARGUMENTS,
  GIVE_NO_STORE,
  GIVE_NOPROC,
  GIVE_NOT_OWNER,
  OP_GIVE_STORE,
  SCRATCH_LEN,
} from '../../native/layout.ts'
import { formatPid } from '../../pid.ts'
import type { Pid } from '../../types.ts'
import type { Kernel } from '../kernel.ts'
import { answer, checkOurs, putLong } from '../post.ts'

/** What a store may hold. */
export interface StoreLimits {
  readonly entries: number | undefined
  readonly bytes: number | undefined
  readonly dropsOldest: boolean
}

/** What a new owner is told. */
export interface StoreTransfer {
  /** Tells it from other messages. */
  readonly type: 'store-transfer'
  /** The handle of the store. */
  readonly store: number
  /** Its name, if it has one. */
  readonly name: string | undefined
  /** Whose it was: the process that gave it, or has ended; 0 for the runtime. */
  readonly from: Pid
  /** What the former owner had to say, if anything. */
  readonly data: unknown
}

/** A store as a whole, as Rust shows it. */
export type ShownStore = NonNullable<ReturnType<Kernel['handle']['showStore']>>

/** Makes a store of `owner`, or of the runtime if that is 0; its number. */
export const makeStore = (
  kernel: Kernel,
  name: string | undefined,
  owner: number,
  { entries, bytes, dropsOldest }: StoreLimits,
): number => {
  const limits = {
    ...(entries === undefined ? {} : { entries }),
    ...(bytes === undefined ? {} : { bytes }),
    dropsOldest,
  }
  const made = kernel.handle.makeStore(name ?? null, owner, limits)
  if (typeof made === 'number') return made
  if (made.why !== 'taken') throw ended('a store', owner)
  const holder = kernel.handle.showStore(made.who)?.owner ?? 0
  const message = `the name ${JSON.stringify(name)} belongs to a store of ${shown(holder)}`
  throw new RumpusError('ERR_RUMPUS_NAME_TAKEN', message, { cause: { pid: holder, store: made.who } })
}

const shown = (owner: number): string => (owner === 0 ? 'the runtime' : `process ${formatPid(owner as Pid)}`)

const ended = (what: string, pid: number): RumpusError =>
  new RumpusError('ERR_RUMPUS_NOPROC', `${what} cannot belong to ${shown(pid)}: it has ended, or must`)

/** The error of one who asks for a store that there is not. */
export const noStore = (called: string): RumpusError =>
  new RumpusError('ERR_RUMPUS_NO_STORE', `there is no store ${called}: it has ended with its owner, or never was`)

const notOwner = (called: string, owner: number): RumpusError =>
  new RumpusError('ERR_RUMPUS_NOT_OWNER', `the store ${called} is another's: it belongs to ${shown(owner)}`, {
    cause: { pid: owner },
  })

/** Encodes what a new owner is told; how long that is. */
const encodeTransfer = (
  kernel: Kernel,
  { store, name, from, data }: { store: number; name: string | undefined; from: number; data: unknown },
): number => kernel.codec.encodeWhole({ type: 'store-transfer', store, name, from, data }, 'transfer')

/** Says whose the store of `by` is when that has ended, and with which words; nobody's if `heir` is 0. */
export const setHeir = (
  kernel: Kernel,
  { id, called, name }: { id: number; called: string; name: string | undefined },
  by: number,
  heir: number,
  data: unknown,
): void => {
  if (heir !== 0) checkOurs(kernel, heir)
  const length = heir === 0 ? 0 : encodeTransfer(kernel, { store: id, name, from: by, data })
  const [piece] = kernel.codec.pieces === undefined ? [] : kernel.codec.takePieces()
  const message = piece ?? new Uint8Array(kernel.native.scratch, 0, length)
  const refused = kernel.handle.setStoreHeir(id, by, heir, length, message)
  if (refused == null) return
  throw refused.why === 'not owner' ? notOwner(called, refused.who) : noStore(called)
}

/** Gives the store of `by` to another process, which hears of it. */
export const giveStore = (
  kernel: Kernel,
  { id, called, name }: { id: number; called: string; name: string | undefined },
  by: number,
  to: number,
  data: unknown,
): void => {
  checkOurs(kernel, to)
  const { words } = kernel
  const length = encodeTransfer(kernel, { store: id, name, from: by, data })
  words[ARGUMENTS] = OP_GIVE_STORE
  putLong(words, ARGUMENTS + 1, id)
  putLong(words, ARGUMENTS + 3, by)
  putLong(words, ARGUMENTS + 5, to)
  words[ARGUMENTS + 7] = length
  words[SCRATCH_LEN] = length
  kernel.submit()
  switch (words[ARGUMENTS + 3]) {
    case GIVE_NO_STORE:
      throw noStore(called)
    case GIVE_NOT_OWNER:
      throw notOwner(called, answer(words))
    case GIVE_NOPROC:
      throw ended(`the store ${called}`, to)
  }
}
