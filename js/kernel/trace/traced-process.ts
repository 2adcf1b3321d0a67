// A process as it is traced: one that tells when its state changes. In place of the fields that say so it has accessors, and
// beside its inbox a list of the arrows that its messages came with. Made only by kernels that trace: where none does, a
// process has plain fields, and nothing on the way of a message asks.

import type { ExitReason } from '../../types.ts'
import type { Kernel } from '../kernel.ts'
import {
  CALLING,
  LOOKING,
  type Process,
  type ProcessGiven,
  QUEUED,
  QUEUED_BEGIN,
  QUEUED_WAKE,
  RECEIVING,
  RUNNING,
  SELECTING,
  WAITING,
} from '../process.ts'
import type { Traced, Tracer } from './tracer.ts'

/** So many taken ones may stand before the arrows of the inbox. */
const TAKEN_MAX = 1024

/** What the accessors of a process keep, and whom they tell. */
interface Telling extends Traced {
  stands: number
  must: ExitReason | undefined
  isBuried: boolean
  hasEnded: boolean
  /** It stands elsewhere now. */
  moves(from: number, to: number): void
  /** It is dead, if it is known why. */
  tellEnd(): void
}

// The compiler has no accessor in place of a field.
const ACCESSORS: PropertyDescriptorMap & ThisType<Telling> = {
  parked: {
    get() {
      return this.stands
    },
    set(to: number) {
      const from = this.stands
      this.stands = to
      this.moves(from, to)
    },
  },
  exiting: {
    get() {
      return this.must
    },
    set(reason: ExitReason | undefined) {
      this.must = reason
      this.tellEnd()
    },
  },
  buried: {
    get() {
      return this.isBuried
    },
    set(is: boolean) {
      this.isBuried = is
      this.tellEnd()
    },
  },
  ended: {
    get() {
      return this.hasEnded
    },
    set(has: boolean) {
      this.hasEnded = has
      this.tellEnd()
    },
  },
}

/** The class of what tells when it changes, made of that of the processes here: this file may have come with another copy of it. */
export const tracedClass = (
  Base: typeof Process,
): (new (
  tracer: Tracer,
  kernel: Kernel,
  given: ProcessGiven,
) => Process) => {
  /** Its own fields are set behind those of a process: until then nothing is told. */
  class TracedProcess extends Base implements Telling {
    tracer: Tracer | undefined
    isOn = false
    label: string
    labelledAt = -1
    /** What the accessors keep. */
    declare stands: number
    declare must: ExitReason | undefined
    declare isBuried: boolean
    declare hasEnded: boolean
    private told = false
    /** The arrows of what waits in the inbox, behind those of what was taken. */
    private arrows: number[] = []
    private taken = 0
    private inHand = 0

    constructor(tracer: Tracer, kernel: Kernel, given: ProcessGiven) {
      super(kernel, ...given)
      const [pid, , , body] = given
      this.label = JSON.stringify(tracer.serves ? 'desk' : body.name || 'closure')
      this.tracer = tracer
      tracer.serves = false
      // One that came by a turn was born elsewhere.
      if (!tracer.applying) tracer.born(pid, this.label, kernel.id)
    }

    override push(message: unknown): void {
      super.push(message)
      this.arrows.push(this.tracer?.comes(this) ?? 0)
    }

    override take(): unknown {
      this.tracer?.takes(this, this.arrows[this.taken++] ?? 0)
      if (this.taken > TAKEN_MAX) this.arrows.splice(0, this.taken)
      if (this.taken > TAKEN_MAX) this.taken = 0
      return super.take()
    }

    override remove(at: number): unknown {
      const [arrow = 0] = this.arrows.splice(this.taken + at - this.head, 1)
      // Dropped for want of room, or taken back, if completions are being done.
      if (this.tracer?.applying !== true) {
        if (this.isOn) this.tracer?.takes(this, arrow)
        else this.inHand = arrow
      }
      return super.remove(at)
    }

    override drop(): void {
      if (this.isOn && this.must === undefined) {
        for (const arrow of this.arrows.slice(this.taken)) this.tracer?.takes(this, arrow)
      }
      this.arrows = []
      this.taken = 0
      this.inHand = 0
      super.drop()
    }

    /** It stands elsewhere now. */
    moves(from: number, to: number): void {
      const { tracer } = this
      if (tracer === undefined || to === LOOKING) return
      if (to === RUNNING) {
        // A body that begins is called later.
        if (this.isOn || from === QUEUED_BEGIN) return
        tracer.resumes(this)
        if (this.must === undefined) tracer.takes(this, this.inHand)
        this.inHand = 0
      } else if (this.isOn) tracer.parks(this, this.waits(to))
      else if (to === QUEUED && from === RECEIVING) this.inHand = tracer.comes(this)
      else if (to === QUEUED_WAKE && from === WAITING) tracer.fires(this)
    }

    /** It is dead, if it is known why. */
    tellEnd(): void {
      const { tracer, must } = this
      if (tracer === undefined || must === undefined || this.told || !(this.hasEnded || this.isBuried)) return
      this.told = true
      tracer.ends(this, must)
    }

    private waits(to: number): string {
      if (to === RECEIVING) return 'any message'
      if (to === SELECTING) return this.selection?.match === undefined ? 'any message' : 'a certain message'
      if (to === WAITING) return 'a time to come'
      return to === CALLING ? 'the answer to a question' : 'its turn'
    }
  }

  Object.defineProperties(TracedProcess.prototype, ACCESSORS)
  return TracedProcess
}
