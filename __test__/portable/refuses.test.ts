// Goal: what one thread cannot do is refused with a code, by whoever asks for it, and nothing has happened then. Method: ask.

import { call, define, exit, monitor, reply, run, type Self, send, simulate, start, transfer } from 'rumpus/portable'
import { describe, expect, it } from 'vitest'

const NO_THREAD = expect.objectContaining({ name: 'RumpusError', code: 'ERR_RUMPUS_NO_THREAD' })
const takes = define(import.meta.url, 'takes', async (self: Self<unknown>) => void (await self.receive()))

/** What is thrown. */
const thrownBy = (what: () => unknown): unknown => {
  try {
    return what()
  } catch (error) {
    return error
  }
}

describe('rumpus/portable', () => {
  const options: readonly [string, unknown][] = [
    ['schedulers', 2],
    ['dedicated', 0],
    ['hostWorks', true],
    ['placement', false],
    ['eager', true],
    ['resolve', (url: string) => url],
    ['heapMb', 64],
    ['stall', { ms: 100, end: true }],
    ['onStall', () => {}],
    ['lane', 'native'],
  ]

  it.each(options)('refuses the option %s, which is for threads', async (name, value) => {
    const given = { [name]: value } as never
    expect(thrownBy(() => start(given))).toEqual(NO_THREAD)
    await expect(run(() => 1, given)).rejects.toEqual(NO_THREAD)
    expect(thrownBy(() => simulate(given, () => 1))).toEqual(NO_THREAD)
    expect(thrownBy(() => start(given))).toMatchObject({ message: expect.stringContaining(`options.${name} `) })
  })

  it('takes stall: false, for nobody watches', async () => {
    expect(await run(() => 1, { stall: false } as never)).toBe(1)
  })

  it('refuses places that there are not, and spawns nobody', () =>
    run(async (self) => {
      const before = self.runtime.inspect().processes.spawned
      for (const on of [1, 63, 'dedicated'] as const) {
        expect(thrownBy(() => self.spawn(takes.with({ on, name: 'taken' })))).toEqual(NO_THREAD)
        expect(thrownBy(() => self.runtime.spawn(takes.with({ on })))).toEqual(NO_THREAD)
      }
      for (const on of [-1, 64, 1.5, 'there']) {
        const wrong = thrownBy(() => self.spawn(takes.with({ on: on as never })))
        expect(wrong).toMatchObject({ name: 'RangeError', code: 'ERR_RUMPUS_OUT_OF_RANGE' })
      }
      expect(self.runtime.inspect().processes.spawned).toBe(before)
      expect(self.whereis('taken')).toBe(undefined)
      for (const on of ['any', 'here', 0] as const) send(self.spawn(takes.with({ on })), 1)
    }))

  it('refuses to end a thread in a simulation', () =>
    simulate({ seed: 1 }, (_, simulation) => {
      expect(thrownBy(() => simulation.endScheduler(1))).toEqual(NO_THREAD)
    }))

  it('gives a definition copies of its arguments, and of messages until it has begun', () =>
    run(async (self: Self<unknown>) => {
      const echo = define(import.meta.url, 'echo', async (me: Self<unknown>, to: never, given: object) => {
        send(to, given)
        for await (const message of me) send(to, message as never)
      })
      const given = { list: [1] }
      const pid = self.spawn(echo, self.pid as never, given)
      expect(() => send(pid, () => 1)).toThrow(expect.objectContaining({ path: 'message' }))
      send(pid, given)
      given.list.push(2)
      expect(await self.receive()).toEqual({ list: [1] })
      expect(await self.receive()).toEqual({ list: [1] })
      send(pid, given)
      expect(await self.receive()).toBe(given)
    }))

  it('moves what is transferred where messages are copied, and lends it where they are not', async () => {
    const lengths = async (messages: 'clone' | 'reference'): Promise<unknown[]> =>
      run(
        async (self: Self<{ numbers: Float64Array; rest: { a: number } }>) => {
          const message = { numbers: Float64Array.of(1, 2, 3), rest: { a: 1 } }
          send(self.pid, transfer(message, [message.numbers.buffer]))
          const came = await self.receive()
          return [came === message, [...came.numbers], message.numbers.length, came.rest.a]
        },
        { messages },
      )
    expect(await lengths('clone')).toEqual([false, [1, 2, 3], 0, 1])
    expect(await lengths('reference')).toEqual([true, [1, 2, 3], 3, 1])
  })

  it('has as many runtimes as the native one, whose pids are their own', async () => {
    const all = await Promise.all(Array.from({ length: 63 }, () => start()))
    try {
      await expect(start()).rejects.toMatchObject({ code: 'ERR_RUMPUS_TOO_MANY_RUNTIMES' })
      const pids = all.map((runtime) => runtime.spawn(async (me) => void (await me.receive())))
      expect(new Set(pids).size).toBe(63)
    } finally {
      await Promise.all(all.map((runtime) => runtime.stop()))
    }
  })

  it('answers calls and tells of ends outside processes, and of its own end', async () => {
    const runtime = await start()
    const server = runtime.spawn(async (me: Self<{ from: never; request: number }>) => {
      for await (const { from, request } of me) if (request > 0) reply(from, (request + 1) as never)
    })
    expect(await call(server as never, 1 as never)).toBe(2)
    const waiting = call(server as never, 0 as never).catch((error: { code: string }) => error.code)
    const down = new Promise((resolve) => monitor(server, ({ reason }) => resolve(reason)))
    await runtime.stop()
    expect(await down).toEqual({ kind: 'shutdown' })
    expect(await waiting).toBe('ERR_RUMPUS_DOWN')
    expect(() => exit(server)).not.toThrow()
  })
})
