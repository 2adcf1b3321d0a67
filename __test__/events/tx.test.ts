// Goal: a transaction completes all or nothing, and nobody sees less. Method: watchers of every kind look at all of it at every
// moment; random transactions against a list of facts; a swap and a rendezvous of three, made by sources, under cancellations.

import { Computation, Fiber, random, Trigger } from 'rumpus/effect'
import { completed, Event, elapsed, never, type Party, type Source, select, Tx } from 'rumpus/events'
import { all, scope } from 'rumpus/structured'
import { Channel } from 'rumpus/sync'
import { describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'
import { dice } from '../fixtures/random.mjs'

const refused = (code: string) => expect.objectContaining({ code: `ERR_RUMPUS_${code}` })
const badArgument = refused('BAD_ARGUMENT')

/** Has everything that can hear of one of `all` write down what is complete by then. */
const watched = (all: Computation<unknown>[]): string[] => {
  const seen: string[] = []
  const look = (who: string) => seen.push(`${who} ${all.map((one) => (one.isRunning ? '-' : '+')).join('')}`)
  for (const [at, one] of all.entries()) {
    one.tryAttach(Trigger.fromAction(`trigger ${at}`, look))
    one.signal.addEventListener('abort', () => look(`listener ${at}`))
    const child = new Computation<unknown>()
    one.attachCanceler(child)
    child.signal.addEventListener('abort', () => look(`child ${at}`))
    void one.promise().then(
      () => look(`promise ${at}`),
      () => look(`promise ${at}`),
    )
  }
  return seen
}

it('all are complete before anybody is told of any, which one after the other does not promise', async () => {
  const together = [1, 2, 3].map(() => new Computation<unknown>())
  const [a, b, c] = together as [Computation<unknown>, Computation<unknown>, Computation<unknown>]
  const seen = watched(together)
  expect(
    new Tx()
      .return(a, 1)
      .cancel(b, 'why')
      .cancel(c, b.cancellation ?? 'why')
      .tryCommit(),
  ).toBe(true)
  await new Promise(setImmediate)
  expect(seen).toHaveLength(3 + 2 + 2 + 3)
  expect(seen.filter((line) => !line.endsWith('+++'))).toEqual([])
  expect([a.peek(), b.cancellation?.cause]).toEqual([{ value: 1 }, 'why'])

  // The same without: who hears of the first is in time to take the second away.
  const [one, two] = [new Computation<string>(), new Computation<string>()]
  one.signal.addEventListener('abort', () => two.return('taken away'))
  one.cancel('why')
  expect(two.tryReturn('too late')).toBe(false)
  const [three, four] = [new Computation<string>(), new Computation<string>()]
  three.signal.addEventListener('abort', () => four.return('taken away'))
  expect(new Tx().cancel(three, 'why').return(four, 'in time').tryCommit()).toBe(true)
  expect(four.peek()).toEqual({ value: 'in time' })
})

it('one that is complete stops all, and a transaction that failed may be tried again in vain', () => {
  const [done, other] = [new Computation<number>(), new Computation<number>()]
  done.return(0)
  const seen = watched([other])
  const tx = new Tx().return(other, 1).return(done, 2)
  expect([tx.tryCommit(), tx.tryCommit(), other.isRunning, done.peek()]).toEqual([false, false, true, { value: 0 }])
  expect(seen).toEqual([])
  expect(new Tx().return(other, 3).tryCommit()).toBe(true)
  expect(new Tx().tryCommit()).toBe(true)
})

it('commits within a cancellation that is being told, and is told behind it', () => {
  const [parent, a, b] = [1, 2, 3].map(() => new Computation<unknown>()) as [
    Computation<unknown>,
    Computation<unknown>,
    Computation<unknown>,
  ]
  const order: string[] = []
  for (const [name, one] of Object.entries({ parent, a, b })) {
    one.signal.addEventListener('abort', () => order.push(`${name} ${[parent, a, b].every((each) => !each.isRunning)}`))
  }
  parent.tryAttach(Trigger.fromAction(new Tx().cancel(a, 'with it').cancel(b, 'with it'), (tx) => void tx.tryCommit()))
  parent.cancel('first')
  expect(order).toEqual(['parent true', 'a true', 'b true'])
})

it('mistakes are refused at the call', () => {
  const [one, other] = [new Computation<number>(), new Computation<number>()]
  const tx = new Tx().return(one, 1)
  for (const act of [
    () => tx.return(one, 2),
    () => tx.cancel(one, 'twice'),
    () => tx.return({} as never, 1),
    () => tx.give({} as never, 1),
  ]) {
    expect(act).toThrow(badArgument)
  }
  expect(tx.tryCommit()).toBe(true)
  for (const act of [() => tx.tryCommit(), () => tx.return(other, 1), () => tx.cancel(other, 1)]) {
    expect(act).toThrow(badArgument)
  }
})

it('random transactions do as a list of facts says', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const below = dice(seed)
    const all = Array.from({ length: 6 }, () => new Computation<number>())
    const facts: (number | string | undefined)[] = all.map(() => undefined)
    for (let step = 0; step < 12; step++) {
      const chosen = all.map((_, at) => at).filter(() => below(3) === 0)
      const tx = new Tx()
      for (const at of chosen) below(2) === 0 ? tx.return(all[at]!, step) : tx.cancel(all[at]!, `by ${step}`)
      const possible = chosen.every((at) => facts[at] === undefined)
      if (below(4) === 0 && chosen[0] !== undefined) {
        // Somebody completes one meanwhile.
        const free = facts[chosen[0]] === undefined
        expect(all[chosen[0]]!.tryReturn(-1)).toBe(free)
        if (free) facts[chosen[0]] = -1
        expect(tx.tryCommit()).toBe(false)
        continue
      }
      expect(tx.tryCommit()).toBe(possible)
      for (const at of possible ? chosen : []) {
        const outcome = all[at]!.peek()
        facts[at] =
          outcome === undefined ? 'nothing' : 'value' in outcome ? outcome.value : String(outcome.cancelled.cause)
        expect([step, `by ${step}`]).toContain(facts[at])
      }
      const now = all
        .map((one) => one.peek())
        .map((outcome) => outcome && ('value' in outcome ? outcome.value : outcome.cancelled.cause))
      expect(now).toEqual(facts)
    }
  }
})

