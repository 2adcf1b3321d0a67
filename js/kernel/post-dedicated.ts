// Posts a definition that is to have a thread of its own: reserves one in Rust, and has its thread started. Owns what is said when
// there is none.

import { RumpusError } from '../errors.ts'
import { ANSWERED_SEAT, ANSWERED_TENANCY, AT_DEDICATED } from '../native/layout.ts'
import type { Kernel } from './kernel.ts'
import { type Birth, postSpawn } from './post.ts'

/** Spawns a definition on a thread of its own. */
export const postDedicated = (kernel: Kernel, definition: number, args: unknown[], birth: Birth): number => {
  const pid = reserve(kernel, definition, args, birth)
  const { words } = kernel
  kernel.around.dedicate({ seat: words[ANSWERED_SEAT]!, tenancy: words[ANSWERED_TENANCY]!, definition })
  return pid
}

const reserve = (kernel: Kernel, definition: number, args: unknown[], birth: Birth): number => {
  try {
    return postSpawn(kernel, definition, args, AT_DEDICATED, birth)
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_RUMPUS_NO_THREAD') throw error
    const all = kernel.handle.seats - kernel.handle.regularSeats
    const message = `no dedicated thread is free: there are ${all}; options.dedicated of run() and start() says how many`
    throw new RumpusError('ERR_RUMPUS_NO_THREAD', message)
  }
}
