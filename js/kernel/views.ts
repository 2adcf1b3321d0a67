// Views: what is shown of a process. Owns how rows of figures (`crates/binding/src/rows.rs`) and what an isolate knows of its
// own processes become one. Looks between two turns of the event loop, when no body runs: one that does not wait for anything
// of ours then waits for something else.

import {
  ARGUMENTS,
  INDEX_MASK,
  PHASE_EXITING,
  PHASE_UNSTARTED,
  ROW_DEFINITION,
  ROW_LINKS,
  ROW_PHASE,
  ROW_PID,
  ROW_PRIORITY,
  ROW_SEAT,
  ROW_TRAPS,
  ROW_UNTOLD,
  ROW_WATCHERS,
  ROW_WATCHING,
  ROW_WORDS,
} from '../native/layout.ts'
import type { Pid } from '../types.ts'
import type { Kernel } from './kernel.ts'
import { splitKey } from './keys.ts'
import { watchEnds } from './life.ts'
import {
  CALLING,
  LOOKING,
  PRIORITY_HIGH,
  PRIORITY_LOW,
  type Process,
  QUEUED,
  QUEUED_BEGIN,
  QUEUED_FAIL,
  QUEUED_LOOK,
  QUEUED_WAKE,
  RECEIVING,
  SELECTING,
  WAITING,
} from './process.ts'
import type { Making, MonitorView, ProcessView } from './process-view.ts'

/** How many numbers an answer of a scheduler has room for at first. */
const ROOM = 1024

const RUNNABLE = [QUEUED, QUEUED_BEGIN, QUEUED_FAIL, QUEUED_LOOK, QUEUED_WAKE]

/** The processes of this isolate, or one, with what only it knows; the bodies given up among them. */
export const lookHere = (kernel: Kernel, of: number): ProcessView[] => {
  if (kernel.detached) return []
  watchEnds(kernel)
  const views: ProcessView[] = []
  const rows = rowsHere(kernel, of)
  const now = rows[0]
  for (const at of rowStarts(rows)) {
    const view = viewOfRow(kernel, rows, at)
    const process = kernel.procs[view.pid & INDEX_MASK]
    if (process?.pid !== view.pid) continue
    addTies(view, rows, at)
    addLife(kernel, view, process, now)
    view.mailbox = process.waiting + rows[at + ROW_UNTOLD]
    view.resumes = process.resumes >>> 0
    views.push(view)
  }
  for (const process of kernel.abandoned.list()) {
    if (of === 0 || of === process.pid) views.push(viewOfAbandoned(kernel, process))
  }
  return views
}

const rowsHere = (kernel: Kernel, of: number): Float64Array => {
  for (let room = ROOM; ; ) {
    const rows = new Float64Array(room)
    kernel.native.look(new Uint8Array(rows.buffer), of)
    const needed = kernel.words[ARGUMENTS + 1]
    if (needed <= room) return rows.subarray(0, needed)
    room = needed
  }
}

/** Where each row begins. */
export function* rowStarts(rows: Float64Array): Generator<number> {
  for (let at = 1; at < rows.length; ) {
    yield at
    at += ROW_WORDS + rows[at + ROW_LINKS] + 2 * (rows[at + ROW_WATCHING] + rows[at + ROW_WATCHERS])
  }
}

/** What any thread can see of a process. */
export const viewOfRow = (kernel: Kernel, rows: Float64Array, at: number): Making => {
  const phase = rows[at + ROW_PHASE]
  const view: Making = {
    pid: rows[at + ROW_PID] as Pid,
    scheduler: rows[at + ROW_SEAT],
    state: phase === PHASE_UNSTARTED ? 'unstarted' : phase === PHASE_EXITING ? 'exiting' : 'running',
    trapExit: rows[at + ROW_TRAPS] === 1,
    priority: priorityName(rows[at + ROW_PRIORITY]),
  }
  addDefinition(kernel, view, rows[at + ROW_DEFINITION] - 1)
  return view
}

const viewOfAbandoned = (kernel: Kernel, process: Process): ProcessView => {
  const view: Making = {
    pid: process.pid as Pid,
    scheduler: kernel.id,
    state: 'abandoned',
    waitsFor: 'its body to end',
    mailbox: 0,
    links: [],
    monitors: [],
    monitoredBy: [],
    trapExit: false,
    priority: priorityName(process.priority),
  }
  addDefinition(kernel, view, process.definition)
  return view
}

const addTies = (view: Making, rows: Float64Array, at: number): void => {
  const links = at + ROW_WORDS
  const watching = links + rows[at + ROW_LINKS]
  const watchers = watching + 2 * rows[at + ROW_WATCHING]
  const pairs = (from: number, to: number): MonitorView[] => {
    const monitors: MonitorView[] = []
    for (let i = from; i < to; i += 2) monitors.push({ ref: rows[i], pid: rows[i + 1] as Pid })
    return monitors
  }
  view.links = [...rows.subarray(links, watching)] as Pid[]
  view.monitors = pairs(watching, watchers)
  view.monitoredBy = pairs(watchers, watchers + 2 * rows[at + ROW_WATCHERS])
}

const addLife = (kernel: Kernel, view: Making, process: Process, now: number): void => {
  const { parked, selection } = process
  addDefinition(kernel, view, process.definition)
  if (process.exiting !== undefined) {
    view.state = 'exiting'
    view.waitsFor = 'its body to end'
    return
  }
  if (RUNNABLE.includes(parked)) {
    view.state = 'runnable'
    view.waitsFor = 'its turn'
    return
  }
  view.state = 'running'
  view.waitsFor = 'something that is not of the runtime'
  if (parked === RECEIVING) {
    view.state = 'receiving'
    view.waitsFor = 'any message'
  } else if (parked === SELECTING || parked === LOOKING) {
    view.state = 'selecting'
    const most = selection?.timeout === undefined ? '' : `, ${selection.timeout} ms at most`
    view.waitsFor = `${selection?.match === undefined ? 'any message' : 'a certain message'}${most}`
  } else if (parked === WAITING) {
    view.state = 'sleeping'
    view.waitsFor = 'a time to come'
  } else if (parked === CALLING) {
    view.state = 'calling'
    view.waitsFor = 'the answer to a question'
  }
  view.waitedMs = (now - process.since) >>> 0
}

const addDefinition = (kernel: Kernel, view: Making, id: number): void => {
  const key = id < 0 ? undefined : kernel.handle.definition(id)
  if (key != null) view.definition = splitKey(key)
}

const priorityName = (priority: number): ProcessView['priority'] =>
  priority === PRIORITY_HIGH ? 'high' : priority === PRIORITY_LOW ? 'low' : 'normal'
