// Goal: two ends are brought together when somebody waits at each, in turn, and nobody is counted who has gone or forgotten who is there.
// Method: what ends say is said in an order, and who was told to meet whom is written down.

import { beforeEach, expect, it } from 'vitest'
import { Pairs } from '../../js/fibers/shared-pairs.ts'

let pairs: Pairs
let told: [sender: number, receiver: number][]
beforeEach(() => {
  told = []
  pairs = new Pairs((sender, receiver) => told.push([sender, receiver]))
  for (const end of [1, 2, 3]) pairs.enter(end)
})

it('ends take turns, to send and to receive, and none meets itself', () => {
  pairs.hear({ end: 1, room: 4, want: 4 })
  expect(told).toEqual([])
  pairs.hear({ end: 2, room: 4 })
  expect(told).toEqual([
    [2, 1],
    [2, 1],
    [2, 1],
    [2, 1],
  ])
  told.length = 0
  pairs.hear({ end: 2, room: 2 })
  for (let times = 0; times < 4; times++) pairs.hear({ end: 3, want: 1 })
  expect(told).toHaveLength(4)
  expect(new Set(told.slice(0, 2).map(([sender]) => sender)).size).toBe(2)
  expect(new Set(told.slice(2).map(([sender]) => sender)).size).toBe(2)
})

it('who was to hear from an end that has gone waits for another, unless it has heard', () => {
  pairs.hear({ end: 2, want: 2 })
  pairs.hear({ end: 1, room: 2 })
  pairs.hear({ end: 2, came: 1 })
  pairs.leave(1)
  pairs.hear({ end: 3, room: 2 })
  expect(told.splice(0)).toEqual([
    [1, 2],
    [1, 2],
    [3, 2],
  ])
  // It had sent the other one, too.
  pairs.hear({ end: 2, came: 1, want: 1 })
  expect(told).toEqual([])
  pairs.hear({ end: 2, want: 1 })
  expect(told).toEqual([[3, 2]])
})

it('who has nobody to send any more leaves the receiver to others; one that has gone is left to nobody', () => {
  pairs.hear({ end: 2, want: 1 })
  pairs.hear({ end: 1, room: 1 })
  pairs.hear({ end: 1, room: -1 })
  pairs.hear({ end: 3, room: 1 })
  expect(told.splice(0)).toEqual([[1, 2]])
  pairs.hear({ end: 1, unmet: 2, room: 1 })
  expect(told.splice(0)).toEqual([[3, 2]])
  pairs.leave(2)
  pairs.hear({ end: 3, unmet: 2, room: 1 })
  pairs.hear({ end: 3, room: 1 })
  expect(told).toEqual([])
  expect([1, 2, 3].map((end) => pairs.knows(end))).toEqual([true, false, true])
})
