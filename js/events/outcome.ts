// How a computation is waited for as one of several things. Owns that whoever waited leaves no trigger behind in it.

import type { Packed } from '../effect/computation.ts'
import { Trigger } from '../effect/trigger.ts'
import type { Outlasting, Party } from './source.ts'

/** Gives what `computation` returned, or fails with its cancellation. */
export const outcomeOf = (computation: Packed): Outlasting<unknown> => {
  const poll = (party: Party<unknown>): void => {
    const outcome = computation.peek()
    if (outcome === undefined) return
    if ('value' in outcome) party.tryGive(outcome.value)
    else party.tryFail(outcome.cancelled)
  }
  return {
    what: 'a computation',
    outlasts: true,
    poll,
    wait(party) {
      const trigger = Trigger.fromAction(party, poll)
      computation.tryAttach(trigger)
      // Signals it too, which by then does nothing.
      return () => computation.detach(trigger)
    },
  }
}
