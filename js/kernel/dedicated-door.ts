// What a kernel asks of whoever keeps dedicated threads: the host, or the simulation. No behaviour.

import type { Reserved } from './notes.ts'

export interface DedicatedDoor {
  /** A dedicated seat has been reserved, and a process waits there: it needs its thread. */
  dedicate(reserved: Reserved): void
  /** The process `pid`, in that dedicated seat, is being killed, and its body may keep the thread. */
  killed(seat: number, pid: number): void
}
