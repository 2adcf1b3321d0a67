// Chance, for libraries that must choose: one die for each executor, so that what runs by a seed is repeated by it. Owns which die an
// executor has. Never true here: two runs of a seeded executor choose differently; a die decides who a fiber is.

import { Dice } from '../model/dice.ts'
import type { Handler } from './fiber.ts'

type Chooser = Handler<never>

const diceOfAll = new WeakMap<Chooser, Dice>()

/** For executors: from now on who runs by `handler` chooses by `dice`. */
export const chooseBy = (handler: Chooser, dice: Dice): void => void diceOfAll.set(handler, dice)

/** The dice of who runs by `handler`. An executor that gave none has some that fall the same way in every program. */
export const diceOf = (handler: Chooser): Dice => {
  let dice = diceOfAll.get(handler)
  if (dice === undefined) {
    dice = new Dice(1)
    diceOfAll.set(handler, dice)
  }
  return dice
}
