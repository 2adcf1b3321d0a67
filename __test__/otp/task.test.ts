// Goal: a task's result is known once, to whoever asks, whatever becomes of it; it ends with its owner. Method: each way of ending, here, on
// other threads and under a supervisor.

import { exit, isAlive, type Self, send, simulate, start } from 'rumpus'
import { startSupervisor, Task, whichChildren } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { square, told } from '../fixtures/otp-tasks.mjs'
import { type AnyPid, type AnySelf, balanced, inside, rejectionOf, started, thrownBy, until } from '../process/world.ts'

const forever = async (me: Self<never>): Promise<void> => void (await me.receive())

describe('a task', () => {
  it('answers what its body returns, as often as it is asked', () =>
    inside(async (self) => {
      const task = Task.async(self, async (_me, a: number, b: number) => a + b, 2, 3)
      expect(task.isOver).toBe(false)
      expect(await task.result()).toBe(5)
      expect(await task.result({ timeout: 0 })).toBe(5)
      expect(task.isOver).toBe(true)
      expect(await Task.async(self, () => 'at once').result()).toBe('at once')
    }))

  it('runs on any core, and where it is told to', () =>
    inside(async (self) => {
      const squares = Array.from({ length: 200 }, (_, n) => Task.async(self, square, n))
      expect(await Promise.all(squares.map((task) => task.result()))).toEqual(
        Array.from({ length: 200 }, (_, n) => n * n),
      )
      const threads = await Promise.all([1, 2].map((on) => Task.async(self, told.with({ on }), 'thread', 0).result()))
      expect(new Set(threads).size).toBe(2)
    }))

  it('rejects with what its body threw, and takes nobody along', () =>
    inside(async (self, crashes) => {
      const error = new RangeError('as told')
      const here = Task.async(self, async () => {
        throw error
      })
      expect(await here.result().catch((e) => e)).toBe(error)
      const there = Task.async(self, told, 'throw', 0)
      expect(await there.result().catch((e) => e)).toMatchObject({
        name: 'RangeError',
        message: 'as told',
        code: 'E_TOLD',
      })
      const odd = Task.async(self, async () => Promise.reject('no error'))
      expect(await odd.result().catch((e) => e)).toBe('no error')
      expect(crashes).toEqual([])
    }))

  it('rejects if what it answers cannot cross, its error too', () =>
    inside(async (self) => {
      expect(await rejectionOf(Task.async(self, told, 'function', 0).result())).toMatchObject({
        code: 'ERR_RUMPUS_UNCROSSABLE',
      })
      expect(await rejectionOf(Task.async(self, told, 'throw function', 0).result())).toMatchObject({
        message: 'as told',
      })
    }))

  it('ends for a reason that monitors hear', () =>
    inside(async (self) => {
      const task = Task.async(self, told, 'say and wait', self.pid)
      expect(await self.receive()).toBe(task.pid)
      self.monitor(task.pid)
      exit(task.pid, { kind: 'user', value: 7 })
      expect((await self.receive()).reason).toEqual({ kind: 'user', value: 7 })
      expect(await task.result().catch((e) => e)).toMatchObject({
        code: 'ERR_RUMPUS_DOWN',
        cause: { kind: 'user', value: 7 },
      })
      const failed = Task.async(self, async () => {
        throw new Error('as told')
      })
      self.monitor(failed.pid)
      expect((await self.receive()).reason).toMatchObject({ kind: 'error', error: { message: 'as told' } })
      await failed.result().catch(() => {})
    }))

  it('that has ended at once elsewhere says why, watched as it is from its birth', () =>
    inside(async (self) => {
      const top = await startSupervisor(self, { strategy: 'dynamic', maxRestarts: 1000 }, { link: false })
      const reasons = []
      for (let round = 0; round < 20; round++) {
        const tasks = Array.from({ length: 20 }, () => Task.async(self, told, 'end', 'as told'))
        tasks.push(...(await Promise.all(tasks.map(() => Task.supervised(self, top, told, 'end', 'as told')))))
        reasons.push(...(await Promise.all(tasks.map((task) => task.result().catch((e) => e)))))
      }
      for (const reason of reasons) {
        expect(reason).toMatchObject({ code: 'ERR_RUMPUS_DOWN', cause: { kind: 'user', value: 'as told' } })
      }
    }))

  it('rejects when its thread has died', () =>
    inside(
      async (self) => {
        const task = Task.async(self, told, 'end thread', 0)
        expect(await task.result().catch((e) => e)).toMatchObject({
          code: 'ERR_RUMPUS_DOWN',
          cause: { kind: 'scheduler-down' },
        })
      },
      { onCrash: () => {} },
    ))

  it('goes on when somebody gives up to wait, and ends when it is stopped', () =>
    inside(async (self) => {
      const task = Task.async(self, told, 'say and wait', self.pid)
      await self.receive()
      expect(await rejectionOf(task.result({ timeout: 1 }))).toMatchObject({ code: 'ERR_RUMPUS_TIMEOUT' })
      const giveUp = new AbortController()
      const given = rejectionOf(task.result({ signal: giveUp.signal }))
      giveUp.abort()
      expect(await given).toMatchObject({ code: 'ABORT_ERR' })
      expect(await rejectionOf(task.result({ signal: AbortSignal.abort() }))).toMatchObject({ code: 'ABORT_ERR' })
      expect(isAlive(task.pid)).toBe(true)
      await task.stop()
      expect(isAlive(task.pid)).toBe(false)
      expect(await task.result().catch((e) => e)).toMatchObject({ cause: { kind: 'shutdown' } })
      await task.stop()
    }))

  it('ends with its owner, on whatever scheduler, however that ends', () =>
    inside(async (self) => {
      for (const how of ['kill', 'shutdown', 'normal']) {
        const owner = self.spawn(async (me: AnySelf) => {
          const tasks = [Task.async(me, forever), Task.async(me, told, 'say and wait', self.pid)]
          send(
            self.pid,
            tasks.map(({ pid }) => pid),
          )
          await me.receive()
        })
        const first = await self.receive()
        const second = await self.receive()
        const pids: AnyPid[] = Array.isArray(first) ? first : second
        for (const pid of pids) self.monitor(pid)
        if (how === 'normal') send(owner, 'go')
        else exit(owner, how)
        for (const _ of pids) expect((await self.receive()).reason).toEqual({ kind: 'shutdown' })
      }
    }))

  it('no longer keeps an owner waiting that must end', () =>
    inside(async (self) => {
      const seen: unknown[] = []
      const owner = self.spawn(async (me: AnySelf) => {
        const task = Task.async(me, forever)
        send(self.pid, 'waits')
        await task.result().catch((error) => {
          seen.push(error.code)
          throw error
        })
      })
      await self.receive()
      self.monitor(owner)
      exit(owner, 'shutdown')
      expect((await self.receive()).reason).toEqual({ kind: 'shutdown' })
      expect(seen).toEqual(['ERR_RUMPUS_EXIT'])
    }))

  it('makes a crash report if it fails and nobody has asked', () =>
    inside(async (self, crashes) => {
      const task = Task.async(self, async () => {
        throw new Error('unheard')
      })
      await until(() => crashes.length === 1)
      expect(crashes[0]).toMatchObject({ pid: task.pid, error: { message: 'unheard' } })
      expect(await rejectionOf(task.result())).toMatchObject({ message: 'unheard' })
      await Task.async(self, forever).stop()
      expect(crashes).toHaveLength(1)
    }))

  it('is refused by a runtime that has stopped, whatever that had been asked before', async () => {
    const runtime = await start({ schedulers: 0 })
    await runtime.stop()
    const refused = { name: 'RumpusError', code: 'ERR_RUMPUS_STOPPED' }
    expect(thrownBy(() => Task.async(runtime, forever))).toMatchObject(refused)
  })

  it('is started by ordinary code, too, and over with the runtime', async () => {
    const { runtime } = await started()
    expect(await Task.async(runtime, square, 7).result()).toBe(49)
    const task = Task.async(runtime, forever)
    const how = task.result().catch(({ code }) => code)
    await runtime.stop()
    expect(['ERR_RUMPUS_STOPPED', 'ERR_RUMPUS_DOWN']).toContain(await how)
  })

  it('can be spawned as any definition', () =>
    inside(async (self) => {
      const pid = self.spawn(told, 'say and wait', self.pid)
      expect(await self.receive()).toBe(pid)
    }))

  it('under a supervisor counts as its child and ends with it', () =>
    inside(async (self) => {
      const top = await startSupervisor(self, { strategy: 'dynamic', maxChildren: 2 }, { link: false })
      const one = await Task.supervised(self, top, told, 'say and wait', self.pid)
      expect(await self.receive()).toBe(one.pid)
      const two = await Task.supervised(self, top, forever)
      expect((await whichChildren(top)).map(({ pid }) => pid)).toEqual([one.pid, two.pid])
      expect(await rejectionOf(Task.supervised(self, top, forever))).toMatchObject({
        code: 'ERR_RUMPUS_TOO_MANY_CHILDREN',
      })
      await two.stop()
      expect((await whichChildren(top)).map(({ pid }) => pid)).toEqual([one.pid])
      const n = await Task.supervised(self, top, async (_me, n: number) => n + 1, 41)
      expect(await n.result()).toBe(42)
      exit(top, 'shutdown')
      expect(await one.result().catch((e) => e)).toMatchObject({ cause: { kind: 'shutdown' } })
    }))

  it('says what is wrong at the call', () =>
    inside(async (self) => {
      const code = 'ERR_RUMPUS_BAD_ARGUMENT'
      expect(thrownBy(() => Task.async({} as never, square, 1))).toMatchObject({ code })
      expect(thrownBy(() => Task.async(self, 7 as never))).toMatchObject({
        code,
        message: /^what must be a function or/,
      })
      const plain = { url: 'file:///x', name: 'x', options: {}, body: () => {} }
      expect(thrownBy(() => Task.async(self, plain as never))).toMatchObject({ code })
      expect(thrownBy(() => Task.async(self, square, (() => {}) as never)).code).toBe('ERR_RUMPUS_UNCROSSABLE')
      const task = Task.async(self, square, 1)
      expect(thrownBy(() => task.result({ timeout: -1 })).code).toBe('ERR_RUMPUS_OUT_OF_RANGE')
      await task.result()
    }))

  it('leaves nothing behind: every process ends, every message is accounted for', async () => {
    const { runtime } = await started()
    await runtime.run(async (self: AnySelf) => {
      const tasks = Array.from({ length: 500 }, (_, n) =>
        n % 5 === 0 ? Task.async(self, forever) : n % 2 === 0 ? Task.async(self, square, n) : Task.async(self, () => n),
      )
      await Promise.all(tasks.map((task, n) => (n % 5 === 0 ? task.stop() : task.result())))
    })
    // What is left are the desks.
    await until(() => runtime.inspect().processes.alive <= 3)
    balanced(runtime.inspect())
  })
})

it('tasks have their results under every seed, in virtual time', async () => {
  for (let seed = 1; seed <= 50; seed++) {
    await simulate({ seed, onCrash: () => {} }, async (self: AnySelf, simulation) => {
      const tasks = [10, 3_600_000, 20].map((ms) => Task.async(self, told, 'sleep', ms))
      expect(await rejectionOf(tasks[1]?.result({ timeout: 1_000 }) as Promise<unknown>)).toMatchObject({
        code: 'ERR_RUMPUS_TIMEOUT',
      })
      expect(simulation.now()).toBeLessThan(2_000)
      expect(await Promise.all(tasks.map((task) => task.result()))).toEqual(['sleep', 'sleep', 'sleep'])
      expect(simulation.now()).toBeGreaterThanOrEqual(3_600_000)
    })
  }
})
