import { describe, expect, it } from 'vitest'
import { Handout } from '../../examples/census/handout.js'
import { seeded } from '../fixtures/random.mjs'

describe('Handout', () => {
  it('hands out in order and is done when all is answered', () => {
    const handout = new Handout([['a', 'b'], ['c']])
    const [first, second] = [handout.next()!, handout.next()!]
    expect([first.paths, second.paths, handout.next()]).toEqual([['a', 'b'], ['c'], undefined])
    expect(handout.settle(second.id)).toBe(true)
    expect(handout.done).toBe(false)
    expect(handout.settle(first.id)).toBe(true)
    expect(handout.done).toBe(true)
  })

  it('is done at once without files', () => {
    const handout = new Handout([])
    expect([handout.done, handout.next()]).toEqual([true, undefined])
  })

  it('takes an answer once, and ignores the end of a process that has answered', () => {
    const handout = new Handout([['a']])
    const { id } = handout.next()!
    expect([handout.settle(id), handout.settle(id)]).toEqual([true, false])
    handout.fail(id, 'normal')
    expect([handout.done, handout.next(), handout.problems]).toEqual([true, undefined, []])
  })

  it('hands a failed batch out again after the others, and refuses its late answer', () => {
    const handout = new Handout([['a', 'b'], ['c']])
    const first = handout.next()!
    handout.fail(first.id, 'killed')
    expect(handout.next()!.paths).toEqual(['c'])
    const again = handout.next()!
    expect(again.paths).toEqual(['a', 'b'])
    expect([handout.settle(first.id), handout.settle(again.id)]).toEqual([false, true])
  })

  it('singles out the files of a batch that failed twice, one at a time and alone', () => {
    const handout = new Handout([['a', 'b'], ['c']])
    handout.fail(handout.next()!.id, 'killed')
    const other = handout.next()!
    handout.fail(handout.next()!.id, 'killed')
    expect(handout.next()).toBeUndefined()
    handout.settle(other.id)
    const suspect = handout.next()!
    expect(suspect.paths).toHaveLength(1)
    expect(handout.next()).toBeUndefined()
    handout.settle(suspect.id)
    expect(handout.next()!.paths).toHaveLength(1)
  })

  it('reports a file that ends its process every time, with the last reason, and counts its neighbours', () => {
    const handout = new Handout([
      ['poison', 'a', 'b'],
      ['c', 'd'],
    ])
    const counted: string[] = []
    let rounds = 0
    for (let batch = handout.next(); batch; batch = handout.next()) {
      rounds += 1
      if (batch.paths.includes('poison')) handout.fail(batch.id, `scheduler-down ${rounds}`)
      else if (handout.settle(batch.id)) counted.push(...batch.paths)
    }
    expect(counted.toSorted()).toEqual(['a', 'b', 'c', 'd'])
    expect(handout.problems).toEqual([
      {
        path: 'poison',
        code: 'gave-up',
        reason: expect.stringMatching(/^its process ended 5 times, last: scheduler-down \d+$/),
      },
    ])
    expect(handout.done).toBe(true)
  })

  it('forgives as many failures more as it is told to', () => {
    const deaths = (forgiven: number) => {
      const handout = new Handout([['a']], forgiven)
      for (let batch = handout.next(); batch; batch = handout.next()) handout.fail(batch.id, 'killed')
      expect(handout.problems).toHaveLength(1)
      expect(handout.problems[0]!.reason).toContain(`ended ${handout.failures} times`)
      return handout.failures
    }
    expect([deaths(0), deaths(3)]).toEqual([5, 11])
  })

  it('counts or reports every file exactly once, however processes die', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = seeded(seed)
      const deadly = random() * 0.9
      const batches = Array.from({ length: Math.floor(random() * 12) }, (_, batch) =>
        Array.from({ length: 1 + Math.floor(random() * 5) }, (__, file) => `${batch}/${file}`),
      )
      expect(survivors(new Handout(batches), random, deadly), `seed ${seed}`).toEqual(batches.flat().toSorted())
    }
  })
})

/** Runs a hand-out with several batches in the air, answers and ends coming in any order; returns what became of the files. */
function survivors(handout: Handout, random: () => number, deadly: number): string[] {
  const files: string[] = []
  const out: { id: number; paths: readonly string[] }[] = []
  for (let steps = 0; !handout.done; steps += 1) {
    if (steps > 100_000) throw new Error('the hand-out does not end')
    const batch = out.length < 4 ? handout.next() : undefined
    if (batch) out.push(batch)
    if (out.length === 0 || random() < 0.4) continue
    const [ended] = out.splice(Math.floor(random() * out.length), 1)
    if (random() >= deadly && handout.settle(ended!.id)) files.push(...ended!.paths)
    handout.fail(ended!.id, 'killed')
  }
  return [...files, ...handout.problems.map(({ path }) => path)].toSorted()
}
