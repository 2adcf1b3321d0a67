// What a state machine does, told by its rules alone: a list of what waits, a list of what is postponed, a list of alarms, and a clock that
// jumps. The model that `state-machine.test.ts` compares the real one with; it knows nothing of processes.

/** What a state does when something happens, by the name of that: the names are those of the log. */
export interface Move {
  readonly next?: string
  readonly again?: true
  readonly postpone?: true
  readonly stateTimeout?: number | null
  readonly eventTimeout?: number | null
  readonly timers?: Readonly<Record<string, number | null>>
  readonly events?: readonly string[]
}

/** By state, by what happens. */
export type Table = Readonly<Record<string, Readonly<Record<string, Move>>>>

/** Something that is said from outside. */
export interface Said {
  readonly atMs: number
  readonly name: string
}

/** What happened: when, in which state, what. */
export type Log = readonly (readonly [ms: number, state: string, name: string])[]

interface Alarm {
  readonly kind: 'state' | 'event' | 'named'
  readonly name: string
  readonly atMs: number
}

/** What is logged, and whether two things happened so close to each other that their order says nothing. */
export function toldMachine(
  table: Table,
  first: string,
  said: readonly Said[],
  endMs: number,
  closeMs: number,
): { log: Log; isTied: boolean } {
  const log: [number, string, string][] = []
  let state = ''
  let waiting: string[] = []
  let postponed: string[] = []
  let alarms: Alarm[] = []
  let now = 0
  let isTied = false

  const off = (kind: Alarm['kind'], name: string): void => {
    alarms = alarms.filter((alarm) => alarm.kind !== kind || alarm.name !== name)
    waiting = waiting.filter((one) => one !== `0 ${kind} ${name}`)
  }
  const set = (kind: Alarm['kind'], name: string, ms: number | null): void => {
    off(kind, name)
    if (ms === null) return
    if (ms > 0) alarms.push({ kind, name, atMs: now + ms })
    else if (kind !== 'event' || waiting.length === 0) waiting.push(`0 ${kind} ${name}`)
  }
  const setAll = ({ stateTimeout, eventTimeout, timers = {} }: Move): void => {
    if (stateTimeout !== undefined) set('state', 'state-timeout', stateTimeout)
    for (const [name, ms] of Object.entries(timers)) set('named', name, ms)
    if (eventTimeout !== undefined) set('event', 'event-timeout', eventTimeout)
  }
  const move = (name: string, { next, again, postpone, events = [], ...rest }: Move): void => {
    const from = state
    if (postpone) postponed.push(name)
    if (next !== undefined && next !== from) {
      state = next
      off('state', 'state-timeout')
      waiting = [...postponed, ...waiting]
      postponed = []
    }
    waiting = [...events, ...waiting]
    setAll(rest)
    if (state === from && !again) return
    log.push([now, state, `enter from ${from}`])
    setAll(table[state]?.enter ?? {})
  }
  const drain = (): void => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      off('event', 'event-timeout')
      const name = one.replace(/^0 \w+ /, '')
      log.push([now, state, name])
      move(name, table[state]?.[name] ?? {})
    }
  }

  move('', { next: first })
  drain()
  const outside = [...said]
  for (;;) {
    const [alarm] = [...alarms].sort((a, b) => a.atMs - b.atMs)
    const [word] = outside
    const atMs = Math.min(alarm?.atMs ?? Number.POSITIVE_INFINITY, word?.atMs ?? Number.POSITIVE_INFINITY)
    if (atMs > endMs) return { log, isTied }
    const close = [...alarms, ...outside].filter((one) => Math.abs(one.atMs - atMs) < closeMs)
    if (close.length > 1 || Math.abs(endMs - atMs) < closeMs) isTied = true
    now = atMs
    if (word !== undefined && word.atMs === atMs) {
      outside.shift()
      waiting.push(word.name)
    } else if (alarm !== undefined) {
      alarms = alarms.filter((one) => one !== alarm)
      waiting.push(alarm.name)
    }
    drain()
  }
}