/** Where so many meet at a time, each given what all brought: a rendezvous that no channel has. */
class Meeting {
  private readonly there = new Map<Party<string[]>, string>()
  private readonly size: number
  met = 0

  constructor(size: number) {
    this.size = size
  }

  get waiting(): number {
    return this.there.size
  }

  with(brought: string): Event<string[]> {
    const source: Source<string[]> = {
      poll: (party) => {
        const others: [Party<string[]>, string][] = []
        for (const [other, what] of this.there) {
          // Two branches of one sync cannot meet each other, nor be two of three.
          if (party.isRival(other) || others.some(([one]) => one.isRival(other))) continue
          others.push([other, what])
          if (others.length === this.size - 1) return this.meet([...others, [party, brought]])
        }
      },
      wait: (party) => {
        this.there.set(party, brought)
        return () => void this.there.delete(party)
      },
    }
    return new Event(source)
  }

  private meet(all: [Party<string[]>, string][]): void {
    const brought = all.map(([, what]) => what).sort()
    const tx = new Tx()
    for (const [party] of all) tx.give(party, brought)
    expect(tx.tryCommit()).toBe(true)
    for (const [party] of all) this.there.delete(party)
    this.met++
  }
}

describe.each(executors)('$name', ({ execute }) => {
  it('parties of three syncs are served together, whatever else they wait for', () =>
    execute(async (fiber) => {
      const [meeting, channel] = [new Meeting(3), new Channel<string[]>(0)]
      const meets = (name: string) => (mine: Fiber) =>
        select(mine, [meeting.with(name), channel.receiving(), elapsed(60_000)])
      const met = await all(fiber, [meets('a'), meets('b'), meets('c')])
      expect(met).toEqual([1, 2, 3].map(() => ['a', 'b', 'c']))
      expect([meeting.waiting, channel.trySend([])]).toEqual([0, false])
    }))

  it('two branches of one sync are not both chosen', () =>
    execute(async (fiber) => {
      const parties: Party<number>[] = []
      const keeping = () =>
        new Event<number>({
          poll: () => {},
          wait: (party) => {
            parties.push(party)
            return () => {}
          },
        })
      const waits = fiber.fork((mine) => select(mine, [keeping(), keeping(), never]))
      await fiber.sleep(1)
      const [one, other] = parties as [Party<number>, Party<number>]
      expect([one.isRival(other), one.isRival(one), one.isRival({} as never)]).toEqual([true, true, false])
      expect(() => new Tx().give(one, 1).give(one, 2)).toThrow(badArgument)
      const computation = new Computation<number>()
      expect(new Tx().give(one, 1).give(other, 2).return(computation, 3).tryCommit()).toBe(false)
      expect([one.isOpen, computation.isRunning]).toEqual([true, true])
      expect(new Tx().give(other, 2).return(computation, 3).tryCommit()).toBe(true)
      expect([await waits, computation.peek(), one.isOpen, one.tryGive(1), one.tryFail(1)]).toEqual([
        2,
        { value: 3 },
        false,
        false,
        false,
      ])
      expect(new Tx().give(one, 1).tryCommit()).toBe(false)
    }))

  it('a source that throws, or gives while it is to wait, leaves no party behind', () =>
    execute(async (fiber) => {
      const channel = new Channel<number>(0)
      const broken = new Event<number>({
        poll: () => {},
        wait: () => {
          throw new Error('broken')
        },
      })
      for (let n = 0; n < 10; n++) {
        await expect(select(fiber, [channel.receiving(), broken, channel.receiving()])).rejects.toThrow('broken')
      }
      let [waiting, served] = [0, 0]
      const late = new Event<number>({
        poll: () => {},
        wait: (party) => {
          waiting++
          if (party.tryGive(5)) served++
          return () => waiting--
        },
      })
      for (let n = 0; n < 10; n++) expect(await select(fiber, [channel.receiving(), late, late])).toBe(5)
      expect([waiting, served, channel.trySend(1)]).toEqual([10, 10, false])
      // One that serves another branch of the sync while it is to wait.
      let [kept, rounds] = [0, 0]
      const generous = new Event<number>({
        poll: () => {},
        wait: (party) => {
          if (!channel.trySend(6)) queueMicrotask(() => party.tryGive(7))
          kept++
          return () => kept--
        },
      })
      const seen = new Set<number>()
      for (; seen.size < 2 && rounds < 100; rounds++) {
        const before = kept
        const given = await select(fiber, [channel.receiving(), generous])
        seen.add(given)
        expect(kept - before).toBe(given === 6 ? 0 : 1)
      }
      expect(seen).toEqual(new Set([6, 7]))
    }))
})

