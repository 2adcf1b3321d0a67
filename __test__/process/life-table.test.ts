// The table of lives: whatever state a process is in, whoever ends it and why, whoever watches it hears what the rules say.
// Owns the rules, as one pure function written from the design, and the list of all cells; how they are played is in
// `table.ts`.

import { type CrashReport, type Runtime, start } from 'rumpus'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Cell,
  FIRST,
  GIVEN,
  losesThread,
  type Outcome,
  PLACES,
  REASONS,
  RELATIONS,
  STATES,
  TIMES,
  WAYS,
  wordsOf,
} from './cells.ts'
import { Table } from './table.ts'
import { type AnySelf, balanced, until } from './world.ts'

/** Whether a target in this state can end itself: it runs, or will when its wait is over. No server answers. */
const canEndItself = ({ state }: Cell): boolean => state !== 'unstarted' && state !== 'dead' && state !== 'fetch'

/** Whether a body settles so: it returns, or throws an error or a value; words are for `exit`. */
const canSettle = (cell: Cell): boolean => canEndItself(cell) && cell.reason !== 'shutdown' && cell.reason !== 'kill'

/** Whether the target keeps its thread. */
const computes = ({ state }: Cell): boolean => state === 'running'

/** Whether whoever ties himself to a target in this state on a thread that ends can be heard of in time. */
const canHear = ({ state }: Cell): boolean => state !== 'unstarted' && state !== 'running'

const applies = (cell: Cell): boolean => {
  const { relation, way, reason, place, observer, state, tied } = cell
  // A body that computes on the host keeps everybody here from doing anything to it; the server that does not answer is here.
  if ((state === 'running' || state === 'fetch') && place === 'here') return false
  // For those elsewhere it is the same how a target came to its end; they hear by their links and by their monitors.
  if (observer === 'elsewhere' && (relation !== 'both' || (way !== 'outside' && way !== 'thread'))) return false
  if (losesThread(cell)) {
    if (place === 'here' || (tied === 'in time' && !canHear(cell))) return false
    // The end of the thread by itself has one reason. With an exit under way, relations are made in time where they can be.
    return way === 'thread' ? reason === 'normal' : tied === 'in time' || !canHear(cell)
  }
  if (tied === 'late') return false
  if (way === 'self') return canEndItself(cell)
  return way === 'outside' || canSettle(cell)
}

const cells: Cell[] = RELATIONS.flatMap((relation) =>
  [false, true].flatMap((traps) =>
    PLACES.flatMap((observer) =>
      REASONS.flatMap((reason) =>
        WAYS.flatMap((way) =>
          TIMES.flatMap((tied) =>
            STATES.flatMap((state) =>
              PLACES.map((place) => ({ relation, traps, observer, reason, way, tied, state, place })),
            ),
          ),
        ),
      ),
    ),
  ),
).filter(applies)

const nameOf = ({ relation, traps, observer, reason, way, tied }: Cell): string =>
  `${relation} ${tied}, ${traps ? 'trapping' : 'not trapping'} ${observer}: ${reason} by ${way}`

/** What a reason is called by those who hear of it, if it was given to `exit` or `self.exit`. */
const givenWords = (reason: Cell['reason']): string =>
  ({
    normal: 'normal',
    shutdown: 'shutdown',
    kill: 'killed',
    error: 'error on purpose',
    value: `user ${JSON.stringify(GIVEN.value)}`,
  })[reason]

/** Why the target ends, if it does: §7 of the design. */
function endOf(cell: Cell): string | undefined {
  const { state, way, reason } = cell
  if (state === 'dead') return 'normal'
  // What had started there is down, even what was ending and what it never heard of; the rest is placed anew.
  if (losesThread(cell) && state !== 'unstarted') return 'scheduler-down'
  if (way === 'thread') return undefined
  if (way === 'thread after an exit') return reason === 'normal' ? undefined : givenWords(reason)
  // Untrappable, and leaves no grace.
  if (way === 'outside' && reason === 'kill') return 'killed'
  // Exiting already: the first reason counts.
  if (state === 'exiting') return wordsOf({ kind: 'user', value: FIRST })
  if (way === 'outside') return reason === 'normal' ? undefined : givenWords(reason)
  if (way === 'self') return givenWords(reason)
  if (reason === 'value') return 'error a body threw [object Object]'
  return givenWords(reason)
}

/** What must become of a cell. */
function expected(cell: Cell): Outcome {
  const { relation, traps, state } = cell
  const end = endOf(cell)
  const alive = [state !== 'exiting' && state !== 'dead', end === undefined] as const
  const isLinked = relation === 'linked' || relation === 'both'
  const isMonitored = relation === 'monitored' || relation === 'both'
  // Whoever ties himself to the dead hears so at once.
  const told = state === 'dead' ? 'noproc' : end
  const heard: string[] = []
  if (isMonitored && told !== undefined) heard.push(`down ${told}`)
  if (isLinked && traps && told !== undefined) heard.push(`exit ${told}`)
  const taken = isLinked && !traps && told !== undefined && told !== 'normal'
  const isHeld = state === 'exiting' && cell.way === 'outside'
  const hasComputed = state === 'running' && cell.way === 'outside'
  return {
    alive,
    end,
    ...(isHeld ? { atOnce: cell.reason === 'kill' } : {}),
    ...(hasComputed ? { passed: end === undefined } : {}),
    ...(state === 'fetch' ? { hungUp: end !== undefined } : {}),
    // An observer that goes along may or may not have heard of the end before.
    heard: taken ? [] : heard,
    observer: taken ? told : undefined,
  }
}

