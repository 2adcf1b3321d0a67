// A tree over all schedulers that is shot at by a seed, under load, on threads or in a simulation; what it must be like when the last shot
// has been heard. Owns what lives in it, the shots, and what is asked for at the end.

import { isDeepStrictEqual } from 'node:util'
import { exit, isAlive, send, sendAfter } from 'rumpus'
import {
  type ChildSpec,
  type ChildView,
  Consumer,
  cast,
  getState,
  members,
  Producer,
  publish,
  Server,
  Store,
  startChild,
  startServer,
  startSupervisor,
  supervisor,
  Task,
} from 'rumpus/otp'
import { expect } from 'vitest'
import type { Dice } from '../../js/model/dice.ts'
import { named, places } from '../fixtures/otp-places.mjs'
import { echo, parts } from '../fixtures/otp-servers.mjs'
import { caller, keeper, ledger, vault as vaultServer } from '../fixtures/otp-shot.mjs'
import { square } from '../fixtures/otp-tasks.mjs'
import type { AnyPid, AnySelf } from '../process/world.ts'
import { below } from './children.ts'
import type { Book, Heard } from './shot-book.ts'
import { type Census, censusOf } from './shot-census.ts'

const MANY = { maxRestarts: 1_000_000, within: 60_000 }

class Local extends Server {
  override handleCall(request: unknown): unknown {
    return request
  }
  override handleCast(): void {}
}

/** So many events, and it is quiet. */
const EVENTS = 60

class Source extends Producer<number> {
  next = 0
  override handleDemand(count: number): number[] {
    return Array.from({ length: Math.min(count, EVENTS - this.next) }, () => this.next++)
  }
}

class Sink extends Consumer<number> {
  override begin(): object {
    return { subscribeTo: [{ to: 'the source', max: 4, cancel: 'temporary' }] }
  }
  override async handleEvents(): Promise<void> {
    await this.self.sleep(20)
  }
}

const locals = (strategy: 'one_for_all' | 'rest_for_one') =>
  supervisor({ strategy, ...MANY, children: ['x', 'y', 'z'].map((id) => ({ id, start: Local })) })

const flow = supervisor({
  strategy: 'rest_for_one',
  ...MANY,
  children: [
    { id: 'source', start: Source as never, name: 'the source' },
    { id: 'sink', start: Sink as never },
  ],
})

const treeOf = (schedulers: number, vault: AnyPid): ChildSpec[] => {
  const onEach = (of: (on: number) => ChildSpec) => Array.from({ length: schedulers }, (_, n) => of(n + 1))
  return [
    { ...places.child(), id: 'registry' },
    { id: 'all', start: locals('one_for_all') },
    { id: 'rest', start: locals('rest_for_one') },
    { id: 'named', start: echo, name: 'a name' },
    { id: 'parts', start: parts, args: [3] },
    { id: 'flow', start: flow },
    { id: 'passing', start: supervisor({ strategy: 'dynamic', ...MANY }), name: 'passing' },
    ...onEach((on) => ({ id: `keeper ${on}`, start: keeper, on, args: ['a name'] })),
    ...onEach((on) => ({ id: `ledger ${on}`, start: ledger, on, args: [vault] })),
    ...onEach((on) => ({ id: `caller ${on}`, start: caller, on, args: [vault, on] })),
    ...['ada', 'bob'].map((key) => ({ id: key, start: named, args: [key] })),
  ]
}

/** Where it happens: what threads and simulations do each in its way. */
export interface Field {
  readonly dice: Dice
  readonly schedulers: number
  readonly book: Book
  /** How to repeat it. */
  readonly said: string
  /** Of so many shots one is at a thread. */
  readonly threadOneIn: number
  /** Ends the thread of a scheduler. */
  end(scheduler: number): Promise<void> | void
  /** Whether that was the last shot. */
  isOver(step: number): boolean
  /** What `look` shows when all that was begun is over; on threads, which tell no such moment, when it is what is wanted, if ever. */
  settled(look: () => Promise<Census>, isWanted: (seen: Census) => boolean): Promise<Census>
}

/** How many of each there were. */
export interface Shots {
  process: number
  supervisor: number
  thread: number
}

interface Books {
  readonly written: readonly string[]
  readonly acknowledged: readonly string[]
  readonly puts: ReadonlyMap<number, ReadonlyMap<string, number>>
  readonly inherited: readonly number[]
  readonly heard: ReadonlyMap<string, { readonly heard: Heard; readonly times: number }>
}

