// The registry: every row of the table, the module that runs it, its rivals, and what it must reach. A module has one
// `run`; what differs between rows that share one stands in `params`.

import { FIBER_ROWS } from './fiber-rows.js'
import {
  atMost,
  FLOOR_ROW,
  faster,
  fasterThanAll,
  shareOf,
  timesBest,
  timesFloor,
  timesRival,
  timesRow,
} from './reach.js'
import { ERLANG } from './rivals/erlang.js'
import { STORE_ROWS } from './store-rows.js'
import { RESTARTS } from './workloads.js'

/** What does not count of the steal rows: while V8 compiles, its own threads want the cores too. */
const STEAL_WARM_MS = 4000

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} unit - of the figure; a cost, lower is better, unless it is `x`
 * @property {string} module - the file in `cases/`
 * @property {readonly string[]} rivals - the files in `rivals/`, which are named in lower case
 * @property {import('./reach.js').Reach} reach
 * @property {Readonly<Record<string, unknown>>} [params] - for the case and its rivals
 * @property {Readonly<Record<string, string>>} [env] - for the case alone
 * @property {readonly Readonly<Record<string, unknown>>[]} [legs] - two runs with these parameters; the figure is the first over the second
 * @property {string} [needs] - a row that must run before
 */

/** What else takes tasks from ordinary code to other threads. */
const POOLS = ['piscina', 'tinypool', 'poolifier', 'workerpool']

/** Other libraries of processes: shown beside our local rows, with nothing to reach. */
const LIBRARIES = ['effect', 'nact', 'xstate']

/**
 * @param {string} name
 * @param {number} times
 * @returns {Row}
 */
const stream = (name, times) => ({
  name: `cross/${name}`,
  unit: 'ns/message',
  module: 'cross-stream',
  rivals: ['postMessage'],
  params: { stream: name, figure: 'time' },
  reach: faster(times, 'postMessage'),
})

/**
 * @param {string} name
 * @returns {Row}
 */
const steal = (name) => ({
  name: `steal/${name}`,
  unit: 'x',
  module: 'steal',
  rivals: ['threads'],
  params: { steal: name, warmMs: STEAL_WARM_MS },
  legs: [{ schedulers: 1 }, { schedulers: 2 }],
  reach: shareOf(0.95, 'threads'),
})

/**
 * @param {string} name
 * @param {string} verb - what is done and undone
 * @returns {Row}
 */
const ties = (name, verb) => ({
  name: `local/${name}`,
  unit: 'ns/pair',
  module: 'local-ties',
  rivals: [],
  params: { verb },
  reach: timesFloor(3),
  needs: FLOOR_ROW,
})

/** The restart row whose supervisor starts anew with each round. */
const RESTART_ROW = 'supervisor/restart'

