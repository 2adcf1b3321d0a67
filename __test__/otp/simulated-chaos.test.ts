// Goal: whatever is shot, processes, supervisors or threads, the tree has its shape afterwards, what was answered for is there, and no process,
// timer, name or tie is left behind. Method: simulations, a seed each, on whose schedulers everything is repeated exactly. RUMPUS_SEED=n runs
// that one alone, RUMPUS_STEPS=n as many as make so many shots (`npm run chaos`).

import { describe, expect, it } from 'vitest'
import { lane } from '../process/world.ts'
import { shootAt } from './shot-tree.ts'

/** Shots in one simulation. */
const STEPS = 250
const SEEDS = 3
const ONLY = process.env.RUMPUS_SEED
const TOTAL = Number(process.env.RUMPUS_STEPS ?? SEEDS * STEPS)
const DAY_MS = 86_400_000

const seeds = ONLY === undefined ? Array.from({ length: Math.ceil(TOTAL / STEPS) }, (_, n) => n + 1) : [Number(ONLY)]

describe('a tree in simulation', () => {
  it(`has its shape after ${seeds.length * STEPS} shots, and nothing is left behind`, { timeout: DAY_MS }, async () => {
    const total = { process: 0, supervisor: 0, thread: 0 }
    for (const seed of seeds) {
      const found = await shootAt(seed, STEPS, lane as 'js' | 'native')
      const repeat = `RUMPUS_SEED=${seed} npx vitest run ${import.meta.filename} --project 'js lane'`
      const { first, before, after, shots, left } = found
      expect(before.shape, repeat).not.toContain('restarting')
      expect(after, repeat).toEqual(before)
      expect(found.keepers, repeat).toBe(3)
      expect(found.entries, repeat).toEqual(['ada true', 'bob true'])
      expect(found.written, repeat).toEqual(found.acknowledged)
      expect(left, repeat).toEqual(first)
      expect(first, repeat).toMatchObject({ timers: 0, waiting: 0 })
      expect(left.names, repeat).not.toContain('true')
      for (const kind of ['process', 'supervisor', 'thread'] as const) total[kind] += shots[kind]
      if (TOTAL > SEEDS * STEPS && seed % 500 === 0) process.stderr.write(`${seed * STEPS} shots\n`)
    }
    if (ONLY === undefined) expect(Math.min(...Object.values(total))).toBeGreaterThan(10)
  })
})
