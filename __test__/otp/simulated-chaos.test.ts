// Goal: whatever is shot, processes, supervisors or threads, the tree has its shape afterwards, what was answered for is there, and no process,
// timer, name or tie is left behind; errors come of those that were shot, and no others. Method: simulations, a seed each, on whose schedulers
// everything is repeated exactly. RUMPUS_SEED=n runs that one alone, RUMPUS_STEPS=n as many as make so many shots (`npm run chaos`).

import { simulate } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { Dice } from '../../js/model/dice.ts'
import { type AnySelf, lane } from '../process/world.ts'
import { Book } from './shot-book.ts'
import { type Field, judge, shotAt } from './shot-tree.ts'

/** Shots in one simulation. */
const STEPS = 250
const SEEDS = 3
const ONLY = process.env.RUMPUS_SEED
const TOTAL = Number(process.env.RUMPUS_STEPS ?? SEEDS * STEPS)
const DAY_MS = 86_400_000
/** Until all that was begun is over: graces, deadlines, restarts that wait for a name. */
const QUIET_MS = 20_000

const seeds = ONLY === undefined ? Array.from({ length: Math.ceil(TOTAL / STEPS) }, (_, n) => n + 1) : [Number(ONLY)]

describe('a tree in simulation', () => {
  it(`has its shape after ${seeds.length * STEPS} shots, and nothing is left behind`, { timeout: DAY_MS }, async () => {
    const total = { process: 0, supervisor: 0, thread: 0 }
    const counts = { acknowledged: 0, put: 0, inherited: 0 }
    const all = new Book()
    for (const seed of seeds) {
      const book = new Book()
      let field: Field | undefined
      const options = { seed, schedulers: 3, lane: lane as 'js' | 'native', onCrash: book.crashed }
      const found = await simulate(options, (self: AnySelf, simulation) => {
        field = {
          dice: new Dice(seed),
          schedulers: 3,
          book,
          said: `RUMPUS_SEED=${seed} npx vitest run ${import.meta.filename} --project 'js lane'`,
          threadOneIn: 12,
          end: (scheduler) => simulation.endScheduler(scheduler),
          isOver: (step) => step === STEPS,
          settled: async (look) => {
            await self.sleep(QUIET_MS)
            return look()
          },
        }
        return shotAt(self, field)
      })
      judge(found, field as Field)
      for (const kind of ['process', 'supervisor', 'thread'] as const) total[kind] += found.shots[kind]
      counts.acknowledged += found.books.acknowledged.length
      counts.inherited += found.inherited.length
      for (const puts of found.books.puts.values()) counts.put += puts.size
      all.add(book)
      if (TOTAL > SEEDS * STEPS && seed % 500 === 0) process.stderr.write(`${seed * STEPS} shots\n`)
    }
    if (ONLY !== undefined) return
    expect(Math.min(...Object.values(total))).toBeGreaterThan(10)
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(20)
    all.check(['call: ERR_RUMPUS_DOWN scheduler-down', 'call: ERR_RUMPUS_DOWN killed', 'call: ERR_RUMPUS_NOPROC'])
  })
})
