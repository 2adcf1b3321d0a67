// start and what it answers: run, spawn, stop, ref and unref of a runtime that is held.

import { exit, isAlive, RumpusError, send, start } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { echo, hold } from '../fixtures/bodies.mjs'
import { type AnySelf, endOf, oneThread, program, rejectionOf, started, thrownBy, turns, until } from './world.ts'

const STOPPED = { name: 'RumpusError', code: 'ERR_RUMPUS_STOPPED' }

describe('start', () => {
  it.skipIf(oneThread)('start throws for bad options where it is called', () => {
    const wrong = thrownBy(() => start({ schedulers: 100 }))
    expect(wrong).toMatchObject({ name: 'RangeError', code: 'ERR_RUMPUS_OUT_OF_RANGE' })
    expect(thrownBy(() => start(3 as never)).code).toBe('ERR_RUMPUS_BAD_ARGUMENT')
  })

  it.skipIf(oneThread)('start({ eager }) answers when every thread has its seat', async () => {
    const { runtime } = await started({ schedulers: 3, eager: true })
    expect(runtime.inspect().schedulers.map(({ id, up }) => [id, up])).toEqual([0, 1, 2, 3].map((id) => [id, true]))
  })

  it.skipIf(oneThread)('start starts no thread before a definition needs one', async () => {
    const { runtime } = await started({ schedulers: 2 })
    await runtime.run(async (self) => void self.spawn(async () => {}))
    expect(runtime.inspect().schedulers.map(({ up }) => up)).toEqual([true, false, false])
  })

  it('start refuses a 64th runtime, and takes one again when another has stopped', async () => {
    const all = await Promise.all(Array.from({ length: 63 }, () => start({ schedulers: 1 })))
    try {
      expect(await rejectionOf(start())).toMatchObject({ name: 'RumpusError', code: 'ERR_RUMPUS_TOO_MANY_RUNTIMES' })
      await all.pop()?.stop()
      all.push(await start({ schedulers: 1 }))
      const answers = await Promise.all(all.map((runtime, i) => runtime.run(async () => i)))
      expect(answers).toEqual(all.map((_, i) => i))
    } finally {
      await Promise.all(all.map((runtime) => runtime.stop()))
    }
  })
})

describe('runtime.run and runtime.spawn', () => {
  it('runtime.run runs bodies side by side', async () => {
    const { runtime } = await started()
    const first = runtime.run(async (self: AnySelf) => self.receive())
    const second = runtime.run(async (self: AnySelf) => self.pid as number)
    const [pid] = await Promise.all([second])
    expect(typeof pid).toBe('number')
    await runtime.run(async (self) => {
      expect(self.runtime).toBe(runtime)
      expect(isAlive(self.pid)).toBe(true)
    })
    await runtime.stop()
    expect((await rejectionOf(first)).code).toMatch(/^ERR_RUMPUS_(ENDED|EXIT)$/)
  })

  it('runtime.run refuses what is no function', async () => {
    const { runtime } = await started()
    expect(thrownBy(() => runtime.run(1 as never))).toEqual({
      name: 'TypeError',
      code: 'ERR_RUMPUS_BAD_ARGUMENT',
      message: 'body must be a function, got 1',
    })
  })

  it('runtime.spawn starts closures and definitions from outside any process', async () => {
    const { runtime } = await started()
    const answer = await runtime.run(async (self: AnySelf) => {
      const local = runtime.spawn(async (me: AnySelf) => send(self.pid, await me.receive()))
      send(local, 'local')
      const one = await self.receive()
      const far = runtime.spawn(echo, self.pid)
      send(far, 'far')
      return [one, await self.receive()]
    })
    expect(answer).toEqual(['local', 'far'])
  })

  it('runtime of a definition process spawns and inspects too', async () => {
    const { runtime } = await started({ schedulers: 1 })
    await runtime.run(async (self: AnySelf) => {
      const far = self.spawn(hold, self.pid, 'x')
      await self.receive()
      const ended = endOf(self, far)
      exit(far)
      expect(await ended).toEqual({ kind: 'shutdown' })
    })
  })
})

