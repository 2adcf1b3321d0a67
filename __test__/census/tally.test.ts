import { describe, expect, it } from 'vitest'
import { countBatch } from '../../examples/census/count.js'
import { countSequentially } from '../../examples/census/sequential.js'
import { addBatch, addTally, createTally, summarize } from '../../examples/census/tally.js'
import { seeded } from '../fixtures/random.mjs'
import { folder, generatedSources } from './fixture.ts'

type Tally = ReturnType<typeof createTally>

const batch = (names: Record<string, number>, hashes: Record<string, number> = {}) => ({
  bytes: 10,
  lines: 2,
  tokens: 5,
  names: Object.keys(names).join(' '),
  counts: Object.values(names),
  hashes: Object.entries(hashes).flatMap(([hash, times]) => Array<string>(times).fill(hash)),
  sizes: Object.entries(hashes).flatMap(([, times]) => Array<number>(times).fill(7)),
  problems: [],
})

function tallyOf(...batches: Parameters<typeof addBatch>[1][]): Tally {
  const tally = createTally()
  for (const each of batches) addBatch(tally, each)
  return tally
}

function merged(tallies: Tally[]): Tally {
  const whole = createTally()
  for (const tally of tallies) addTally(whole, tally)
  return whole
}

describe('summarize', () => {
  it('is all zeros for nothing', () => {
    expect(summarize(createTally(), 10)).toEqual({
      files: { found: 0, counted: 0, reported: 0 },
      bytes: 0,
      lines: 0,
      tokens: 0,
      identifiers: { total: 0, distinct: 0 },
      duplicates: { groups: 0, files: 0, bytes: 0 },
      top: [],
      problems: [],
    })
  })

  it('adds up batches', () => {
    const summary = summarize(tallyOf(batch({ a: 2, b: 1 }, { x: 1 }), batch({ b: 4 }, { x: 2, y: 1 })), 10)
    expect(summary).toMatchObject({
      files: { found: 4, counted: 4, reported: 0 },
      bytes: 20,
      identifiers: { total: 7, distinct: 2 },
      duplicates: { groups: 1, files: 2, bytes: 14 },
      top: [
        { name: 'b', count: 5 },
        { name: 'a', count: 2 },
      ],
    })
  })

  it('orders equally frequent identifiers by name and keeps to the number asked for', () => {
    const tally = tallyOf(batch({ beta: 3, Zeta: 3, alpha: 3, rare: 1, __proto__x: 9 }))
    expect(summarize(tally, 4).top.map(({ name }) => name)).toEqual(['__proto__x', 'Zeta', 'alpha', 'beta'])
    expect(summarize(tally, 0).top).toEqual([])
  })

  it('lists problems by path and counts them as files found', () => {
    const problems = ['b.js', 'a.js'].map((path) => ({ path, code: 'unreadable' as const, reason: 'gone' }))
    const summary = summarize(tallyOf({ ...batch({}, { x: 1 }), problems }), 10)
    expect(summary.files).toEqual({ found: 3, counted: 1, reported: 2 })
    expect(summary.problems.map(({ path }) => path)).toEqual(['a.js', 'b.js'])
  })
})

describe('merging', () => {
  it('comes to the sequential summary for every split, order and grouping', async () => {
    const copies = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`copies/${index}.js`, 'copy = 1']))
    const files = {
      ...generatedSources(7, 120),
      ...copies,
      'broken.js': "a = '",
      'empty.js': '',
      'bytes.js': Buffer.from([0xff]),
    }
    const root = folder(files)
    const paths = [...Object.keys(files), 'missing.js']
    const wanted = await countSequentially(root, paths, 30)
    expect(wanted.files).toEqual({ found: 144, counted: 141, reported: 3 })
    expect(wanted.duplicates.groups).toBeGreaterThan(3)
    for (let seed = 1; seed <= 25; seed += 1) {
      const random = seeded(seed)
      const batches = await Promise.all(split(shuffled(paths, random), random).map((part) => countBatch(root, part)))
      const groups = split(batches, random).map((group) => tallyOf(...group))
      expect(summarize(merged(shuffled(groups, random)), 30), `seed ${seed}`).toEqual(wanted)
      const nested = split(groups, random).map(merged)
      expect(summarize(merged(nested), 30), `seed ${seed}, nested`).toEqual(wanted)
    }
  })

  it('leaves the tally that was added as it was', () => {
    const [left, right] = [tallyOf(batch({ a: 1 }, { x: 1 })), tallyOf(batch({ a: 1 }, { x: 1 }))]
    const before = structuredClone(right)
    addTally(left, right)
    addTally(left, right)
    expect(right).toEqual(before)
  })
})

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item)
}

/** Cuts a list into consecutive parts of random length. */
function split<T>(items: readonly T[], random: () => number): T[][] {
  const parts: T[][] = [[]]
  for (const item of items) {
    if (random() < 0.15) parts.push([])
    parts.at(-1)!.push(item)
  }
  return parts
}