/** How many ends there will be to hear of, of targets, observers and requests. */
const endsOf = (some: readonly Cell[]): number =>
  some
    .map((cell) => expected(cell))
    .flatMap(({ end, observer, hungUp }) => [end !== undefined, observer !== undefined, hungUp === true])
    .filter(Boolean).length

interface Played {
  readonly outcomes: Map<Cell, Outcome | undefined>
  readonly thrown: readonly (readonly [pid: number, cell: Cell])[]
  readonly crashes: readonly CrashReport[]
}

/** What is done to a lot of cells once everybody is in place. */
type Steps = (table: Table, runtime: Runtime) => Promise<void>

/** Plays lots of cells in one runtime, each when the one before is over. Its books must balance afterwards. */
async function play(lots: readonly (readonly [some: readonly Cell[], steps: Steps])[]): Promise<Played> {
  const crashes: CrashReport[] = []
  const runtime = await start({ schedulers: 3, onCrash: (report) => void crashes.push(report) })
  try {
    const tables: Table[] = []
    for (const [some, steps] of lots) {
      tables.push(
        await runtime.run(async (self: AnySelf) => {
          const table = await Table.open(self, some)
          await table.prepare()
          await steps(table, runtime)
          await table.finish(endsOf(some))
          table.keep()
          await table.clear()
          return table
        }),
      )
      await until(() => runtime.inspect().processes.alive === 0)
    }
    const plays = tables.flatMap((table) => table.plays)
    const thrown = plays.map(({ pid, cell }) => [pid as number, cell] as const)
    return { outcomes: new Map(plays.map(({ cell, outcome }) => [cell, outcome])), thrown, crashes }
  } finally {
    await runtime.stop()
    balanced(runtime.inspect())
  }
}

const endProcesses: Steps = async (table) => {
  await table.plug()
  table.tie(() => true)
  table.act(() => true)
  table.unplug()
  await table.release()
}

const endThread: Steps = async (table, runtime) => {
  table.tie(({ tied }) => tied === 'in time')
  await table.settle()
  await table.keepThread()
  table.tie(({ tied }) => tied === 'late')
  table.act(() => true)
  const { host } = runtime as unknown as { host: { end(seat: number): Promise<void> } }
  await host.end(1)
  await table.keepAnew()
}

let played: Played
beforeAll(async () => {
  const which = (wanted: (cell: Cell) => boolean): Cell[] => cells.filter(wanted)
  played = await play([
    [which((cell) => !losesThread(cell) && computes(cell)), (table) => table.compute()],
    [which((cell) => !losesThread(cell) && !computes(cell)), endProcesses],
    [which(({ way }) => way === 'thread'), endThread],
    // One body can compute on a thread: exits for all reasons are under way to it when that ends.
    [which(({ way }) => way === 'thread after an exit'), endThread],
  ])
})

/** Compares the outcomes of some cells with what they must be, all at once, so that a failure shows its neighbours. */
function compare(some: readonly Cell[]): void {
  expect(some.length).toBeGreaterThan(0)
  const outcomes = some.map((cell) => [nameOf(cell), played.outcomes.get(cell)])
  expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(some.map((cell) => [nameOf(cell), expected(cell)])))
}

describe('the end of a process', () => {
  const some = cells.filter((cell) => !losesThread(cell))

  it('isAlive, monitors and links: every cell was played', () => {
    // What another ends, what ends itself or settles; those that compute, or wait for a server, are in one place.
    expect(some.length).toBe((8 + 2) * 5 * (2 * 8 + 2) + 8 * (5 + 3) * (2 * 6 + 1))
    expect(some.every((cell) => played.outcomes.get(cell) !== undefined)).toBe(true)
  })

  for (const place of PLACES) {
    for (const state of STATES) {
      const cells = some.filter((cell) => cell.state === state && cell.place === place)
      if (cells.length === 0) continue
      it(`isAlive, monitors and links of a process ${place} in the state ${state}`, () => {
        compare(cells)
      })
    }
  }

  it('onCrash hears of exactly those whose bodies failed by themselves, and of the threads', () => {
    const failed = played.thrown.filter(
      ([, { way, reason, state }]) => way === 'settle' && reason !== 'normal' && state !== 'exiting',
    )
    const threads = [1, 2].map(() => [0, 'a scheduler thread went down'])
    const reported = played.crashes.map(({ pid, what }) => [pid, what])
    expect(reported.sort()).toEqual([...threads, ...failed.map(([pid]) => [pid, 'a body failed'])].sort())
  })
})

describe('the end of a thread', () => {
  const some = cells.filter(losesThread)

  it('isAlive, monitors and links: every cell was played', () => {
    expect(some.length).toBe((8 + 2) * (2 * 8 + 2) + 8 * 5 * (8 + 2))
    expect(some.every((cell) => played.outcomes.get(cell) !== undefined)).toBe(true)
  })

  for (const state of STATES) {
    it(`isAlive, monitors and links of a process in the state ${state} on it`, () => {
      compare(some.filter((cell) => cell.state === state))
    })
  }
})
