// Memory comes back: rounds of a million processes that come and go, and of a backlog of a million messages that drains, here
// and on another scheduler; the third ends no more than 5 % above the first. What V8 keeps in reserve goes up and down by
// more than that, without us too; what is lost never comes back: so the best of a few tries counts.

import { define, run as runRumpus, send } from 'rumpus'
import { memoryWatch } from '../memory.js'
import { check } from './windows.js'

const COUNT = 1_000_000
const ROUNDS = 3
const LIMIT_PERCENT = 5
const TRIES = 4
/** Processes alive at a time. */
const WAVE = 10_000

/**
 * @typedef {import('rumpus').Self<any>} Self
 * @typedef {import('rumpus').Pid<any>} Pid
 */

const passing = define(import.meta.url, 'passing', (/** @type {Self} */ _, /** @type {Pid} */ to) => send(to, 0))

/** Takes what has come when it is told how much there is, to the last. */
async function drainBody(/** @type {Self} */ self, /** @type {Pid} */ to) {
  await self.receive({ match: (/** @type {unknown} */ message) => message === 'go' })
  for (let i = 0; i < COUNT; i++) await self.receive()
  send(to, 'drained')
}

const drain = define(import.meta.url, 'drain', drainBody)

/** @type {Record<string, (self: Self) => Promise<unknown>>} */
const KINDS = {
  'processes that come and go': (self) => waves(self, () => self.spawn(() => send(self.pid, 0))),
  'processes that come and go on all schedulers': (self) => waves(self, () => self.spawn(passing, self.pid)),
  'messages that wait and are taken': (self) =>
    backlog(
      self,
      self.spawn((/** @type {Self} */ me) => drainBody(me, self.pid)),
    ),
  'messages that wait and are taken on another scheduler': (self) =>
    backlog(self, self.spawn(drain.with({ on: 1 }), self.pid)),
}

/** Collects on its thread. */
const collector = define(import.meta.url, 'collector', async (/** @type {Self} */ _, /** @type {Pid} */ to) => {
  await memoryWatch()()
  send(to, 'collected')
})

export const run = () =>
  runRumpus(async (/** @type {Self} */ self) => {
    /** @type {import('./windows.js').Check[]} */
    const checks = []
    for (const [what, round] of Object.entries(KINDS)) {
      await round(self)
      let least = Number.POSITIVE_INFINITY
      for (let i = 0; i < TRIES && least > LIMIT_PERCENT; i++) least = Math.min(least, await growthOf(self, round))
      checks.push(check(`memory after round ${ROUNDS} of ${COUNT} ${what}`, least, LIMIT_PERCENT, '% above the first'))
    }
    return checks
  })

/**
 * How much more memory there is after the last round than after the first, in per cent.
 *
 * @param {Self} self
 * @param {(self: Self) => Promise<unknown>} round
 */
async function growthOf(self, round) {
  const settledBytes = memoryWatch()
  const seats = self.runtime.inspect().schedulers.slice(1)
  /** @type {number[]} */
  const bytes = []
  while (bytes.length < ROUNDS) {
    await round(self)
    for (const { id } of seats) self.spawn(collector.with({ on: id }), self.pid)
    for (const _ of seats) await self.receive()
    bytes.push(await settledBytes())
  }
  return ((bytes.at(-1) ?? Number.NaN) / (bytes[0] ?? Number.NaN) - 1) * 100
}

/** @param {Self} self @param {() => unknown} spawn */
async function waves(self, spawn) {
  for (let i = 0; i < COUNT; i += WAVE) {
    for (let j = 0; j < WAVE; j++) spawn()
    for (let j = 0; j < WAVE; j++) await self.receive()
  }
}

/** @param {Self} self @param {Pid} pid */
async function backlog(self, pid) {
  for (let i = 0; i < COUNT; i++) send(pid, { i, text: 'a message of the backlog' })
  send(pid, 'go')
  await self.receive()
}
