// libuv is never starved: under a message storm a 10 ms interval comes in time and an HTTP request is served, on the host
// and on a scheduler thread. Once with as many busy threads as cores, once with one more: then the system's own time
// slices come on top.

import { once } from 'node:events'
import { createServer, get } from 'node:http'
import { availableParallelism } from 'node:os'
import { define, run as runRumpus, send } from 'rumpus'
import { quantileOf } from '../statistics.js'
import { now } from './clock.js'
import { echo, player, startLocalPairs } from './storm.js'
import { check, checkWindows } from './windows.js'

const LATE_LIMIT_MS = 5
const CROWDED_LIMIT_MS = 10
const HTTP_LIMIT_MS = 1000
const INTERVAL_MS = 10
const WINDOW_MS = 3000
const WINDOWS = 2
const LOCAL_PAIRS = 20

/** @typedef {{ late: number, slowest: number }} Seen */

const watcher = define(
  import.meta.url,
  'watcher',
  async (/** @type {import('rumpus').Self<never>} */ self, /** @type {import('rumpus').Pid<Seen>} */ parent) => {
    send(parent, await underStorm(self))
  },
)

export async function run() {
  const cores = Math.max(2, availableParallelism())
  return [...(await runStorm(cores - 1, LATE_LIMIT_MS)), ...(await runStorm(cores, CROWDED_LIMIT_MS))]
}

/**
 * A storm on the host and on so many schedulers.
 *
 * @param {number} schedulers
 * @param {number} limit - of the lateness, ms
 */
const runStorm = (schedulers, limit) =>
  runRumpus(
    async (/** @type {import('rumpus').Self<Seen>} */ self) => {
      for (let seat = 1; seat <= schedulers; seat++) {
        self.spawn(player.with({ on: 0 }), self.spawn(echo.with({ on: seat })))
      }
      const busy = `of ${schedulers + 1} busy threads`
      const onHost = await look(`the host ${busy}`, limit, () => underStorm(self))
      const onScheduler = await look(`a scheduler ${busy}`, limit, () => {
        self.spawn(watcher.with({ on: 1 }), self.pid)
        return self.receive()
      })
      return [...onHost, ...onScheduler]
    },
    { schedulers },
  )

/**
 * @param {string} where
 * @param {number} limit
 * @param {() => Promise<Seen>} window
 */
async function look(where, limit, window) {
  let slowest = 0
  const late = await checkWindows({ windows: WINDOWS, limit, unit: 'ms' }, async () => {
    const seen = await window()
    slowest = Math.max(slowest, seen.slowest)
    return { [`interval of ${INTERVAL_MS} ms on ${where}, p99 lateness`]: seen.late }
  })
  return [...late, check(`slowest HTTP request on ${where}`, slowest, HTTP_LIMIT_MS, 'ms')]
}

/**
 * What an interval and an HTTP server of this thread see while its processes send all they can.
 *
 * @template M
 * @param {import('rumpus').Self<M>} self
 * @returns {Promise<Seen>}
 */
async function underStorm(self) {
  const storm = { over: false }
  startLocalPairs(self, LOCAL_PAIRS, storm)
  /** @type {number[]} */
  const late = []
  let last = now()
  const interval = setInterval(() => {
    late.push(now() - last - INTERVAL_MS)
    last = now()
  }, INTERVAL_MS)
  const times = await requestFor(WINDOW_MS)
  clearInterval(interval)
  storm.over = true
  if (times.length === 0) throw new Error('Storm starves: wanted HTTP requests to be served, got none')
  return { late: quantileOf(late, 0.99), slowest: Math.max(...times) }
}

/**
 * Requests one after the other for a while; answers how long each took.
 *
 * @param {number} ms
 */
async function requestFor(ms) {
  const server = createServer((_request, response) => void response.end('served')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const until = now() + ms
  /** @type {number[]} */
  const times = []
  while (now() < until) {
    const start = now()
    const [response] = await once(get({ port, host: '127.0.0.1', agent: false }), 'response')
    await once(response.resume(), 'end')
    times.push(now() - start)
  }
  server.close()
  return times
}
