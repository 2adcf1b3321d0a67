// The table of lives: whatever state a process is in, whoever ends it and why, whoever watches it hears what the rules say.
// Owns the rules, as one pure function written from the design, and the list of all cells; how they are played is in
// `cells.ts`.

import { type CrashReport, type Runtime, start } from 'rumpus'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Cell,
  FIRST,
  GIVEN,
  type Outcome,
  PLACES,
  REASONS,
  RELATIONS,
  STATES,
  Table,
  WAYS,
  wordsOf,
} from './cells.ts'
import { type AnySelf, balanced, until } from './world.ts'

/** Whether a target in this state can end itself: it runs, or will when its wait is over. */
const canEndItself = ({ state }: Cell): boolean => state !== 'unstarted' && state !== 'dead'

/** Whether a body settles so: it returns, or throws an error or a value; words are for `exit`. */
const canSettle = (cell: Cell): boolean => canEndItself(cell) && cell.reason !== 'shutdown' && cell.reason !== 'kill'

const applies = (cell: Cell): boolean => {
  if (cell.way === 'self') return canEndItself(cell)
  if (cell.way === 'settle') return canSettle(cell)
  // The end of the thread has one reason and one place.
  return cell.way === 'outside' || (cell.reason === 'normal' && cell.place === 'elsewhere')
}

const cells: Cell[] = RELATIONS.flatMap((relation) =>
  [false, true].flatMap((traps) =>
    REASONS.flatMap((reason) =>
      WAYS.flatMap((way) =>
        STATES.flatMap((state) => PLACES.map((place) => ({ relation, traps, reason, way, state, place }))),
      ),
    ),
  ),
).filter(applies)

const nameOf = ({ relation, traps, reason, way }: Cell): string =>
  `${relation}, ${traps ? 'trapping' : 'not trapping'}: ${reason} by ${way}`

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
function endOf({ state, way, reason }: Cell): string | undefined {
  if (state === 'dead') return 'normal'
  // What had started there is down, even what was ending; the rest is placed anew.
  if (way === 'thread') return state === 'unstarted' ? undefined : 'scheduler-down'
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
  return {
    alive,
    end,
    ...(isHeld ? { atOnce: cell.reason === 'kill' } : {}),
    // An observer that goes along may or may not have heard of the end before.
    heard: taken ? [] : heard,
    observer: taken ? told : undefined,
  }
}

/** How many ends there will be to hear of, of targets and observers, beside those that were there from the start. */
const endsOf = (some: readonly Cell[]): number =>
  some
    .map((cell) => expected(cell))
    .reduce((sum, { end, observer }) => sum + (end === undefined ? 0 : 1) + (observer === undefined ? 0 : 1), 0)

interface Played {
  readonly outcomes: Map<Cell, Outcome | undefined>
  readonly thrown: readonly (readonly [pid: number, cell: Cell])[]
  readonly crashes: readonly CrashReport[]
}

/** Plays cells in a runtime of their own, whose books must balance afterwards. */
async function play(some: readonly Cell[], steps: (table: Table, runtime: Runtime) => Promise<void>): Promise<Played> {
  const crashes: CrashReport[] = []
  const runtime = await start({ schedulers: 2, onCrash: (report) => void crashes.push(report) })
  try {
    const table = await runtime.run(async (self: AnySelf) => {
      const table = new Table(self, some)
      await table.prepare()
      await steps(table, runtime)
      await table.finish(endsOf(some))
      table.keep()
      table.clear()
      return table
    })
    await until(() => runtime.inspect().processes.alive === 0)
    const thrown = table.plays.map(({ pid, cell }) => [pid as number, cell] as const)
    return { outcomes: new Map(table.plays.map(({ cell, outcome }) => [cell, outcome])), thrown, crashes }
  } finally {
    await runtime.stop()
    balanced(runtime.inspect())
  }
}

/** Compares the outcomes of some cells with what they must be, all at once, so that a failure shows its neighbours. */
function compare(played: Played, some: readonly Cell[]): void {
  expect(some.length).toBeGreaterThan(0)
  const outcomes = some.map((cell) => [nameOf(cell), played.outcomes.get(cell)])
  expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(some.map((cell) => [nameOf(cell), expected(cell)])))
}

describe('the end of a process', () => {
  const some = cells.filter(({ way }) => way !== 'thread')
  let played: Played
  beforeAll(async () => {
    played = await play(some, async (table) => {
      await table.plug(2)
      table.tie()
      table.act()
      table.unplug()
      await table.release()
    })
  })

  it('isAlive, monitors and links: every cell was played', () => {
    expect(some.length).toBe(8 * 2 * (5 * 8 + 5 * 6 + 3 * 6))
    expect(played.outcomes.size).toBe(some.length)
  })

  for (const place of PLACES) {
    for (const state of STATES) {
      it(`isAlive, monitors and links of a process ${place} in the state ${state}`, () => {
        compare(
          played,
          some.filter((cell) => cell.state === state && cell.place === place),
        )
      })
    }
  }

  it('onCrash hears of exactly those whose bodies failed by themselves', () => {
    const failed = played.thrown.filter(
      ([, { way, reason, state }]) => way === 'settle' && reason !== 'normal' && state !== 'exiting',
    )
    const reported = played.crashes.map(({ pid, what }) => [pid, what])
    expect(reported.sort()).toEqual(failed.map(([pid]) => [pid, 'a body failed']).sort())
  })
})

describe('the end of a thread', () => {
  const some = cells.filter(({ way }) => way === 'thread')
  let played: Played
  beforeAll(async () => {
    played = await play(some, async (table, runtime) => {
      table.tie(({ state }) => state !== 'unstarted')
      await table.settle()
      await table.plug(1)
      table.tie(({ state }) => state === 'unstarted')
      const { host } = runtime as unknown as { host: { end(seat: number): Promise<void> } }
      await host.end(1)
    })
  })

  it('isAlive, monitors and links: every cell was played', () => {
    expect(some.length).toBe(8 * 8)
    expect(played.outcomes.size).toBe(some.length)
  })

  for (const state of STATES) {
    it(`isAlive, monitors and links of a process in the state ${state} on it`, () => {
      compare(
        played,
        some.filter((cell) => cell.state === state),
      )
    })
  }
})
