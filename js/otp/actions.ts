// What a callback of a server may answer besides a reply: answer later, stop, go on with something, give room back. No behaviour;
// the loop (`server-loop.ts`) does what they say.

import type { ReasonGiven } from '../types.ts'

/** Stands for no reply: the caller is answered later. */
export class NoReply {
  /** Tells it from other answers. */
  readonly type = 'no-reply'
}

/** The one there is. */
export const NO_REPLY: NoReply = new NoReply()

/** What a callback asks for behind it. */
export class Action {
  /** What for. */
  readonly kind: 'stop' | 'continue' | 'hibernate'
  /** The reason, or what to go on with. */
  readonly what: unknown
  /** What the caller is answered, unless that is `noReply`. */
  readonly answer: unknown

  constructor(kind: Action['kind'], what: ReasonGiven | unknown, answer: unknown) {
    this.kind = kind
    this.what = what
    this.answer = answer
  }
}
