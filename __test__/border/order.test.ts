// Order per pair, no loss, no duplicate, and books that balance: generated topologies on all schedulers, through steals,
// with signals among the messages.

import { Down, Exit, exit, isAlive, type RuntimeOptions, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import {
  crowd,
  flood,
  Heard,
  lastWords,
  mixed,
  mixedBody,
  mixer,
  node,
  nodeBody,
  numbered,
  toItself,
} from '../fixtures/order-bodies.mjs'
import { dice } from '../fixtures/random.mjs'
import { type AnyPid, type AnySelf, balanced, inside, started, take, turns, until } from '../process/world.ts'

type Edges = [from: number, to: number][]

const topologies: Record<string, (nodes: number) => Edges> = {
  ring: (n) => Array.from({ length: n }, (_, i) => [i, (i + 1) % n]),
  star: (n) =>
    Array.from(
      { length: n - 1 },
      (_, i): Edges => [
        [0, i + 1],
        [i + 1, 0],
      ],
    ).flat(),
  mesh: (n) => Array.from({ length: n * n }, (_, k): [number, number] => [k % n, Math.floor(k / n)]),
  tree: (n) =>
    Array.from(
      { length: n - 1 },
      (_, i): Edges => [
        [(i >> 1) | 0, i + 1],
        [i + 1, (i >> 1) | 0],
      ],
    ).flat(),
}

/** Sends of the coordinator itself to each node: some before it can have started, some later. */
const OWN = 40

interface Load {
  readonly nodes: number
  readonly count: number
  readonly seed: number
}

/** Spawns the nodes in seeded places: anywhere, at home, pinned, as closures. */
function spawnNodes(self: AnySelf, { nodes, seed }: Load): AnyPid[] {
  const below = dice(seed)
  const seats = self.runtime.inspect().schedulers.length
  return Array.from({ length: nodes }, (_, id): AnyPid => {
    const how = below(6)
    const to = self.pid as AnyPid
    if (how === 0) return self.spawn((me: AnySelf) => nodeBody(me, to, id))
    if (how === 1) return self.spawn(node.with({ on: 'here' }), to, id)
    if (how === 2) return self.spawn(node.with({ on: 1 + below(seats - 1) }), to, id)
    return self.spawn(node, to, id)
  })
}

/** Runs one topology to its end; what each node says it heard. */
async function play(self: AnySelf, edges: Edges, load: Load): Promise<void> {
  const below = dice(load.seed + 1)
  const pids = spawnNodes(self, load)
  const sent = pids.map(() => 0)
  const poke = (i: number): void => send(pids[i], numbered(-1, sent[i]++, below(12)))
  pids.forEach((_, i) => {
    for (let k = below(OWN / 2); k > 0; k--) poke(i)
  })
  pids.forEach((pid, i) => {
    const peers = edges.filter(([from]) => from === i).map(([, to]) => pids[to])
    const expected = OWN + load.count * edges.filter(([, to]) => to === i).length
    send(pid, { plan: { seed: load.seed * 1000 + i, peers, count: load.count, expect: expected } })
  })
  while (sent.some((n) => n < OWN)) {
    for (let i = 0; i < pids.length; i++) if (sent[i] < OWN) poke(i)
    if (below(4) === 0) await turns(1)
  }
  const done = (await take(self, pids.length)) as { done: number }[]
  expect(done.map((message) => message.done).sort((a, b) => a - b)).toEqual(pids.map((_, i) => i))
  for (const pid of pids) send(pid, 'end')
  const ends = (await take(self, pids.length)) as { ended: number; total: number; wrong: unknown[] }[]
  for (const { ended, total, wrong } of ends) {
    const into = edges.filter(([, to]) => to === ended).length
    expect({ ended, total, wrong }).toEqual({ ended, total: OWN + load.count * into, wrong: [] })
  }
}

const settings: [string, RuntimeOptions][] = [
  ['placed on 2', { schedulers: 2 }],
  ['placed on 3, the host works', { schedulers: 3, hostWorks: true }],
  ['stolen among 3', { schedulers: 3, placement: false }],
]

describe.each(settings)('order of messages, %s', (_, options) => {
  it.each(Object.keys(topologies))('order and conservation in a %s', async (shape) => {
    const { runtime, crashes } = await started(options)
    const nodes = shape === 'mesh' ? 9 : 16
    for (const seed of [11, 12]) {
      const load = { nodes, count: shape === 'mesh' ? 40 : 120, seed }
      try {
        await runtime.run((self: AnySelf) => play(self, topologies[shape](nodes), load))
      } catch (cause) {
        throw new Error(`${shape}, seed ${seed}`, { cause })
      }
    }
    await until(() => runtime.inspect().processes.alive === 0)
    const view = runtime.inspect()
    balanced(view)
    expect(view.messages).toMatchObject({ waiting: 0, dropped: { dead: 0, died: 0, corrupt: 0, full: 0 } })
    expect(crashes).toEqual([])
  })
})

describe('order through steals', () => {
  it('order holds when unstarted processes are stolen with their mail', async () => {
    const { runtime } = await started({ schedulers: 3, placement: false })
    const [children, each] = [200, 60]
    await runtime.run(async (self: AnySelf) => {
      self.spawn(crowd.with({ on: 1 }), self.pid as AnyPid, children, each)
      const heard = (await take(self, children * 2 + 1)) as { ended?: number; total: number; wrong: unknown[] }[]
      const ends = heard.filter(({ ended }) => ended !== undefined)
      expect(ends.length).toBe(children)
      expect(new Set(ends.map(({ ended }) => ended)).size).toBe(children)
      for (const { total, wrong } of ends) expect({ total, wrong }).toEqual({ total: each, wrong: [] })
    })
    await until(() => runtime.inspect().processes.alive === 0)
    const view = runtime.inspect()
    balanced(view)
    expect(view.messages.waiting).toBe(0)
    const stolen = view.schedulers.map((scheduler) => scheduler.stolen)
    expect(stolen[0]).toBe(0)
    expect(stolen.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(0)
  })
})

describe('order at the moment in which a lane changes', () => {
  it('order of what a definition process sends to itself first', async () => {
    await inside(async (self) => {
      for (const on of ['here', 1, 2] as const) {
        self.spawn(toItself.with({ on }), self.pid as AnyPid, 50)
        expect(await self.receive()).toEqual(Array.from({ length: 50 }, (_, i) => i))
      }
    })
  })

  it('order of exit signals among local messages while its scheduler has a backlog from others', async () => {
    await inside(async (self) => {
      const count = 40
      for (let round = 0; round < 30; round++) {
        const target = self.spawn(async (me: AnySelf) => {
          me.trapExit()
          send(self.pid as AnyPid, 'ready')
          const came: unknown[] = []
          while (came.length < count) {
            const message = await me.receive()
            if (message !== 'flood')
              came.push(message instanceof Exit ? (message.reason as { value: number }).value : message)
          }
          send(self.pid as AnyPid, came)
        }) as AnyPid
        await self.receive()
        const source = self.spawn(flood.with({ on: 1 }), target, 5000)
        // The other thread fills the mailbox while this one computes.
        const before = self.runtime.inspect().schedulers[1].messagesOut
        while (self.runtime.inspect().schedulers[1].messagesOut < before + 2000 && isAlive(source));
        await turns(1)
        for (let i = 0; i < count; i++) i % 2 === 0 ? exit(target, i) : send(target, i)
        expect(await self.receive()).toEqual(Array.from({ length: count }, (_, i) => i))
      }
    })
  })
})

describe('order of messages and signals', () => {
  for (const how of ['return', 'throw', 'exit', 'wait'] as const) {
    it(`order of a down behind the messages of a process that ends by ${how}`, async () => {
      await inside(
        async (self) => {
          const [count, senders] = [150, 6]
          const refs = new Map<number, number>()
          const pids = Array.from({ length: senders }, (_, id) => {
            const on = id % 3
            const pid = self.spawn(lastWords.with({ on }), self.pid as AnyPid, id, count, how) as AnyPid
            refs.set(self.monitor(pid), id)
            return pid
          })
          for (const pid of pids) send(pid, 'go')
          const heard = new Heard()
          for (let downs = 0; downs < senders; ) {
            const message = await self.receive()
            if (!(message instanceof Down)) {
              heard.note(message)
              // The request to end comes behind all that it has sent, or it would not be heard to have sent.
              if (how === 'wait' && heard.next.get(message.from ?? message[0]) === count)
                exit(pids[message.from ?? message[0]])
              continue
            }
            downs++
            expect(heard.next.get(refs.get(message.ref) as number)).toBe(count)
            expect(message.reason.kind).toBe({ return: 'normal', throw: 'error', exit: 'user', wait: 'shutdown' }[how])
          }
          expect(heard.wrong).toEqual([])
          expect(heard.total).toBe(count * senders)
        },
        { schedulers: 2 },
      )
    })
  }

  it('order of an exit signal behind the messages of a linked process', async () => {
    await inside(async (self) => {
      self.trapExit()
      for (const on of [0, 1, 2]) {
        const pid = self.spawn(lastWords.with({ on }), self.pid as AnyPid, on, 300, 'exit') as AnyPid
        self.link(pid)
        send(pid, 'go')
        const heard = new Heard()
        let message = await self.receive()
        for (; !(message instanceof Exit); message = await self.receive()) heard.note(message)
        expect({ total: heard.total, wrong: heard.wrong }).toEqual({ total: 300, wrong: [] })
        expect(message).toMatchObject({ pid, reason: { kind: 'user', value: { id: on } } })
      }
    })
  })

  it.each([21, 22, 23])('order of exit signals among messages, all to one process, seed %i', async (seed) => {
    await inside(
      async (self) => {
        const [count, senders] = [300, 6]
        for (const on of [undefined, 'here', 1, 2] as const) {
          const target = (
            on === undefined
              ? self.spawn((me: AnySelf) => mixedBody(me, self.pid as AnyPid, count * senders))
              : self.spawn(mixed.with({ on }), self.pid as AnyPid, count * senders)
          ) as AnyPid
          expect(await self.receive()).toBe('trapping')
          for (let id = 0; id < senders; id++) self.spawn(mixer.with({ on: id % 3 }), target, id, count, seed + id)
          const told = await self.receive()
          expect(told).toMatchObject({ total: count * senders, wrong: [] })
          expect(told.signals).toBeGreaterThan(count)
        }
      },
      { schedulers: 2 },
    )
  })
})

describe('conservation', () => {
  it('conservation when receivers end with mail and senders go on', async () => {
    const { runtime } = await started({ schedulers: 2 })
    const seed = 31
    const below = dice(seed)
    await runtime.run(async (self: AnySelf) => {
      for (let round = 0; round < 20; round++) {
        const sink = self.spawn(mixed.with({ on: below(3) }), self.pid as AnyPid, 1 + below(100)) as AnyPid
        await self.receive()
        for (let id = 0; id < 3; id++) self.spawn(mixer.with({ on: id }), sink, id, 100, below(1000))
        expect(await self.receive()).toHaveProperty('total')
      }
    })
    await until(() => runtime.inspect().processes.alive === 0)
    const view = runtime.inspect()
    balanced(view)
    expect(view.messages.waiting).toBe(0)
    expect(view.messages.dropped.dead + view.messages.dropped.died).toBeGreaterThan(0)
  })
})
