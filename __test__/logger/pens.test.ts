// Pens: one thread has one at a time, and one that has gone has none. Method: the words of other threads are written by hand.

import { threadId } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { Pen, pens, takeFrom } from '../../js/kernel/pens.ts'

/** Where the words of the last place that was named begin: place, holder, writing, opened. */
const wordsOf = (place: string): { pen: Pen; at: number } => {
  const before = Int32Array.from(pens())
  const pen = new Pen(place)
  const at = pens().findIndex((word, at) => at % 4 === 0 && word !== before[at])
  return { pen, at }
}

it('a pen that another thread has cannot be taken until it gives it back', () => {
  const { pen, at } = wordsOf('there')
  const OTHER = threadId + 10
  pens()[at + 1] = OTHER + 1
  expect(pen.take()).toBe(false)
  pens()[at + 1] = 0
  expect(pen.take()).toBe(true)
  expect(pens()[at + 1]).toBe(threadId + 1)
  pen.give()
  expect(pens()[at + 1]).toBe(0)
})

it('a thread that has gone leaves its pens, and the next sees that its line may be half written', () => {
  const { pen, at } = wordsOf('left')
  const OTHER = threadId + 11
  pens()[at + 1] = OTHER + 1
  pens()[at + 2] = 1
  takeFrom(OTHER + 1)
  expect(pen.take()).toBe(false)
  takeFrom(OTHER)
  expect(pen.take()).toBe(true)
  expect(pen.isTorn).toBe(true)
  pen.write(false)
  pen.give()
  expect(pen.isTorn).toBe(false)
})

it('one place has one pen, another has another, and more places than there is room for share some', () => {
  const [a, again] = [new Pen('one place'), new Pen('one place')]
  const { opened } = again
  a.reopen()
  expect(again.opened).toBe(opened + 1)
  const many = Array.from({ length: 200 }, (_, n) => new Pen(`place ${n}`))
  for (const pen of many) {
    expect(pen.take()).toBe(true)
    pen.give()
  }
  expect(new Pen('another').opened).toBe(0)
})
