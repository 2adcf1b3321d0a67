// Owns what a trace must be to be opened: the Trace Event Format, as far as we write it, event by event; that slices lie within each
// other on each track, that times go forward there, that every arrow has two ends and lies in slices, that all is named.

import { readFileSync } from 'node:fs'
import { expect } from 'vitest'

export interface TraceEvent {
  readonly ph: string
  readonly name?: string
  readonly cat?: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly id?: number | string
  readonly bp?: string
  readonly s?: string
  readonly args?: Readonly<Record<string, unknown>>
}

/** What each phase must have beside a process and a thread, and what it may have. */
const FIELDS: Record<string, { must: string[]; may: string[] }> = {
  M: { must: ['name', 'args'], may: [] },
  B: { must: ['name', 'cat', 'ts', 'args'], may: [] },
  E: { must: ['ts'], may: ['args'] },
  i: { must: ['name', 'cat', 'ts', 's'], may: ['args'] },
  s: { must: ['name', 'cat', 'ts', 'id'], may: [] },
  f: { must: ['name', 'cat', 'ts', 'id', 'bp'], may: [] },
  b: { must: ['name', 'cat', 'ts', 'id'], may: ['args'] },
  e: { must: ['name', 'cat', 'ts', 'id'], may: ['args'] },
}
const TYPES: Record<string, (value: unknown) => boolean> = {
  ph: (value) => typeof value === 'string',
  name: (value) => typeof value === 'string' && value !== '',
  cat: (value) => typeof value === 'string' && value !== '',
  pid: (value) => Number.isSafeInteger(value),
  tid: (value) => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31,
  ts: (value) => typeof value === 'number' && value >= 0,
  id: (value) => (Number.isSafeInteger(value) && (value as number) >= 0) || /^0x[0-9a-f]+$/.test(value as string),
  bp: (value) => value === 'e',
  s: (value) => value === 't' || value === 'p' || value === 'g',
  args: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}

/** Why an event is none. */
function faultsOf(event: TraceEvent): string[] {
  const fields = FIELDS[event.ph]
  if (fields === undefined) return [`no such phase: ${event.ph}`]
  const all = ['ph', 'pid', 'tid', ...fields.must, ...fields.may]
  return [
    ...['pid', 'tid', ...fields.must].filter((field) => !(field in event)).map((field) => `no ${field}`),
    ...Object.keys(event)
      .filter((field) => !all.includes(field))
      .map((field) => `${field} is not for ${event.ph}`),
    ...Object.entries(event)
      .filter(([field, value]) => TYPES[field]?.(value) === false)
      .map(([field]) => `bad ${field}`),
  ]
}

/** An arrow's identity. */
const arrowOf = ({ cat, name, id }: TraceEvent): string => `${cat} ${name} ${id}`

/** What is wrong with the events of one track, in their order; slices that never end are `open`. */
function faultsOfTrack(events: readonly TraceEvent[]): { faults: string[]; open: TraceEvent[] } {
  const faults: string[] = []
  const open: TraceEvent[] = []
  let last = 0
  for (const event of events) {
    if (event.ts < last) faults.push(`time goes back to ${event.ts}`)
    last = event.ts
    if (event.ph === 'B') open.push(event)
    else if (event.ph === 'E' && open.pop() === undefined) faults.push(`nothing ends at ${event.ts}`)
    else if ((event.ph === 's' || event.ph === 'f') && open.length === 0)
      faults.push(`${arrowOf(event)} is in no slice`)
  }
  return { faults, open }
}

function faultsOfArrows(events: readonly TraceEvent[]): { faults: string[]; lost: TraceEvent[] } {
  const faults: string[] = []
  const starts = new Map<string, TraceEvent>()
  for (const event of events) {
    if (event.ph !== 's') continue
    if (starts.has(arrowOf(event))) faults.push(`${arrowOf(event)} begins twice`)
    starts.set(arrowOf(event), event)
  }
  const ends = new Set<string>()
  for (const event of events) {
    if (event.ph !== 'f') continue
    const arrow = arrowOf(event)
    const start = starts.get(arrow)
    if (start === undefined) faults.push(`${arrow} ends and never began`)
    else if (start.ts > event.ts) faults.push(`${arrow} ends before it begins`)
    if (ends.has(arrow)) faults.push(`${arrow} ends twice`)
    ends.add(arrow)
  }
  return { faults, lost: [...starts].filter(([arrow]) => !ends.has(arrow)).map(([, start]) => start) }
}

function faultsOfLives(events: readonly TraceEvent[]): string[] {
  const born = new Map(events.filter(({ ph }) => ph === 'b').map((event) => [event.id, event]))
  const dead = events.filter(({ ph }) => ph === 'e')
  return dead.flatMap(({ id, ts }) =>
    (born.get(id)?.ts ?? Number.POSITIVE_INFINITY) <= ts ? [] : [`${id} dies unborn`],
  )
}

export interface Read {
  readonly events: TraceEvent[]
  /** It ends with its bracket. */
  readonly closed: boolean
  /** Slices that never end, and messages that nobody took. */
  readonly open: TraceEvent[]
  readonly lost: TraceEvent[]
}

/** What is wrong with a trace. */
export function faultsOfTrace(text: string): { faults: string[] } & Read {
  const closed = text.endsWith('\n]\n')
  const events = JSON.parse(closed ? text : `${text}]`) as TraceEvent[]
  const tracks = grouped(timed(events))
  const metadata = events.filter(({ ph }) => ph === 'M')
  const named = new Set(metadata.filter(({ name }) => name === 'thread_name').map(({ tid }) => tid))
  const checked = [...tracks.values()].map(faultsOfTrack)
  const arrows = faultsOfArrows(events)
  return {
    faults: [
      ...events.flatMap((event) => faultsOf(event).map((fault) => `${fault}: ${JSON.stringify(event)}`)),
      ...checked.flatMap(({ faults }) => faults),
      ...arrows.faults,
      ...faultsOfLives(events),
      ...[...tracks.keys()].filter((tid) => !named.has(tid)).map((tid) => `thread ${tid} has no name`),
      ...(new Set(events.map(({ pid }) => pid)).size === 1 ? [] : ['there are several processes']),
      ...(metadata.filter(({ name }) => name === 'process_name').length === 1 ? [] : ['the process has not one name']),
    ],
    events,
    closed,
    open: checked.flatMap(({ open }) => open),
    lost: arrows.lost,
  }
}

const timed = (events: readonly TraceEvent[]): TraceEvent[] => events.filter(({ ph }) => ph !== 'M')

function grouped(events: readonly TraceEvent[]): Map<number, TraceEvent[]> {
  const tracks = new Map<number, TraceEvent[]>()
  for (const event of events) {
    const track = tracks.get(event.tid)
    if (track === undefined) tracks.set(event.tid, [event])
    else track.push(event)
  }
  return tracks
}

/** A trace that has nothing wrong. */
export function readTrace(path: string): Read {
  const { faults, ...read } = faultsOfTrace(readFileSync(path, 'utf8'))
  expect(faults.slice(0, 10)).toEqual([])
  return read
}
