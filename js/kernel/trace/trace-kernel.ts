// Has a kernel traced: puts what tells in the places of what it was given, its surroundings, its event loop, its native half.
// Nothing of a kernel that is not traced knows of it, so it costs that one nothing.

import type { RuntimeHandle } from '../../native/load.ts'
import type { Kernel, Surroundings } from '../kernel.ts'
import type { Loop } from '../loop.ts'
import type { Process } from '../process.ts'
import { tracedClass } from './traced-process.ts'
import { TracedSeat } from './traced-seat.ts'
import { type Traced, Tracer, type TraceTo } from './tracer.ts'

/** What a kernel is to be made of. */
export interface Parts {
  readonly around: Surroundings
  readonly loop: Loop
}

/** The same of one that traces, and what must follow once it is made. */
export interface TracedParts extends Parts {
  readonly follow: (kernel: Kernel) => void
}

/** What a kernel that traces is to be made of; `Base` is the class of its processes. */
export const traced = (
  Base: typeof Process,
  to: TraceTo,
  handle: RuntimeHandle,
  number: number,
  { around, loop }: Parts,
): TracedParts => {
  const tracer = new Tracer(to, handle.number, number, number >= handle.regularSeats)
  const TracedProcess = tracedClass(Base)
  let seat: TracedSeat | undefined
  return {
    around: {
      ...around,
      makeProcess: (kernel, ...given) => new TracedProcess(tracer, kernel, given),
      begin: (kernel, process) => {
        tracer.begins(process as Traced)
        around.begin(kernel, process)
      },
      apply: (kernel, count) => {
        if (seat === undefined) around.apply(kernel, count)
        else seat.apply(around.apply, count)
      },
    },
    loop: {
      now: () => loop.now(),
      soon: (then, holds) => loop.soon(then, holds),
      after: (ms, then) => loop.after(ms, then),
      rung: (turn) => {
        seat?.calls('the bell')
        loop.rung(turn)
      },
      sleep: (words, turn) => {
        seat?.sleep()
        loop.sleep(words, () => {
          seat?.calls('the alarm')
          turn()
        })
      },
      stop: () => loop.stop(),
    },
    follow: (kernel) => {
      tracer.kernel = kernel
      seat = new TracedSeat(kernel, tracer)
      ;(kernel as { native: unknown }).native = seat.seat
    },
  }
}