it('nobody meets twice, alone, or when cancelled, and all who met were three', async () => {
  let [cancelled, met] = [0, 0]
  for (let seed = 1; seed <= 100; seed++) {
    await random({ seed }, async (root) => {
      const below = dice(seed)
      const meetings = [new Meeting(3), new Meeting(2)] as const
      const told = new Map<string, number>()
      const stop = new Computation<string[]>()
      const comes = (name: string) => async (fiber: Fiber) => {
        for (let n = 0; ; n++) {
          const ticket = `${name}${n}`
          const branches = [...meetings.map((meeting) => meeting.with(ticket)), completed(stop)]
          const group = await select(fiber, branches)
          expect(group).toContain(ticket)
          for (const one of group) told.set(one, (told.get(one) ?? 0) + 1)
          if (below(3) === 0) await fiber.yield()
        }
      }
      await scope(root, async (outer) => {
        const all = Array.from({ length: 7 }, (_, at) => {
          const computation = new Computation<never>()
          const fiber = new Fiber(root.handler, computation)
          const done = root.handler.spawn(root, fiber, comes(String.fromCharCode(97 + at)))
          return { computation, done: done.catch((error) => expect(error).toBe(computation.cancellation)) }
        })
        for (const { computation, done } of all) {
          for (let n = below(8); n > 0; n--) await outer.fiber.yield()
          computation.cancel('now')
          cancelled++
          await done
        }
      })
      // Each who met was told of by each of the group: so often as the group is large, however few of them went on.
      expect([...told.values()].every((times) => times >= 1 && times <= 3)).toBe(true)
      expect(meetings.map(({ waiting }) => waiting)).toEqual([0, 0])
      met += meetings[0].met + meetings[1].met
    })
  }
  expect(cancelled).toBe(700)
  expect(met).toBeGreaterThan(1_000)
})
