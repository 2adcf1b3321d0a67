// Goal: the portable runtime, with all that it puts around the model, does as the model does. Method: the random programs that the
// native runtime is held to, in a simulation of `rumpus/portable`; a failure tells the program and the seed.

import { cancelTimer, exit, isAlive, offer, send, sendAfter, sendInterval, simulate } from 'rumpus/portable'
import { expect, it } from 'vitest'
import { play, type Stage } from '../fixtures/random-actor.mjs'
import type { AnySelf } from '../process/world.ts'
import { Book, type Outcome } from '../random/book.ts'
import { causal } from '../random/causal.ts'
import { difference } from '../random/compare.ts'
import { broken } from '../random/invariants.ts'
import type { Program } from '../random/program.ts'
import { onModel } from '../random/stages.ts'
import { timed, wild } from '../random/timed.ts'

/** Programs of each kind. */
const PROGRAMS = 25
/** Orders of the model that are tried before a program is said to fail. */
const ORDERS = 60
/** After so much time nothing happens any more in a program without slots. */
const QUIET_MS = 20_000

const verbs = {
  ...{ cancelTimer, exit, isAlive, offer, send, sendAfter, sendInterval },
  sendTo: (self: AnySelf, name: string, message: unknown) => self.send(name, message as never),
}

/** Runs a program. */
const onPortable = (program: Program, seed: number): Promise<Outcome> => {
  const book = new Book()
  return simulate({ seed, onCrash: book.onCrash }, async (self: AnySelf, simulation) => {
    const stage: Stage = {
      program,
      verbs,
      now: () => simulation.now(),
      note: book.note,
      spawn: (by, label, { monitor, ...options }, known) => {
        const body = (me: unknown): unknown => play(me, stage, label, known)
        const made = monitor ? by.spawnMonitor(body, options) : [by.spawn(body, options), 0]
        book.pids.set(label, made[0])
        return made
      },
      all: program.slot > 0 ? book.pids : undefined,
    }
    await play(self, stage, 'root')
    if (program.slot === 0) await self.sleep(QUIET_MS)
    return book.close(self.runtime.inspect().messages)
  })
}

/** Why it does what the model cannot do; nothing if all is well. */
const disagrees = async (program: Program, seed: number): Promise<string | undefined> => {
  const got = await onPortable(program, seed)
  if (got.books.accepted !== got.books.elsewhere) return `the books: ${JSON.stringify(got.books)}`
  let why: string | undefined
  // Where the order decides, any order of the model will do.
  for (let order = 0; order <= ORDERS; order++) {
    const differs = difference(await onModel(program, order), got)
    if (differs === undefined) return undefined
    why ??= differs
  }
  return why
}

it.each([
  ['time', timed],
  ['causes', causal],
])('where %s decides the outcome, it is that of the model', { timeout: 300_000 }, async (_, written) => {
  for (let seed = 1; seed <= PROGRAMS; seed++) {
    expect(await disagrees(written(seed), seed), `program and seed ${seed}`).toBe(undefined)
  }
})

it('where nothing decides the outcome, all is kept that is always promised', { timeout: 300_000 }, async () => {
  for (let seed = 1; seed <= PROGRAMS; seed++) {
    expect(broken(await onPortable(wild(seed), seed), { whole: true }), `program and seed ${seed}`).toEqual([])
  }
})
