// Rival `xstate`: actors of transition functions, the lightest that it has. They call each other: `send` runs the receiver, unless
// that is at work already. Its messages are events with a type.

import { createActor, fromTransition } from 'xstate'
import { FAN_IN, PAIRS, PARKED, PING_PONG, RING, SPAWN_EXIT } from '../workloads.js'
import { counted, runLocal } from './local-rows.js'

/** @typedef {{ type: 'message', i: number }} Message */
/** @typedef {{ send: (event: Message) => void, stop: () => unknown }} Actor */

/** @param {number} i @returns {Message} */
const message = (i) => ({ type: 'message', i })

/**
 * @param {(event: Message) => void} body
 * @returns {Actor}
 */
const actor = (body) =>
  createActor(
    fromTransition((state, /** @type {Message} */ event) => {
      // Its own stop is an event, too.
      if (event.type === 'message') body(event)
      return state
    }, undefined),
  ).start()

/**
 * Two actors that play; `done` is called by each.
 *
 * @param {number} trips
 * @param {() => void} done
 */
function pair(trips, done) {
  let [pings, pongs] = [0, 0]
  const ponger = actor((event) => {
    pinger.send(event)
    if (++pongs < trips) return
    ponger.stop()
    done()
  })
  const pinger = actor(() => {
    if (++pings < trips) return ponger.send(message(pings))
    pinger.stop()
    done()
  })
  ponger.send(message(0))
}

/** @param {number} hops @param {() => void} done */
function ring(hops, done) {
  const members = Array.from({ length: RING.size }, (_, at) =>
    actor(({ i }) => {
      if (i > 0) return members[(at + 1) % RING.size]?.send(message(i - 1))
      for (const member of members) member.stop()
      done()
    }),
  )
  members[0]?.send(message(hops))
}

function fanIn() {
  const { producers, burst, bursts } = FAN_IN
  let [got, rounds] = [0, 0]
  let done = () => {}
  const consumer = actor(() => {
    if (++got < producers * burst) return
    got = 0
    if (++rounds < bursts) return queueMicrotask(go)
    rounds = 0
    done()
  })
  const all = Array.from({ length: producers }, () =>
    actor(() => {
      for (let i = 0; i < burst; i++) consumer.send(message(i))
    }),
  )
  // Apart, for the last producer is still at work when the consumer has all.
  const go = () => {
    for (const producer of all) producer.send(message(0))
  }
  return (/** @type {() => void} */ then) => {
    done = then
    go()
  }
}

/** @param {() => void} done */
function spawnExit(done) {
  let [ended, times] = [0, 0]
  const spawner = actor(() => {
    if (++ended < SPAWN_EXIT.alive) return
    ended = 0
    if (++times < SPAWN_EXIT.times) return queueMicrotask(begin)
    spawner.stop()
    done()
  })
  const begin = () => {
    const actors = Array.from({ length: SPAWN_EXIT.alive }, () => {
      const one = actor((event) => {
        spawner.send(event)
        one.stop()
      })
      return one
    })
    for (const one of actors) one.send(message(times))
  }
  begin()
}

/** @param {number} count @param {(actors: readonly unknown[]) => void} done */
function park(count, done) {
  let answers = 0
  const spawner = actor(() => {
    if (++answers === count) queueMicrotask(() => done(actors))
  })
  const actors = Array.from({ length: count }, () => actor((event) => spawner.send(event)))
  for (const [i, one] of actors.entries()) one.send(message(i))
}

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  runLocal(tools, {
    pingPong: () => (done) => pair(PING_PONG, counted(2, done)),
    ring: () => (done) => ring(RING.hops, done),
    pairs: () => (done) => {
      const all = counted(2 * PAIRS.pairs, done)
      for (let i = 0; i < PAIRS.pairs; i++) pair(PAIRS.trips, all)
    },
    fanIn,
    spawnExit: () => spawnExit,
    park: () => new Promise((resolve) => park(PARKED, resolve)),
  })
