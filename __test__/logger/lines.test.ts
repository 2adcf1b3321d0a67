// The ring of lines against a list: what was added comes out whole, once and in order, whatever is in the air and wherever the ring turns
// round; and what a thread leaves behind is exactly what nobody had begun to write.

import { expect, it } from 'vitest'
import { Lines, newLineMemory } from '../../js/kernel/lines.ts'

/** Numbers below a bound, by a seed. */
const chanceOf = (seed: number): ((below: number) => number) => {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

for (let seed = 1; seed <= 10; seed++) {
  it(`lines come out as they went in (seed ${seed})`, () => {
    const chance = chanceOf(seed)
    const capacity = 64 + chance(400)
    const memory = newLineMemory(capacity)
    const lines = new Lines(memory)
    /** Those that are in the ring, and how many of them are in the air. */
    let waiting: string[] = []
    let flying = 0
    let refused = 0
    for (let step = 0; step < 1500; step++) {
      const what = chance(10)
      if (what < 6) {
        const line = `${step}${chance(4) === 0 ? 'ü€😀'.repeat(chance(4)) : '-'.repeat(chance(40))}\n`
        const used = Buffer.byteLength(waiting.join(''))
        const isAdded = lines.add(line)
        if (isAdded) waiting.push(line)
        else {
          refused++
          // There is never room for it in one piece, if it takes as much as half of what is there beside what waits.
          expect(Buffer.byteLength(line) * 2 + used + 2).toBeGreaterThan(capacity / 2)
        }
      } else if (what < 8 && flying === 0 && !lines.isEmpty) {
        const piece = lines.fly().toString()
        flying = piece.split('\n').length - 1
        expect(piece).toBe(waiting.slice(0, flying).join(''))
        expect(flying).toBeGreaterThan(0)
      } else if (what === 8 && flying > 0) {
        lines.landed()
        waiting = waiting.slice(flying)
        flying = 0
      } else if (what === 9 && chance(20) === 0) {
        let drained = ''
        lines.drain((piece) => {
          drained += piece.toString()
        })
        expect(drained).toBe(waiting.slice(flying).join(''))
        waiting = waiting.slice(0, flying)
      }
      // As a host sees it, at any moment.
      const left = new Lines(memory).left()
      expect([`${left.flying}`, `${left.waiting}`]).toEqual(
        [0, flying].map((from, at) => waiting.slice(from, at === 0 ? flying : undefined).join('')),
      )
      expect(lines.isEmpty).toBe(waiting.length === 0)
      expect(lines.added - lines.removed).toBe(Buffer.byteLength(waiting.join('')))
    }
    expect(refused).toBeGreaterThan(0)
  })
}
