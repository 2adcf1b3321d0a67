// The memory in which all threads of this Node process see who has which pen (`pens.ts`). Owns how a thread comes by it: with the
// environment data of its Worker. A host has it made before its first thread, whether anybody ever writes or not.

import { builtin } from '../builtin.ts'

const { getEnvironmentData, setEnvironmentData } = builtin('node:worker_threads')

/** Where Workers find the memory of the pens (`pens.ts`), and how large that is. */
const KEY = 'rumpus/0/pens'
const BYTES = 1024

/** The memory in which all threads see the pens: whoever asks first makes it, and Workers that are started later have the same. */
export const penMemory = (): SharedArrayBuffer => {
  const known = getEnvironmentData(KEY) as SharedArrayBuffer | undefined
  if (known !== undefined) return known
  const memory = new SharedArrayBuffer(BYTES)
  setEnvironmentData(KEY, memory)
  return memory
}
