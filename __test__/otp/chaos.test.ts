// Goal: whatever is killed, the tree has the documented shape afterwards, nothing is left behind, and nothing is lost that was answered for;
// errors come of those that were shot, and no others. Method: a tree over all schedulers that processes on all of them load; processes of it,
// supervisors among them, and whole threads are ended at random for a while, by a seed that is told.

import { isDeepStrictEqual } from 'node:util'
import type { Runtime } from 'rumpus'
import { expect, it } from 'vitest'
import { Dice } from '../../js/model/dice.ts'
import { type AnyPid, type AnySelf, inside, until } from '../process/world.ts'
import { Book } from './shot-book.ts'
import type { Census } from './shot-census.ts'
import { type Field, judge, shotAt } from './shot-tree.ts'

const MS = Number(process.env.RUMPUS_CHAOS_MS ?? 3_000)
const SEED = Number(process.env.RUMPUS_SEED ?? 20_261)
const SCHEDULERS = 2
/** Between two looks: what was kept for the questions of one is gone at the next. */
const PAUSE_MS = 80

/** Ends a thread from outside, once it is up, or from within, as a program does that calls `process.exit`. */
const end = async (self: AnySelf, { book, dice }: Field, seat: number): Promise<void> => {
  const runtime = self.runtime as Runtime & { readonly host: { end(seat: number): Promise<void> } }
  if (dice.below(2) === 0) {
    await until(() => runtime.inspect().schedulers[seat]?.up === true)
    return runtime.host.end(seat)
  }
  const named = self.whereis('a name') as AnyPid | undefined
  if (named !== undefined) await self.call(named, 'end thread', { timeout: 10_000 }).catch(book.failed('call', named))
}

/** Looks until it is as wanted, and the same once more, for 20 s. A look may fail while something goes on. */
const settled = async (
  self: AnySelf,
  look: () => Promise<Census>,
  isWanted: (seen: Census) => boolean,
): Promise<Census> => {
  let before: Census | undefined
  for (const end = Date.now() + 20_000; ; ) {
    await self.sleep(PAUSE_MS)
    const isLate = Date.now() > end
    const seen = await look().catch((error: Error) => error)
    if (seen instanceof Error) {
      if (isLate) throw seen
    } else if (isLate || (isWanted(seen) && isDeepStrictEqual(seen, before))) return seen
    else before = seen
  }
}

it(`a tree that is shot at for ${MS} ms (seed ${SEED}) has its shape`, { timeout: MS + 120_000 }, async () => {
  const book = new Book()
  await inside(
    async (self: AnySelf) => {
      let over = 0
      const field: Field = {
        dice: new Dice(SEED),
        schedulers: SCHEDULERS,
        book,
        said: `seed ${SEED}`,
        threadOneIn: 40,
        end: (scheduler) => end(self, field, scheduler),
        isOver: (step) => {
          if (step === 0) over = Date.now() + MS
          return Date.now() > over
        },
        settled: (look, isWanted) => settled(self, look, isWanted),
      }
      const found = await shotAt(self, field)
      judge(found, field)
      expect(Math.min(...Object.values(found.shots))).toBeGreaterThan(0)
    },
    { schedulers: SCHEDULERS, onCrash: book.crashed },
  )
  book.check(['call: ERR_RUMPUS_DOWN killed', 'call: ERR_RUMPUS_DOWN scheduler-down', 'a scheduler thread went down'])
})
