// Owns the message storm that several soaks run under: pairs that bounce a message for ever, here and across threads.

import { define, send } from 'rumpus'

/**
 * @typedef {import('rumpus').Pid<number>} Partner
 * @typedef {import('rumpus').Self<number>} Player
 */

/** Messages that each pair across threads keeps in the air. */
const IN_AIR = 8

/** Sends back whatever comes, to the one given. */
export const echo = define(import.meta.url, 'echo', async (/** @type {Player} */ self) => {
  for (;;) {
    const from = await self.receive()
    send(/** @type {Partner} */ (from), self.pid)
  }
})

/** Keeps messages in the air between itself and an echo, whose end is its own. */
export const player = define(
  import.meta.url,
  'player',
  async (/** @type {Player} */ self, /** @type {Partner} */ partner) => {
    self.link(partner)
    for (let i = 0; i < IN_AIR; i++) send(partner, self.pid)
    for (;;) {
      await self.receive()
      send(partner, self.pid)
    }
  },
)

/**
 * Starts pairs that play on this scheduler until `storm.over`.
 *
 * @template M
 * @param {import('rumpus').Self<M>} self
 * @param {number} pairs
 * @param {{ over: boolean }} storm
 */
export function startLocalPairs(self, pairs, storm) {
  for (let i = 0; i < pairs; i++) {
    /** @type {Partner} */
    const first = self.spawn((/** @type {Player} */ me) => play(me, () => second, storm))
    /** @type {Partner} */
    const second = self.spawn((/** @type {Player} */ me) => play(me, () => first, storm))
    send(first, 0)
  }
}

/**
 * @param {Player} me
 * @param {() => Partner} partner
 * @param {{ over: boolean }} storm
 */
async function play(me, partner, storm) {
  while (!storm.over) send(partner(), (await me.receive()) + 1)
}
