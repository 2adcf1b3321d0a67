// Rival `nact`: stateless actors, each named, for names by chance collide among a hundred thousand. It takes every message in a
// pass of the event loop of its own.

import { dispatch, spawnStateless, start, stop } from 'nact'
import { FAN_IN, PAIRS, PARKED, PING_PONG, RING, SPAWN_EXIT, small } from '../workloads.js'
import { counted, runLocal } from './local-rows.js'

/** @typedef {import('nact').ActorSystemRef} System */
/** @template M @typedef {import('nact').Ref<M>} Ref */

const system = start()
let named = 0

/**
 * @template M
 * @param {(message: M) => void} body
 * @returns {Ref<M>}
 */
const actor = (body) => /** @type {Ref<M>} */ (spawnStateless(system, body, `actor-${named++}`))

/**
 * Two actors that play; `done` is called by each.
 *
 * @param {number} trips
 * @param {() => void} done
 */
function pair(trips, done) {
  let [pings, pongs] = [0, 0]
  /** @type {Ref<{ i: number }>} */
  const ponger = actor((message) => {
    dispatch(pinger, message)
    if (++pongs < trips) return
    stop(ponger)
    done()
  })
  /** @type {Ref<{ i: number }>} */
  const pinger = actor(() => {
    if (++pings < trips) return dispatch(ponger, small(pings))
    stop(pinger)
    done()
  })
  dispatch(ponger, small(0))
}

/** @param {number} hops @param {() => void} done */
function ring(hops, done) {
  /** @type {Ref<number>[]} */
  const members = Array.from({ length: RING.size }, (_, at) =>
    actor((left) => {
      if (left > 0) return dispatch(next(at), left - 1)
      for (const member of members) stop(member)
      done()
    }),
  )
  const next = (/** @type {number} */ at) => /** @type {Ref<number>} */ (members[(at + 1) % RING.size])
  dispatch(next(0), hops)
}

function fanIn() {
  const { producers, burst, bursts } = FAN_IN
  let [got, rounds] = [0, 0]
  let done = () => {}
  /** @type {Ref<number>} */
  const consumer = actor(() => {
    if (++got < producers * burst) return
    got = 0
    if (++rounds < bursts) return go()
    rounds = 0
    done()
  })
  const all = Array.from({ length: producers }, () =>
    actor(() => {
      for (let i = 0; i < burst; i++) dispatch(consumer, i)
    }),
  )
  const go = () => {
    for (const producer of all) dispatch(producer, 'go')
  }
  return (/** @type {() => void} */ then) => {
    done = then
    go()
  }
}

/** @param {() => void} done */
function spawnExit(done) {
  let [ended, times] = [0, 0]
  /** @type {Ref<number>} */
  const spawner = actor(() => {
    if (++ended < SPAWN_EXIT.alive) return
    ended = 0
    if (++times < SPAWN_EXIT.times) return begin()
    stop(spawner)
    done()
  })
  const begin = () => {
    const actors = Array.from({ length: SPAWN_EXIT.alive }, () => {
      /** @type {Ref<number>} */
      const one = actor((message) => {
        dispatch(spawner, message)
        stop(one)
      })
      return one
    })
    for (const one of actors) dispatch(one, times)
  }
  begin()
}

/** @param {number} count @param {(actors: readonly unknown[]) => void} done */
function park(count, done) {
  let answers = 0
  /** @type {Ref<number>} */
  const spawner = actor(() => {
    if (++answers === count) done(actors)
  })
  const actors = Array.from({ length: count }, () =>
    actor((/** @type {number} */ message) => void dispatch(spawner, message)),
  )
  for (const [i, one] of actors.entries()) dispatch(one, i)
}

/** @param {import('../measure.js').Measure} tools */
export const run = async (tools) => {
  const sample = await runLocal(tools, {
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
  stop(system)
  return sample
}