/** One run; what there is before and after it, and what is left when the tree has been ended. */
export async function shotAt(self: AnySelf, field: Field) {
  const { dice, book, schedulers } = field
  const vault = (await startServer(self, vaultServer, { link: false, on: 'dedicated' })) as AnyPid
  // The desk of this scheduler is there then.
  await getState(vault)
  const first = await field.settled(() => censusOf(self, undefined, book), isQuiet(0))
  const children = treeOf(schedulers, vault)
  const top = (await startSupervisor(self, { ...MANY, children }, { link: false })) as AnyPid
  const look = () => censusOf(self, top, book)
  const before = await field.settled(look, isQuiet(schedulers))
  const shots: Shots = { process: 0, supervisor: 0, thread: 0 }
  const acknowledged: string[] = []
  let targets: readonly ChildView[] = []
  for (let step = 0; !field.isOver(step); step++) {
    if (step % 4 === 0) {
      targets = (await below(top, (of) => book.failed('whichChildren', of))).filter(({ pid }) => pid !== undefined)
      await self.call(vault, { isShot: true, targets: targets.filter(takesAll).map(({ pid }) => pid) })
    }
    load(self, field, targets)
    if (step % 8 === 0) {
      await self.call(vault, { write: `the shooter ${step}` })
      acknowledged.push(`the shooter ${step}`)
    }
    if (dice.below(field.threadOneIn) === 0) {
      await field.end(1 + dice.below(schedulers))
      shots.thread++
    } else shoot(self, field, targets, shots)
    if (dice.below(2) === 0) await self.sleep(dice.below(30) / 10)
  }
  await self.call(vault, { isShot: false })
  const after = await field.settled(look, is(before))
  book.check([], field.said)
  const keepers = (await members('keepers')).filter(isAlive).length
  const entries = (await places.entries()).map(({ key, pid }) => `${key} ${isAlive(pid)}`).sort()
  const books = (await getState(vault)) as unknown as Books
  for (const { heard, times } of books.heard.values()) book.hear(heard, times)
  const lost = lostOf(books)
  const owners = [...books.puts.keys()].filter((store) => !books.inherited.includes(store)).map(ownerOf)
  const ref = self.monitor(top)
  exit(top, 'shutdown')
  await self.receive({ match: (message) => message?.ref === ref })
  const left = await field.settled(() => censusOf(self, undefined, book), is(first))
  const { inherited } = (await getState(vault)) as unknown as Books
  for (const store of inherited) new Store(store as never).end()
  const { stores } = self.runtime.inspect()
  return { first, before, after, shots, keepers, entries, acknowledged, books, lost, owners, inherited, stores, left }
}

const is =
  (wanted: Census) =>
  (seen: Census): boolean =>
    isDeepStrictEqual(seen, wanted)

/** All are up, and nothing is on its way: so many intervals are left. */
const isQuiet =
  (intervals: number) =>
  ({ shape, timers, waiting }: Census): boolean =>
    !shape.includes('restarting') && timers === intervals && waiting === 0

/** Who takes any call and cast; stages and the registry end at what they do not know, and callers answer nobody. */
const takesAll = ({ id }: ChildView): boolean => !/^(registry|source|sink|ada|bob|caller .*)$/.test(id ?? '')

const ownerOf = (store: number): boolean => {
  const { owner } = new Store(store as never).inspect()
  return owner !== undefined && isAlive(owner)
}

/** What was answered for and is not there. */
function lostOf({ written, acknowledged, puts }: Books): string[] {
  const there = new Set(written)
  const lost = acknowledged.filter((key) => !there.has(key))
  for (const [handle, entries] of puts) {
    const store = new Store<string, number>(handle as never)
    for (const [key, n] of entries) if (store.get(key) !== n) lost.push(`${key} of store ${handle}`)
  }
  return lost
}

/** What must hold after every run. */
export function judge(found: Awaited<ReturnType<typeof shotAt>>, { schedulers, book, said }: Field): void {
  const { first, before, after, left, books, inherited, stores } = found
  expect(first, said).toSatisfy(isQuiet(0))
  // Each keeper has an interval.
  expect(before, said).toSatisfy(isQuiet(schedulers))
  expect(after, said).toEqual(before)
  expect(found.keepers, said).toBe(schedulers)
  expect(found.entries, said).toEqual(['ada true', 'bob true'])
  const theirs = books.written.filter((key) => key.startsWith('the shooter'))
  expect(theirs, said).toEqual(found.acknowledged)
  expect(new Set(books.written).size, said).toBe(books.written.length)
  expect(found.lost, said).toEqual([])
  expect(found.owners, said).toEqual(Array.from({ length: schedulers }, () => true))
  // Every ledger was inherited in the end, once.
  expect([...inherited].sort(), said).toEqual([...new Set([...books.puts.keys(), ...inherited])].sort())
  expect(stores, said).toMatchObject({ made: inherited.length, open: 0, entries: 0, bytes: 0 })
  expect(left, said).toEqual(first)
  expect(left.names, said).not.toContain('true')
  book.check([], said)
}

/** Some of what goes on in such a tree, beside what the callers do. */
function load(self: AnySelf, { dice, book }: Field, targets: readonly ChildView[]): void {
  const target = targets[dice.below(targets.length)]
  if (target?.pid === undefined) return
  const pid = target.pid as AnyPid
  switch (dice.below(7)) {
    case 0:
      return void sendAfter(pid, 'later', dice.below(2_000))
    case 1:
      if (takesAll(target)) for (let i = 0; i < 5; i++) cast(pid, i)
      return
    case 2:
      if (takesAll(target)) ask(self, book, pid)
      return
    case 3:
      return publish('keepers', 'news')
    case 4:
      return void Task.async(self, square, 3).result().catch(book.failed('task'))
    case 5:
      return void places.call('ada', 'still').catch(book.failed('a key'))
    default:
      return void startChild('passing', { start: echo, restart: 'temporary' }).catch(book.failed('startChild'))
  }
}

function shoot(self: AnySelf, { dice, book }: Field, targets: readonly ChildView[], shots: Shots): void {
  const target = targets[dice.below(targets.length)]
  if (target?.pid === undefined || !isAlive(target.pid)) return
  const pid = target.pid as AnyPid
  // Somebody's question is on its way.
  if (takesAll(target) && dice.below(4) === 0) ask(self, book, pid)
  exit(pid, dice.below(2) === 0 ? 'kill' : 'shutdown')
  shots[target.type === 'supervisor' ? 'supervisor' : 'process']++
  send(pid, 'too late')
}

const ask = (self: AnySelf, book: Book, pid: AnyPid): void =>
  void self.runtime.spawn((me: AnySelf) => me.call(pid, 1).catch(book.failed('call', pid)))
