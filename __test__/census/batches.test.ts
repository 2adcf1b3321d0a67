import { expect, it } from 'vitest'
import { batchesOf } from '../../examples/census/batches.js'
import { seeded } from '../fixtures/random.mjs'

const MEBIBYTE = 1024 * 1024

it('batchesOf puts every file into exactly one batch, whatever the sizes', () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const random = seeded(seed)
    const files = Array.from({ length: Math.floor(random() * 500) }, (_, index) => ({
      path: `file-${index}`,
      size: Math.floor(random() ** 6 * 4 * MEBIBYTE),
    }))
    const paths = batchesOf(files).flat()
    expect(paths.toSorted(), `seed ${seed}`).toEqual(files.map(({ path }) => path).toSorted())
    expect(
      batchesOf(files).every((batch) => batch.length > 0 && batch.length <= 128),
      `seed ${seed}`,
    ).toBe(true)
  }
})

it('batchesOf hands out the largest first and keeps neighbours together', () => {
  const small = Array.from({ length: 4 }, (_, index) => ({ path: `small-${index}`, size: 10 }))
  const large = { path: 'large', size: 8 * MEBIBYTE }
  expect(batchesOf([...small, large])).toEqual([['large'], ['small-0', 'small-1', 'small-2', 'small-3']])
})

it('batchesOf cuts a small job finely enough to share', () => {
  const files = Array.from({ length: 1000 }, (_, index) => ({ path: `${index}`, size: 8 * 1024 }))
  expect(batchesOf(files).length).toBeGreaterThan(100)
  expect(batchesOf([])).toEqual([])
})
