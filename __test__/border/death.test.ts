// The death of scheduler threads, provoked in every way there is: who hears of it, what runs elsewhere, what comes back,
// what the books say.

import { Down, exit, isAlive, type Runtime, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { hold, once, relating } from '../fixtures/bodies.mjs'
import { brooder, chatter, child, doomed } from '../fixtures/death-bodies.mjs'
import { dice } from '../fixtures/random.mjs'
import { type AnyPid, type AnySelf, inside, program, started, take, until } from '../process/world.ts'

/** Ends the thread in `seat`, whatever it does, once there is one that is up. */
async function terminate(runtime: Runtime, seat: number): Promise<void> {
  await until(() => runtime.inspect().schedulers[seat].up)
  await (runtime as unknown as { host: { end(seat: number): Promise<void> } }).host.end(seat)
}

const down1 = { kind: 'scheduler-down', scheduler: 1 }

describe('scheduler-down', () => {
  for (const how of ['exit', 'outside', 'terminate']) {
    it(`scheduler-down after ${how}: links, monitors and bystanders elsewhere, and the thread is back`, async () => {
      const { runtime, crashes } = await started({ schedulers: 2 })
      await runtime.run(async (self: AnySelf) => {
        const me = self.pid as AnyPid
        const pid = self.spawn(doomed.with({ on: 1 }), me) as AnyPid
        const beside = self.spawn(hold.with({ on: 1 }), me, 'beside')
        const away = self.spawn(hold.with({ on: 2 }), me, 'away')
        await take(self, 3)
        const linked = self.spawn(relating.with({ on: 2 }), me, 'link', pid)
        const watching = self.spawn(relating.with({ on: 2 }), me, 'monitor', beside)
        await take(self, 2)
        const refs = new Map([pid, beside, linked].map((whom) => [self.monitor(whom), whom as number]))
        self.monitor(away)
        send(pid, how)
        expect(await self.receive()).toEqual({ last: how })
        if (how === 'terminate') await terminate(runtime, 1)
        const heard = await take(self, 4)
        const downs = heard.filter((message): message is Down => message instanceof Down)
        expect(downs.map(({ ref, pid }) => [ref, pid])).toEqual(expect.arrayContaining([...refs]))
        for (const { reason } of downs) expect(reason).toEqual(down1)
        expect(heard).toContainEqual({ from: watching, type: 'down', pid: beside, reason: down1 })
        expect([pid, beside, linked, away, watching].map((whom) => isAlive(whom))).toEqual([
          false,
          false,
          false,
          true,
          true,
        ])
        self.spawn(once.with({ on: 1 }), me, 'back')
        expect(await self.receive()).toMatchObject({ name: 'back', seat: 1 })
      })
      expect(
        crashes.filter(({ what }) => what === 'a scheduler thread went down').map((report) => report.scheduler),
      ).toEqual([1])
      await runtime.stop()
      expect(runtime.inspect().processes.alive).toBe(0)
    })
  }

  it('scheduler-down leaves out those that had not started: they run when the thread is back', async () => {
    const { runtime } = await started({ schedulers: 1 })
    await runtime.run(async (self: AnySelf) => {
      const count = 60
      const pid = self.spawn(brooder, self.pid as AnyPid, count)
      self.monitor(pid)
      await self.receive()
      for (let i = 0; i < count; i++) self.spawn(child.with({ on: 1 }), self.pid as AnyPid, count + i)
      await terminate(runtime, 1)
      const heard = (await take(self, 2 * count + 1)) as { ran: number; seat: number }[]
      const downs = heard.filter((message) => message instanceof Down)
      expect(downs).toMatchObject([{ pid, reason: down1 }])
      const ran = heard.filter((message) => !(message instanceof Down)).map((message) => message.ran)
      expect(ran.sort((a, b) => a - b)).toEqual(Array.from({ length: 2 * count }, (_, i) => i))
    })
    await until(() => runtime.inspect().processes.alive === 0)
  })

  it('scheduler-down is monitored and linked after the death as noproc', async () => {
    const { runtime } = await started({ schedulers: 1 })
    await runtime.run(async (self: AnySelf) => {
      const pid = self.spawn(hold, self.pid as AnyPid, 'x')
      await self.receive()
      self.monitor(pid)
      await terminate(runtime, 1)
      expect(await self.receive()).toMatchObject({ pid, reason: down1 })
      self.monitor(pid)
      expect(await self.receive()).toMatchObject({ pid, reason: { kind: 'noproc' } })
    })
  })

  it('scheduler-down delivers first what the dead had sent', async () => {
    const { runtime } = await started({ schedulers: 2 })
    await runtime.run(async (self: AnySelf) => {
      const pid = self.spawn(doomed.with({ on: 1 }), self.pid as AnyPid) as AnyPid
      self.monitor(pid)
      await self.receive()
      send(pid, 'exit')
      expect(await take(self, 2)).toMatchObject([{ last: 'exit' }, { reason: down1 }])
    })
  })
})

describe('a heap that is full', () => {
  it('heapMb: many small objects end one thread, and the runtime goes on', async () => {
    const { code, stdout, stderr } = await program('heap-full.mjs', ['heap'])
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.trim().split('\n')
    expect(lines).toContain('a scheduler thread went down ERR_WORKER_OUT_OF_MEMORY')
    expect(JSON.parse(lines.at(-1) as string)).toEqual({ last: 'heap', reason: down1, back: 1, same: false })
  })

  it('heapMb: one allocation that is too large ends the whole of Node, as the guides say', async () => {
    const { code, signal, stderr } = await program('heap-full.mjs', ['large'])
    expect(code === null ? signal : code).not.toBe(0)
    expect(stderr).toMatch(/FATAL ERROR/)
  })
})

describe('a stray rejection', () => {
  it('onCrash hears of it, and the thread lives', async () => {
    await inside(async (self, crashes) => {
      const bystander = self.spawn(hold.with({ on: 1 }), self.pid as AnyPid, 'x')
      await self.receive()
      const pid = self.spawn(doomed.with({ on: 1 }), self.pid as AnyPid) as AnyPid
      self.monitor(pid)
      await self.receive()
      send(pid, 'reject')
      expect(await take(self, 3)).toMatchObject([{ last: 'reject' }, { still: 1 }, { reason: { kind: 'normal' } }])
      expect(isAlive(bystander)).toBe(true)
      await until(() => crashes.length > 0)
      expect(crashes).toMatchObject([{ scheduler: 1, error: { message: 'nobody hears this' } }])
      exit(bystander)
    })
  })
})

/** What a root knows of the processes that it keeps on all schedulers, among which messages fly. */
class Pool {
  readonly seats = new Map<number, number | undefined>()
  private readonly self: AnySelf

  constructor(self: AnySelf) {
    this.self = self
  }

  fill(size: number): void {
    while (this.seats.size < size) {
      const pid = this.self.spawn(chatter, this.self.pid as AnyPid, 0)
      this.self.monitor(pid)
      this.seats.set(pid, undefined)
    }
  }

  /** Sets balls rolling between pairs: the load. */
  serve(below: (bound: number) => number): void {
    const pids = [...this.seats.keys()] as AnyPid[]
    for (const pid of pids) send(pid, { to: pids[below(pids.length)], n: 1 })
  }

  /** Hears until `dead` have been reported and everyone else has said where it is and answered; those reported. */
  async settle(dead: number[]): Promise<Map<number, Down>> {
    const downs = new Map<number, Down>()
    const answered = new Set<number>()
    for (const pid of this.seats.keys()) if (!dead.includes(pid)) send(pid as AnyPid, { to: this.self.pid, n: -1 })
    const settled = ([pid, seat]: [number, number | undefined]): boolean => answered.has(pid) && seat !== undefined
    while (
      dead.some((pid) => !downs.has(pid)) ||
      ![...this.seats].filter(([pid]) => !dead.includes(pid)).every(settled)
    ) {
      const message = await this.self.receive()
      if (message instanceof Down) {
        downs.set(message.pid, message)
        this.seats.delete(message.pid)
      } else if (message.up !== undefined) {
        if (this.seats.has(message.up)) this.seats.set(message.up, message.seat)
      } else if (message.n === 0) answered.add(message.to)
    }
    return downs
  }
}

describe('terminations at random', () => {
  it('scheduler-down for exactly those that had started there, 50 times under load', async () => {
    const [schedulers, kills, seed] = [3, 50, 4711]
    const below = dice(seed)
    const { runtime } = await started({ schedulers })
    await runtime.run(async (self: AnySelf) => {
      const pool = new Pool(self)
      pool.fill(24)
      await pool.settle([])
      for (let kill = 0; kill < kills; kill++) {
        const seat = 1 + below(schedulers)
        pool.serve(below)
        const there = [...pool.seats].filter(([, at]) => at === seat).map(([pid]) => pid)
        const others = [...pool.seats].filter(([, at]) => at !== undefined && at !== seat).map(([pid]) => pid)
        // Some that may not have started when the thread ends.
        pool.fill(pool.seats.size + below(6))
        await terminate(runtime, seat)
        const downs = await pool.settle(there)
        const context = `seed ${seed}, kill ${kill} of seat ${seat}`
        for (const { reason } of downs.values())
          expect(reason, context).toEqual({ kind: 'scheduler-down', scheduler: seat })
        expect(
          others.filter((pid) => downs.has(pid)),
          context,
        ).toEqual([])
        pool.fill(24)
      }
    })
    await runtime.stop()
    const { processes, messages } = runtime.inspect()
    expect(processes).toEqual({ spawned: processes.spawned, exited: processes.spawned, alive: 0 })
    // A thread that is terminated loses at most the one operation in flight.
    expect(Math.abs(messages.waiting)).toBeLessThanOrEqual(kills)
  })
})
