// Rival `effection`: operations, which are generators; a task each for what runs beside, a queue where there are items. A task takes it a
// thousand times what the others take, so its rounds are shorter: what one takes is the same.

import { createQueue, run as runOperation, spawn, suspend } from 'effection'
import { FORKS, ITEMS, PARKED, small } from '../workloads.js'

const FORKED = FORKS / 20
const HALTED = PARKED / 10

function* nothing() {}

function* forkAndJoin() {
  const start = performance.now()
  for (let i = 0; i < FORKED; i++) yield* yield* spawn(nothing)
  return performance.now() - start
}

/** Tasks that have begun to wait for what never comes. @param {number} count */
function* park(count) {
  const tasks = []
  for (let i = 0; i < count; i++) tasks.push(yield* spawn(suspend))
  return tasks
}

/** Answers its milliseconds: the tasks begin before, and end with who spawned them. */
function* cancelAll() {
  const parent = yield* spawn(function* () {
    yield* park(HALTED)
    begun.add('begun')
    yield* suspend()
  })
  /** @type {import('effection').Queue<string, never>} */
  const begun = createQueue()
  yield* begun.next()
  const start = performance.now()
  yield* parent.halt()
  return performance.now() - start
}

function* stream() {
  /** @type {import('effection').Queue<{ i: number }, never>} */
  const items = createQueue()
  /** @type {import('effection').Queue<'go', never>} */
  const turns = createQueue()
  const start = performance.now()
  const sender = yield* spawn(function* () {
    for (let n = 0; n < ITEMS.bursts; n++) {
      for (let i = 0; i < ITEMS.burst; i++) items.add(small(i))
      yield* turns.next()
    }
  })
  for (let n = 0; n < ITEMS.bursts; n++) {
    for (let i = 0; i < ITEMS.burst; i++) yield* items.next()
    turns.add('go')
  }
  yield* sender
  return performance.now() - start
}

/** Holds the parked tasks: their parent must not end before they have been weighed. @param {number} count */
const parked = (count) =>
  new Promise((resolve, reject) => {
    const task = runOperation(function* () {
      const tasks = yield* park(count)
      resolve(tasks)
      yield* suspend()
    })
    task.catch(reject)
    held.push(task)
  })
/** @type {{ halt(): PromiseLike<void> }[]} */
const held = []

/** @type {Record<string, (tools: import('../measure.js').Measure) => Promise<import('../measure.js').Sample>>} */
const ROWS = {
  'fiber/fork-join': (tools) => tools.perOperation(FORKED, async () => runOperation(forkAndJoin)),
  'fiber/memory': async (tools) => {
    const sample = await tools.bytesEach(HALTED, parked)
    for (const task of held) await task.halt()
    return sample
  },
  'fiber/cancel-100k': (tools) => tools.perOperation(HALTED, async () => runOperation(cancelAll)),
  'sync/stream': (tools) => tools.perOperation(ITEMS.bursts * ITEMS.burst, async () => runOperation(stream)),
}

/** @param {import('../measure.js').Measure} tools */
export async function run(tools) {
  const row = ROWS[tools.word('row')]
  if (row === undefined) throw new Error(`Row unknown: wanted one of ${Object.keys(ROWS)}, got ${tools.word('row')}`)
  return row(tools)
}
