// What triggers are waited for, in words: for who must say why nothing happens any more. Owns that it costs one look at a variable
// where nobody asks. Never true here: a trigger is kept alive by what is said of it.

import type { Trigger } from './trigger.ts'

/** Who can say what it is that a fiber waits for. */
export interface Waited {
  /** `a permit of a semaphore`. */
  readonly what: string
}

let known: WeakMap<Trigger, Waited> | undefined

/** For executors that tell who waits for what: from now on it is noted. */
export const noteWaits = (): void => {
  known ??= new WeakMap()
}

/** Before a wait: whoever waits for `trigger` waits for what `waited` says. */
export const waitsFor = (trigger: Trigger, waited: Waited): void => {
  if (known !== undefined) known.set(trigger, waited)
}

/** What is waited for by `trigger`. */
export const whatOf = (trigger: Trigger): string => known?.get(trigger)?.what ?? 'a trigger'