describe('runtime.stop', () => {
  it('runtime.stop answers the same promise every time and may be called by anybody at once', async () => {
    const { runtime } = await started({ eager: true })
    const [one, two] = [runtime.stop(), runtime.stop()]
    expect(one).toBe(two)
    await Promise.all([one, two])
    expect(runtime.stop()).toBe(one)
    await runtime.stop()
  })

  it('runtime.stop of a runtime in which nothing ever ran', async () => {
    const runtime = await start()
    await runtime.stop()
  })

  it('runtime.stop while threads boot', async () => {
    for (let i = 0; i < 3; i++) {
      const { runtime } = await started({ schedulers: 2 })
      runtime.spawn(hold, 1 as never, 'x')
      await turns(i)
      await runtime.stop()
      expect(runtime.inspect().schedulers.some(({ up }) => up)).toBe(false)
    }
  })

  it('runtime.stop ends processes newest first and waits for their finally blocks', async () => {
    const { runtime } = await started()
    const order: number[] = []
    for (const n of [1, 2, 3]) {
      runtime.spawn(async (me) => {
        try {
          await me.receive()
        } finally {
          await turns(2)
          order.push(n)
        }
      })
    }
    await turns()
    await runtime.stop()
    expect(order).toEqual([3, 2, 1])
  })

  it('runtime.stop does not wait for ever for a body that never ends, and says so', async () => {
    const { runtime, crashes } = await started()
    const stuck = runtime.spawn(() => new Promise(() => {}))
    await turns()
    await runtime.stop()
    expect(crashes.map(({ pid, what }) => [pid, what])).toEqual([[stuck, expect.stringMatching(/abandoned/)]])
  })

  it('runtime.stop rejects the bodies that run', async () => {
    const { runtime } = await started()
    const pending = runtime.run(async (self: AnySelf) => self.receive())
    await turns()
    await runtime.stop()
    expect((await rejectionOf(pending)).code).toMatch(/^ERR_RUMPUS_(ENDED|EXIT)$/)
  })

  it.skipIf(oneThread)('runtime.stop ends the threads and leaves no scheduler up', async () => {
    const { runtime } = await started({ eager: true })
    await runtime.stop()
    expect(runtime.inspect().schedulers.map(({ up }) => up)).toEqual([false, false, false])
  })

  it.skipIf(oneThread)('runtime.stop called from a definition process stops them all, for good', async () => {
    const { code, stdout, stderr } = await program('stop-from-afar.mjs')
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'ERR_RUMPUS_ENDED false,false,false\n', stderr: '' })
  })

  it('runtime.stop makes run, spawn and send refuse', async () => {
    const { runtime } = await started()
    const pid = runtime.spawn(async (me: AnySelf) => void (await me.receive()))
    await runtime.stop()
    expect(await rejectionOf(runtime.run(async () => 1))).toMatchObject(STOPPED)
    expect(thrownBy(() => runtime.spawn(async () => {}))).toMatchObject(STOPPED)
    expect(thrownBy(() => runtime.spawn(echo, pid))).toMatchObject(STOPPED)
    expect(thrownBy(() => send(pid, 1))).toMatchObject(STOPPED)
  })

  it('runtime.stop leaves pids that are asked about and told to end in peace', async () => {
    const { runtime } = await started()
    const pid = runtime.spawn(async (me: AnySelf) => void (await me.receive()))
    await runtime.stop()
    expect(isAlive(pid)).toBe(false)
    expect(() => exit(pid)).not.toThrow()
  })

  it('runtime.stop is what await using does', async () => {
    const runtime = await start({ eager: true, schedulers: 1 })
    await runtime[Symbol.asyncDispose]()
    expect(await rejectionOf(runtime.run(async () => 1))).toMatchObject(STOPPED)
  })

  it('runtime.stop inside a body of another runtime does not touch that', async () => {
    const { runtime } = await started()
    const other = await started()
    const answer = await runtime.run(async (self: AnySelf) => {
      await other.runtime.stop()
      send(self.pid, 'still here')
      return self.receive()
    })
    expect(answer).toBe('still here')
  })
})

describe('runtime.ref and runtime.unref', () => {
  it.skipIf(oneThread)('runtime.ref: a started runtime does not keep Node, ref does, unref no longer', async () => {
    expect(await program('start-held.mjs', ['free'])).toMatchObject({ code: 0, stdout: 'exit\n', stderr: '' })
    expect(await program('start-held.mjs', ['ref'])).toMatchObject({
      code: 0,
      stdout: 'tick stopped exit\n',
      stderr: '',
    })
    expect(await program('start-held.mjs', ['unref'])).toMatchObject({ code: 0, stdout: 'exit\n', stderr: '' })
  })

  it.skipIf(oneThread)(
    'runtime.ref: an open call or offer of ordinary code keeps Node, and no longer than that',
    async () => {
      const stdout = 'answered ERR_RUMPUS_TIMEOUT exit\n'
      expect(await program('start-held.mjs', ['call'])).toMatchObject({ code: 0, stdout, stderr: '' })
      const offered = { code: 0, stdout: 'accepted accepted exit\n', stderr: '' }
      expect(await program('start-held.mjs', ['offer'])).toMatchObject(offered)
    },
  )

  it.skipIf(oneThread)('runtime.ref: threads that run work do not keep Node either', async () => {
    expect(await program('start-held.mjs', ['busy'])).toMatchObject({ code: 0, stdout: 'exit\n', stderr: '' })
  })
})

describe('RumpusError', () => {
  it('RumpusError is what a stopped runtime throws', async () => {
    const runtime = await start()
    await runtime.stop()
    await expect(runtime.run(async () => 1)).rejects.toBeInstanceOf(RumpusError)
    await until(() => true)
  })
})
