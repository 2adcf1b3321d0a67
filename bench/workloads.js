// Owns the amounts: how much each row does in a round, and what its messages are. Cases and rivals read the same figures,
// so that both do the same work: that of the reference floors where these have the row.

/** A small object, as the local rows send it. @param {number} i */
export const small = (i) => ({ i })

/** A flat record, as a server would send it. @param {number} i */
const record = (i) => ({ type: 'job', id: i, path: '/users/42/orders', ok: true })

/** @typedef {{ messages: number, make: (i: number) => Payload }} Cross */
/** @typedef {number | Uint8Array | { type: string, id: number, path: string, ok: boolean }} Payload */

/** Round trips of one pair. */
export const PING_PONG = 400_000
/** Hops, and how many processes they go around. */
export const RING = { hops: 1_000_000, size: 500 }
/** Messages that wait, and how often one behind them is looked for. */
export const SELECTIVE = { waiting: 10_000, looks: 200, replies: 20_000 }
/** Pairs, and round trips of each. */
export const PAIRS = { pairs: 1000, trips: 500 }
/** Producers, how many messages each sends when it is told to go, and how often that is. */
export const FAN_IN = { producers: 100, burst: 10, bursts: 200 }
/** Messages that are taken without waiting. */
export const DRAIN = 10_000
/** Processes that are alive at a time, and how often so many are started. */
export const SPAWN_EXIT = { alive: 1000, times: 50 }
/** Fibers that are forked and joined, one after the other. */
export const FORKS = 200_000
/** Times that a lock is taken. */
export const LOCKS = 400_000
/** Effects that are performed, one after the other. */
export const PERFORMS = 400_000
/** Items of a stream: how many before the other side has its turn, and how often that is. */
export const ITEMS = { burst: 100, bursts: 4000 }
/** Items of a stream to another core, and how many it holds. */
export const CROSS_ITEMS = { count: 200_000, capacity: 4096 }
/** Processes that have answered once and wait; fibers that wait. */
export const PARKED = 100_000
/** Timers that wait meanwhile, and pairs of setting one and cancelling it. */
export const TIMERS = { pending: 100_000, pairs: 100_000 }
/** Lines that are logged one after the other, and how often that is; what one says. */
export const LINES = { burst: 100, bursts: 200, text: 'an order was shipped' }
/** @param {number} n */
export const order = (n) => ({ order: n, amount: 12.5, user: 'ada' })
/** Times that a process is linked and unlinked, or monitored and no longer. */
export const TIES = 100_000
/** Processes of another thread that are on their way at a time, and all together. */
export const CROSS_SPAWN = { inFlight: 1000, processes: 20_000 }

/** Questions and casts to a server; questions across; what waits in the asker's inbox meanwhile. */
export const SERVER = { calls: 100_000, casts: 200_000, backlog: 10_000 }
/** Keys of a registry, and how often one of them is looked up. */
export const REGISTRY = { keys: 100, lookups: 500_000 }
/** Keys of a store, and how often one of them is read or updated. */
export const STORE = { keys: 100, operations: 200_000 }
/** Members of a group, and how often something is published for them. */
export const PUBLISH = { members: 1000, times: 200 }
/** Restarts of a child of a supervisor, and how many within one period. */
export const RESTARTS = { few: 1000, many: 10_000 }

/** Round trips, or messages one way, between two threads. @type {Record<string, Cross>} */
export const CROSS = {
  'ping-pong': { messages: 20_000, make: record },
  stream: { messages: 200_000, make: record },
  'stream-int': { messages: 300_000, make: (i) => i },
  'stream-1k': { messages: 60_000, make: () => new Uint8Array(1024) },
  'stream-64k': { messages: 4_000, make: () => new Uint8Array(65_536) },
}

/**
 * Jobs of the steal rows. `costUs` is what a job computes, in microseconds of `spin`; `sleepMs` what it sleeps before.
 *
 * @typedef {{ jobs: number, sleepMs: number, costUs: (i: number) => number }} Jobs
 * @type {Record<string, Jobs>}
 */
export const STEAL = {
  // Every twentieth costs a hundred times as much: 50 µs and 5 ms, 0.6 s together.
  unequal: { jobs: 2000, sleepMs: 0, costUs: (i) => (i % 20 === 19 ? 5000 : 50) },
  async: { jobs: 1000, sleepMs: 1, costUs: () => 1000 },
}

/**
 * Tasks that ordinary code gives to other threads, each a number of blocks for `spin`, which is its answer too. `costUs` is
 * what a task computes, in microseconds; `inFlight` how many wait for their answers at a time.
 *
 * @typedef {{ tasks: number, inFlight: number, costUs: (i: number) => number }} Tasks
 * @type {Record<string, Tasks>}
 */
export const OFFLOAD = {
  trivial: { tasks: 20_000, inFlight: 100, costUs: () => 0 },
  // As those of `steal/unequal`, given all at once: 50 µs and 5 ms, 0.3 s together.
  unequal: { tasks: 1000, inFlight: 1000, costUs: (i) => (i % 20 === 19 ? 5000 : 50) },
}

/** The jobs of a row, by its name in `STEAL`. @param {string} name */
export function jobsOf(name) {
  const jobs = STEAL[name]
  if (jobs === undefined) throw new Error(`Workload unknown: wanted one of ${Object.keys(STEAL)}, got ${name}`)
  return jobs
}

/** The messages of a row, by its name in `CROSS`. @param {string} name */
export function crossOf(name) {
  const cross = CROSS[name]
  if (cross === undefined) throw new Error(`Workload unknown: wanted one of ${Object.keys(CROSS)}, got ${name}`)
  return cross
}

/** The tasks of a row, by its name in `OFFLOAD`. @param {string} name */
export function tasksOf(name) {
  const tasks = OFFLOAD[name]
  if (tasks === undefined) throw new Error(`Workload unknown: wanted one of ${Object.keys(OFFLOAD)}, got ${name}`)
  return tasks
}