/** @type {readonly Row[]} */
export const ROWS = [
  {
    name: FLOOR_ROW,
    unit: 'ns/message',
    module: 'local-ping-pong',
    rivals: ['floor', ...LIBRARIES],
    params: { row: FLOOR_ROW },
    reach: timesRival(1.5, 'floor'),
  },
  {
    name: 'local/ring-500',
    unit: 'ns/hop',
    module: 'local-ring',
    rivals: ['floor', ...LIBRARIES],
    params: { row: 'local/ring-500' },
    reach: timesRival(1.5, 'floor'),
  },
  {
    name: 'local/pairs-1000',
    unit: 'ns/message',
    module: 'local-pairs',
    rivals: ['floor', ...LIBRARIES],
    params: { row: 'local/pairs-1000' },
    reach: timesRival(1.5, 'floor'),
  },
  {
    name: 'local/fan-in-100',
    unit: 'ns/message',
    module: 'local-fan-in',
    rivals: ['floor', ...LIBRARIES],
    params: { row: 'local/fan-in-100' },
    reach: timesRival(2, 'floor'),
  },
  {
    name: 'local/drain',
    unit: 'ns/message',
    module: 'local-drain',
    rivals: [],
    reach: timesFloor(1),
    needs: FLOOR_ROW,
  },
  {
    name: 'local/spawn-exit',
    unit: 'ns/process',
    module: 'local-spawn-exit',
    rivals: ['floor', ...LIBRARIES],
    params: { row: 'local/spawn-exit' },
    reach: timesRival(2, 'floor'),
  },
  {
    name: 'local/memory-parked',
    unit: 'bytes/process',
    module: 'local-memory-parked',
    rivals: ['floor', ...LIBRARIES],
    params: { row: 'local/memory-parked' },
    reach: timesRival(1.25, 'floor'),
  },
  ...FIBER_ROWS,
  ties('link-unlink', 'link'),
  ties('monitor-demonitor', 'monitor'),
  {
    name: 'local/ping-pong-native-lane',
    unit: 'ns/message',
    module: 'local-ping-pong',
    rivals: [],
    env: { RUMPUS_LANE: 'native' },
    reach: timesFloor(5),
    needs: FLOOR_ROW,
  },
  {
    name: 'local/receive-timeout',
    unit: 'ns/message',
    module: 'local-ping-pong',
    rivals: [],
    params: { guardMs: 5000 },
    reach: timesRow(1.5, FLOOR_ROW),
    needs: FLOOR_ROW,
  },
  {
    name: 'local/selective',
    unit: 'ns/skipped',
    module: 'local-selective',
    rivals: [],
    params: { marker: false },
    reach: timesFloor(0.1),
    needs: FLOOR_ROW,
  },
  {
    name: 'local/selective-marker',
    unit: 'ns/reply',
    module: 'local-selective',
    rivals: [],
    params: { marker: true },
    reach: timesFloor(6),
    needs: FLOOR_ROW,
  },
  { name: 'local/crossings', unit: 'calls/message', module: 'local-crossings', rivals: [], reach: atMost(0.02) },
  { name: 'local/turn-gap', unit: 'ms', module: 'local-turn-gap', rivals: [], reach: atMost(2) },
  {
    name: 'cross/ping-pong',
    unit: 'ns/round trip',
    module: 'cross-ping-pong',
    rivals: ['postMessage'],
    params: { stream: 'ping-pong' },
    reach: faster(40, 'postMessage'),
  },
  stream('stream', 6),
  stream('stream-int', 5),
  stream('stream-1k', 2),
  stream('stream-64k', 1),
  {
    name: 'cross/wakeups',
    unit: 'wakes/1000',
    module: 'cross-stream',
    rivals: [],
    params: { stream: 'stream', figure: 'wakeups' },
    reach: atMost(5),
  },
  {
    name: 'cross/send-name',
    unit: 'ns/message',
    module: 'cross-stream',
    rivals: [],
    params: { stream: 'stream', figure: 'time', named: true },
    reach: timesRow(1.2, 'cross/stream'),
    needs: 'cross/stream',
  },
  {
    name: 'timer/start-cancel',
    unit: 'ns/pair',
    module: 'timer-start-cancel',
    rivals: ['setTimeout'],
    reach: faster(2, 'setTimeout'),
  },
  {
    name: 'cross/spawn-exit',
    unit: 'ns/process',
    module: 'cross-spawn-exit',
    rivals: [],
    reach: timesFloor(45),
    needs: FLOOR_ROW,
  },
  steal('unequal'),
  steal('async'),
  {
    name: 'offload/trivial-100',
    unit: 'ns/task',
    module: 'offload',
    rivals: POOLS,
    params: { offload: 'trivial', perTask: true, tasksPerThread: 10 },
    reach: fasterThanAll(5),
  },
  {
    name: 'offload/unequal',
    unit: 'ms',
    module: 'offload',
    rivals: POOLS,
    params: { offload: 'unequal', perTask: false, tasksPerThread: 1 },
    reach: timesBest(1),
  },
  {
    name: 'census/speedup',
    unit: 'x',
    module: 'census',
    rivals: ['threads'],
    legs: [{ schedulers: 1 }, {}],
    reach: shareOf(0.95, 'threads'),
  },
  {
    name: 'census/one-scheduler',
    unit: 'ms',
    module: 'census',
    rivals: ['sequential'],
    params: { schedulers: 1 },
    reach: timesRival(1.1, 'sequential'),
  },
  {
    name: 'import/cold',
    unit: 'ms',
    module: 'import-cold',
    rivals: ['node'],
    reach: timesRival(1.5, 'node'),
  },
  {
    name: 'server/call',
    unit: 'ns/round trip',
    module: 'server-call',
    rivals: ERLANG,
    params: { row: 'server/call', backlog: false },
    reach: timesFloor(6),
    needs: FLOOR_ROW,
  },
  {
    name: 'server/cast',
    unit: 'ns/message',
    module: 'server-cast',
    rivals: ERLANG,
    params: { row: 'server/cast' },
    reach: timesFloor(1),
    needs: FLOOR_ROW,
  },
  {
    name: 'server/call-cross',
    unit: 'ns/round trip',
    module: 'server-call-cross',
    rivals: ['postMessage'],
    params: { stream: 'ping-pong' },
    reach: timesFloor(45),
    needs: FLOOR_ROW,
  },
  {
    name: 'server/call-backlog',
    unit: 'ns/round trip',
    module: 'server-call',
    rivals: [],
    params: { backlog: true },
    reach: timesRow(1.2, 'server/call'),
    needs: 'server/call',
  },
  {
    name: RESTART_ROW,
    unit: 'ns/restart',
    module: 'supervisor-restart',
    rivals: ERLANG,
    params: { row: RESTART_ROW, restarts: RESTARTS.few },
    reach: timesFloor(45),
    needs: FLOOR_ROW,
  },
  {
    name: 'supervisor/restart-10k',
    unit: 'ns/restart',
    module: 'supervisor-restart',
    rivals: ERLANG,
    params: { row: 'supervisor/restart-10k', restarts: RESTARTS.many },
    reach: timesRow(1.2, RESTART_ROW),
    needs: RESTART_ROW,
  },
  {
    name: 'registry/lookup',
    unit: 'ns/look-up',
    module: 'registry-lookup',
    rivals: ERLANG,
    params: { row: 'registry/lookup' },
    reach: timesFloor(1),
    needs: FLOOR_ROW,
  },
  {
    name: 'pubsub/publish',
    unit: 'ns/copy',
    module: 'pubsub-publish',
    rivals: ERLANG,
    params: { row: 'pubsub/publish' },
    reach: timesFloor(1.5),
    needs: FLOOR_ROW,
  },
  ...STORE_ROWS,
  {
    name: 'logger/line',
    unit: 'ns/line',
    module: 'logger-line',
    rivals: ['pino'],
    reach: timesRival(1.5, 'pino'),
  },
  {
    name: 'boot/first-remote',
    unit: 'ms',
    module: 'boot-first-remote',
    rivals: ['worker'],
    reach: timesRival(1.5, 'worker'),
  },
]

/**
 * The rows with these names and those they need, in order; all if there are no names.
 *
 * @param {readonly string[]} names
 * @returns {readonly Row[]}
 */
export function rowsNamed(names) {
  if (names.length === 0) return ROWS
  const unknown = names.find((name) => ROWS.every((row) => row.name !== name))
  if (unknown !== undefined) {
    throw new RangeError(`--only refused: wanted one of ${ROWS.map(({ name }) => name).join(', ')}, got ${unknown}`)
  }
  const wanted = new Set(names)
  for (const { name, needs } of ROWS) if (needs !== undefined && wanted.has(name)) wanted.add(needs)
  return ROWS.filter(({ name }) => wanted.has(name))
}
