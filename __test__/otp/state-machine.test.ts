// Goal: a state machine takes events in the order that the rules say, and no time-out that is off. Method: random tables run in virtual time
// and compared with the pure model (`machine-model.ts`); each rule by itself; what is wrong.

import { Down, exit, reply, type Self, send, simulate } from 'rumpus'
import { cast, type MachineEvent, type Moved, StateMachine, startServer, startSupervisor, stopServer } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { type AnyPid, type AnySelf, inside, rejectionOf } from '../process/world.ts'
import { type Log, type Move, type Said, type Table, toldMachine } from './machine-model.ts'

const STATES = ['red', 'green', 'blue']
const WORDS = ['a', 'b', 'c']
const HAPPENS = [...WORDS, 'i', 'j', 'state-timeout', 'event-timeout', 'x', 'y']
const END_MS = 6_000
/** Closer than that nothing is told apart. */
const LATE_MS = 15

/** Numbers below a bound, by a seed. */
const chanceOf = (seed: number): ((below: number) => number) => {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const timing = (chance: (below: number) => number): number | null =>
  [0, 137, 251, 389, 1_009, 2_003, null][chance(7)] as number | null

const timings = (chance: (below: number) => number): Move => ({
  ...(chance(3) === 0 ? { stateTimeout: timing(chance) } : {}),
  ...(chance(3) === 0 ? { eventTimeout: timing(chance) } : {}),
  ...(chance(3) === 0 ? { timers: { [['x', 'y'][chance(2)] as string]: timing(chance) } } : {}),
})

/** A table in which nothing goes on for ever without time: only words make internal events and time-outs of 0, and none both waits and moves. */
const tableOf = (chance: (below: number) => number): Table =>
  Object.fromEntries(
    STATES.map((state) => [
      state,
      Object.fromEntries([
        ['enter', chance(2) === 0 ? withoutZero(timings(chance)) : {}],
        ...HAPPENS.map((name): [string, Move] => {
          const isWord = WORDS.includes(name)
          const postpones = isWord && chance(4) === 0
          const move: Move = {
            ...(postpones ? { postpone: true } : chance(3) === 0 ? { next: STATES[chance(3)] as string } : {}),
            ...(isWord && chance(6) === 0 ? { again: true } : {}),
            ...(isWord && !postpones && chance(3) === 0 ? { events: ['i', 'j'].slice(chance(2)) } : {}),
            ...timings(chance),
          }
          return [name, isWord && !postpones ? move : withoutZero(move)]
        }),
      ]),
    ]),
  )

const withoutZero = ({ stateTimeout, eventTimeout, timers = {}, ...rest }: Move): Move => ({
  ...rest,
  ...(stateTimeout === undefined || stateTimeout === 0 ? {} : { stateTimeout }),
  ...(eventTimeout === undefined || eventTimeout === 0 ? {} : { eventTimeout }),
  timers: Object.fromEntries(Object.entries(timers).filter(([, ms]) => ms !== 0)),
})

/** What the real one logs. */
const shown = (seed: number, table: Table, said: readonly Said[]): Promise<Log> =>
  simulate({ seed, onCrash: () => {} }, async (self: Self<unknown>, simulation) => {
    const log: [number, string, string][] = []
    const now = (): number => simulation.now() - begun
    class Tabled extends StateMachine<string, unknown, string> {
      override begin(): string {
        return 'red'
      }
      override handleEvent(event: MachineEvent<string, unknown, string>, state: string): Moved<string> {
        const name = nameOf(event)
        log.push([now(), state, name])
        const move = table[state]?.[event.type === 'enter' ? 'enter' : name]
        return move as Moved<string>
      }
    }
    const begun = simulation.now()
    const machine = await startServer(self as AnySelf, Tabled)
    for (const { atMs, name } of said) {
      await self.sleep(atMs - (simulation.now() - begun))
      cast(machine, name)
    }
    await self.sleep(END_MS - (simulation.now() - begun))
    return log
  })

const nameOf = (event: MachineEvent<string, unknown, string>): string => {
  if (event.type === 'enter') return `enter from ${event.from ?? ''}`
  if (event.type === 'cast') return event.message
  if (event.type === 'timer') return event.name
  return event.type === 'internal' ? String(event.what) : event.type
}

it('random tables agree with the model', async () => {
  let compared = 0
  for (let seed = 1; seed <= 500; seed++) {
    const chance = chanceOf(seed * 7919)
    const table = tableOf(chance)
    const said: Said[] = []
    for (let atMs = 100 + chance(700); atMs < 4_000; atMs += 100 + chance(700))
      said.push({ atMs, name: WORDS[chance(3)] as string })
    const { log, isTied } = toldMachine(table, 'red', said, END_MS, LATE_MS)
    if (isTied || log.length > 3_000) continue
    compared++
    const real = await shown(seed, table, said)
    expect([seed, real.map(([, ...what]) => what)]).toEqual([seed, log.map(([, ...what]) => what)])
    for (const [at, [ms]] of real.entries()) {
      // Never early. A timer is late by its wheel's tick, and one that it sets by another.
      expect(ms - (log[at]?.[0] ?? 0)).toBeGreaterThan(-0.1)
      expect(ms - (log[at]?.[0] ?? 0)).toBeLessThan(LATE_MS)
    }
  }
  expect(compared).toBeGreaterThan(100)
})

/** A machine whose answers the test says. */
class Scripted extends StateMachine<string, unknown, unknown, unknown> {
  log: unknown[] = []
  script: (event: MachineEvent<string>, state: string) => unknown = () => undefined

  override begin(script: (event: MachineEvent<string>, state: string) => unknown, first: unknown = 'one'): string {
    this.script = script
    return first as string
  }

  override handleEvent(event: MachineEvent<string>, state: string): Moved<string> {
    if (event.type === 'call' && event.request === 'log') return { reply: [...this.log] }
    this.log.push(event.type === 'enter' ? `${event.from} -> ${state}` : event)
    return this.script(event, state) as Moved<string>
  }
}

describe('a state machine', () => {
  it('answers calls now, later, and when the state is another', () =>
    inside(async (self) => {
      const script = (event: MachineEvent<string>, state: string): unknown => {
        if (event.type !== 'call') return undefined
        if (event.request === 'open') return { next: 'open', reply: 'opened' }
        if (event.request === 'enter') return state === 'open' ? { reply: 'entered' } : { postpone: true }
        if (event.request === 'later') setImmediate(() => reply(event.from, 'now'))
        return undefined
      }
      const machine = (await startServer(self, Scripted, { args: [script] })) as AnyPid
      const entering = Array.from({ length: 1_000 }, () =>
        self.spawn(async (me: AnySelf) => send(self.pid, await me.call(machine, 'enter'))),
      )
      expect(await self.call(machine, 'later')).toBe('now')
      expect(await self.call(machine, 'open')).toBe('opened')
      for (const _ of entering) expect(await self.receive()).toBe('entered')
    }))

  it('stops with an answer, after terminate, and tells those whose calls it has', () =>
    inside(async (self) => {
      const ended: unknown[] = []
      class Last extends Scripted {
        override terminate(reason: unknown): void {
          ended.push(reason)
        }
      }
      const script = (event: MachineEvent<string>): unknown => {
        if (event.type === 'call' && event.request === 'stop') return { reply: 'bye', stop: 'shutdown' }
        return event.type === 'call' ? { postpone: true } : undefined
      }
      const machine = (await startServer(self, Last, { args: [script], link: false })) as AnyPid
      self.spawn(async (me: AnySelf) => send(self.pid, await me.call(machine, 'wait').catch(({ code }) => code)))
      await self.yield()
      expect(await self.call(machine, 'stop')).toBe('bye')
      expect(await self.receive()).toBe('ERR_RUMPUS_DOWN')
      expect(ended).toEqual([{ kind: 'shutdown' }])
    }))

  it('hears of messages, ends and exits as events', () =>
    inside(async (self) => {
      const machine = (await startServer(self, Scripted, { args: [() => undefined] })) as AnyPid
      send(machine, 'hello')
      send(machine, { type: 'rumpus:tick', token: 7 })
      send(machine, null)
      const down = new Down(5, self.pid as AnyPid, { kind: 'normal' })
      send(machine, down)
      expect(await self.call(machine, 'log')).toEqual([
        'undefined -> one',
        { type: 'info', message: 'hello' },
        { type: 'info', message: null },
        { type: 'info', message: down },
      ])
      await stopServer(machine)
    }))

  it('is async where it wants to be: nothing else happens meanwhile', () =>
    inside(async (self) => {
      let busy = 0
      const script = async (event: MachineEvent<string>, state: string): Promise<unknown> => {
        expect(++busy).toBe(1)
        await new Promise((resolve) => setImmediate(resolve))
        busy--
        return event.type === 'call' ? { reply: state, next: state === 'one' ? 'two' : 'one' } : undefined
      }
      const machine = (await startServer(self, Scripted, { args: [script] })) as AnyPid
      const states: unknown[] = []
      for (let i = 0; i < 6; i++) states.push(await self.call(machine, i))
      expect(states).toEqual(['one', 'two', 'one', 'two', 'one', 'two'])
    }))

  it('begins anew in its first state under a supervisor', () =>
    inside(
      async (self) => {
        const script = (event: MachineEvent<string>, state: string): unknown => {
          if (event.type !== 'call') return undefined
          if (event.request === 'fail') throw new Error('as told')
          return { reply: state, next: 'two' }
        }
        await startSupervisor(self, { children: [{ id: 'm', name: 'm', start: Scripted, args: [script] }] })
        expect(await self.call('m', 'state')).toBe('one')
        expect(await self.call('m', 'state')).toBe('two')
        const pid = self.whereis('m') as AnyPid
        expect(await rejectionOf(self.call('m', 'fail'))).toMatchObject({ code: 'ERR_RUMPUS_DOWN' })
        while (self.whereis('m') === undefined || self.whereis('m') === pid) await self.sleep(1)
        expect(await self.call('m', 'state')).toBe('one')
        exit(self.whereis('m') as AnyPid, 'shutdown')
      },
      { onCrash: () => {} },
    ))

  it('ends by an error that says what was wrong with its answer', () =>
    inside(async (self, crashes) => {
      const wrong: [unknown, RegExp][] = [
        [7, /^transition must be a state, an object or nothing, got 7/],
        [{ nxt: 'two' }, /^transition\.nxt must be left out: there are next, again/],
        [{ next: 7 }, /^transition\.next must be a state, got 7/],
        [{ again: 1 }, /^transition\.again must be true or false/],
        [{ postpone: 'yes' }, /^transition\.postpone must be true or false/],
        [{ reply: 1 }, /^transition\.reply must be left out where the event is no call/],
        [{ stateTimeout: -1 }, /^transition\.stateTimeout must be a number of milliseconds/],
        [{ eventTimeout: 'soon' }, /^transition\.eventTimeout must be/],
        [{ timers: { x: { what: 1 } } }, /^transition\.timers\.x must be/],
        [{ timers: 5 }, /^transition\.timers must be an object/],
        [{ events: 'i' }, /^transition\.events must be an array/],
      ]
      for (const [answer, message] of wrong) {
        const script = (event: MachineEvent<string>): unknown => (event.type === 'cast' ? answer : undefined)
        const machine = (await startServer(self, Scripted, { args: [script], link: false })) as AnyPid
        const ref = self.monitor(machine)
        cast(machine, 'go')
        const down = await self.receive({ match: (one) => one?.ref === ref })
        expect(down.reason.error.message).toMatch(message)
      }
      expect(crashes).toHaveLength(wrong.length)
      const entering = (event: MachineEvent<string>): unknown => (event.type === 'enter' ? { next: 'two' } : undefined)
      for (const args of [[() => undefined, {}], [() => undefined, ''], [entering]]) {
        expect(await rejectionOf(startServer(self, Scripted, { args, link: false }))).toMatchObject({
          code: 'ERR_RUMPUS_INIT',
        })
      }
      class Nothing extends StateMachine {}
      expect(await rejectionOf(startServer(self, Nothing, { link: false }))).toMatchObject({ message: /has no begin/ })
    }))
})
