// What of a runtime must be as it was when the last shot has been heard. Owns what is compared. Never true in it: a tie whose other end is
// not there.

import { isAlive, type ProcessView } from 'rumpus'
import type { ChildView } from 'rumpus/otp'
import type { AnyPid, AnySelf } from '../process/world.ts'
import { below } from './children.ts'
import type { Book } from './shot-book.ts'

/** What there is in the runtime, as figures that must be as they were. */
export interface Census {
  readonly shape: string
  readonly processes: string
  readonly ties: string
  readonly timers: number
  readonly waiting: number
  readonly names: string
}

const shapeOf = (all: readonly ChildView[]): string =>
  all
    .filter(({ id }) => id !== undefined)
    .map(({ id, state, type }) => `${id} ${type} ${state}`)
    .join('\n')

const labelOf = ({ name, definition }: ProcessView): string => name ?? definition?.name ?? 'a closure'

/** Counts all, before anybody is asked: a question is a timer and a monitor, too. Throws where a tie has an end that is not there. */
export async function censusOf(self: AnySelf, top: AnyPid | undefined, book: Book): Promise<Census> {
  const { schedulers, messages } = self.runtime.inspect()
  const views = (await self.runtime.processes()).filter(({ state }) => state !== 'abandoned')
  const all = top === undefined ? [] : await below(top, (of) => book.failed('whichChildren', of))
  const passing = new Set(all.filter(({ id }) => id === undefined).map(({ pid }) => pid))
  const alive = new Set(views.map(({ pid }) => pid))
  let desks = 0
  const lines: string[] = []
  const ties: string[] = []
  for (const view of views) {
    const { monitors = [], monitoredBy = [], links = [] } = view
    for (const pid of [...links, ...[...monitors, ...monitoredBy].map((tie) => tie.pid)]) {
      if (!alive.has(pid)) throw new Error(`${labelOf(view)} has a tie to ${pid}, which is not there`)
    }
    if (passing.has(view.pid)) continue
    // Who is watched by which of the desks depends on where they live.
    if (view.name?.startsWith('rumpus:groups/')) {
      desks += monitors.length
      continue
    }
    lines.push(labelOf(view))
    const theirs = links.filter((pid) => !passing.has(pid))
    ties.push(`${labelOf(view)} ${theirs.length} ${monitors.length} ${monitoredBy.length}`)
  }
  const names = ['a name', 'the source', 'passing', 'places'].map((name) => {
    const pid = self.whereis(name)
    return `${name} ${pid !== undefined && isAlive(pid)}`
  })
  return {
    shape: shapeOf(all),
    processes: lines.sort().join('\n'),
    ties: [...ties.sort(), `desks watch ${desks}`].join('\n'),
    timers: schedulers.reduce((sum, { timers }) => sum + timers, 0),
    waiting: messages.waiting,
    names: names.join(),
  }
}
