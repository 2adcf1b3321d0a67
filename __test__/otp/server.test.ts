// Goal: a server calls its callbacks one at a time, in the order of its mail, here and elsewhere; whoever asks hears of every end.
// Method: servers of each kind, and what they are asked.

import { call, Down, exit, type ReplyTo, reply, send, start } from 'rumpus'
import { cast, continueWith, hibernate, noReply, Server, startServer, stopWith } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { echo } from '../fixtures/otp-servers.mjs'
import { type AnyPid, type AnySelf, balanced, inside, rejectionOf, started, until } from '../process/world.ts'

/** Does as it is told, and says what it did. */
class Told extends Server {
  log: unknown[] = []
  from: unknown = undefined

  override async handleCall(request: unknown, from: never): Promise<unknown> {
    this.log.push(request)
    if (typeof request === 'function') return request(this)
    if (request === 'log') return [...this.log]
    if (request === 'later') {
      this.from = from
      return noReply
    }
    return request
  }

  override handleCast(message: unknown): ReturnType<typeof stopWith> | undefined {
    this.log.push(message)
    return typeof message === 'function' ? message(this) : undefined
  }

  override handleInfo(message: unknown): undefined {
    this.log.push(message)
  }

  override handleContinue(what: unknown): ReturnType<Server['handleContinue']> {
    this.log.push(['continue', what])
    return typeof what === 'function' ? what(this) : undefined
  }
}

const FOREVER = { timeout: Number.POSITIVE_INFINITY }

describe('callbacks', () => {
  it('take calls, casts and other messages in their order, async or not', () =>
    inside(async (self) => {
      const pid = (await startServer(self, Told)) as AnyPid
      cast(pid, 1)
      send(pid, 2)
      const three = self.call(pid, 3)
      expect(await three).toBe(3)
      for (let i = 0; i < 5_000; i++) cast(pid, i)
      const log = (await self.call(pid, 'log')) as unknown[]
      expect(log).toEqual([1, 2, 3, ...Array.from({ length: 5_000 }, (_, i) => i), 'log'])
    }))

  it('answer later, once, from anywhere', () =>
    inside(async (self) => {
      const pid = (await startServer(self, Told)) as AnyPid
      self.spawn(async (me: AnySelf) => send(self.pid, await me.call(pid, 'later')))
      await self.yield()
      const from = (await self.call(pid, (server: Told) => server.from)) as ReplyTo
      reply(from, 'now')
      reply(from, 'again')
      expect(await self.receive()).toBe('now')
      expect(await self.call(pid, 'log')).toHaveLength(3)
    }))

  it('stop with an answer or without, after terminate', () =>
    inside(async (self) => {
      const ended: unknown[] = []
      class Last extends Told {
        override terminate(reason: unknown): void {
          ended.push(reason)
        }
      }
      const begin = async (): Promise<AnyPid> => (await startServer(self, Last, { link: false })) as AnyPid
      const answering = await begin()
      expect(await self.call(answering, () => stopWith('shutdown', 'bye'))).toBe('bye')
      const silent = await begin()
      const how = await rejectionOf(self.call(silent, () => stopWith({ kind: 'user', value: 7 }), FOREVER))
      expect(how).toMatchObject({ code: 'ERR_RUMPUS_DOWN' })
      const casted = await begin()
      const ref = self.monitor(casted)
      cast(casted, () => stopWith('normal'))
      expect(await self.receive()).toEqual(new Down(ref, casted, { kind: 'normal' }))
      expect(ended).toEqual([{ kind: 'shutdown' }, { kind: 'user', value: 7 }, { kind: 'normal' }])
    }))

  it('go on with what they left for later, before any other message', () =>
    inside(async (self) => {
      const pid = (await startServer(self, Told)) as AnyPid
      let resolve: () => void = () => {}
      cast(pid, () => continueWith(() => new Promise<void>((settle) => (resolve = settle))))
      cast(pid, 'behind it')
      await self.yield()
      // A callback is under way: a debugger would wait for it. What the runtime shows does not.
      expect(await self.runtime.inspect(pid)).toMatchObject({ mailbox: 1 })
      resolve()
      expect(await self.call(pid, 'log')).toMatchObject([{}, ['continue', {}], 'behind it', 'log'])
      expect(await self.call((await startServer(self, Told)) as AnyPid, () => continueWith('on', 'first'))).toBe(
        'first',
      )
    }))

  it('go on without growing the stack', () =>
    inside(async (self) => {
      let left = 50_000
      const steps = {
        handleCast: () => continueWith('step'),
        handleContinue: () => (--left > 0 ? continueWith('step') : undefined),
        handleCall: () => left,
      }
      const pid = (await startServer(self, steps)) as AnyPid
      cast(pid, 'begin')
      expect(await self.call(pid, 'left')).toBe(0)
    }))

  it('hibernate and go on', () =>
    inside(async (self) => {
      const pid = (await startServer(self, Told)) as AnyPid
      for (let i = 0; i < 100; i++) cast(pid, i)
      expect(await self.call(pid, () => hibernate('rests'))).toBe('rests')
      expect(await self.call(pid, 'wakes')).toBe('wakes')
    }))

  it('do not grow the stack, however many servers send to each other', () =>
    inside(async (self) => {
      const next: AnyPid[] = []
      const count = 2_000
      for (let i = 0; i < count; i++) {
        const passing = {
          handleCast(n: number) {
            if (i + 1 < count) cast(next[i + 1] as AnyPid, n + 1)
            else send(self.pid, n)
          },
          handleCall(n: number) {
            return i + 1 < count ? (this as unknown as Server).self.call(next[i + 1] as AnyPid, n + 1) : n
          },
        }
        next.push((await startServer(self, passing)) as AnyPid)
      }
      cast(next[0] as AnyPid, 0)
      expect(await self.receive()).toBe(count - 1)
      expect(await self.call(next[0] as AnyPid, 0, { timeout: 60_000 })).toBe(count - 1)
    }))

  it('that wait by self and do not say so end the server', () =>
    inside(async (self, crashes) => {
      const pid = (await startServer(self, Told, { link: false })) as AnyPid
      const ref = self.monitor(pid)
      cast(pid, (server: Told) => void server.self.receive().catch(() => {}))
      const down = await self.receive({ match: (message) => message?.ref === ref })
      expect(down.reason.error.code).toBe('ERR_RUMPUS_WAITING')
      expect(crashes).toHaveLength(1)
    }))

  it("that answer a promise of a user's own, which settles twice, are called one at a time", () =>
    inside(async (self) => {
      const twice = (value: unknown) => ({
        // biome-ignore lint/suspicious/noThenProperty: that is what is tried
        then(resolve: (value: unknown) => void) {
          resolve(value)
          resolve(value)
        },
      })
      let inside = 0
      let most = 0
      const pid = (await startServer(self, {
        handleCast: () => twice(undefined) as never,
        async handleCall(request: unknown) {
          most = Math.max(most, ++inside)
          await new Promise((resolve) => setImmediate(resolve))
          inside--
          return request
        },
      })) as AnyPid
      cast(pid, 1)
      cast(pid, 2)
      const others = [1, 2].map((n) => self.spawn(async (me: AnySelf) => send(self.pid, await me.call(pid, n))))
      expect(others).toHaveLength(2)
      expect([await self.receive(), await self.receive()].sort()).toEqual([1, 2])
      expect(most).toBe(1)
    }))

  it('are not ended by whoever asks and has gone with its runtime, or asks what nobody knows', async () => {
    const { runtime } = await started()
    const gone = await start({ schedulers: 0 })
    const nobody = gone.spawn(async () => {})
    await gone.stop()
    const pid = (await startServer(runtime, Told)) as AnyPid
    send(pid, { type: 'call', from: [nobody, 1], request: 'from nobody' })
    send(pid, { type: 'system', from: [nobody, 1], request: undefined })
    send(pid, { type: 'system', from: [nobody, 1], request: { ask: 'state' } })
    expect(await call(pid, 'log')).toEqual(['from nobody', 'log'])
  })

  it('that are not there: a question or a cast ends the server, anything else is dropped and told', () =>
    inside(async (self, crashes) => {
      const pid = (await startServer(self, class Bare extends Server {}, { link: false })) as AnyPid
      send(pid, 'whatever')
      await expect(self.call(pid, 1)).rejects.toMatchObject({ code: 'ERR_RUMPUS_DOWN', cause: { kind: 'error' } })
      expect(crashes.map(({ what }) => what)).toEqual(['a server dropped a message', 'a body failed'])
    }))
})

describe('ends', () => {
  it('a crash is heard at once by all who wait, with its reason, here and there', () =>
    inside(async (self) => {
      for (const on of ['here', 1] as const) {
        const pid = (await startServer(self, echo, { on, link: false })) as AnyPid
        await expect(self.call(pid, 'crash', FOREVER)).rejects.toMatchObject({
          code: 'ERR_RUMPUS_DOWN',
          cause: { kind: 'error', error: { message: 'as told' } },
        })
        await expect(self.call(pid, 1, FOREVER)).rejects.toMatchObject({ code: 'ERR_RUMPUS_NOPROC' })
      }
    }))

  it('a question that is young when its server dies hears why, however it dies', () =>
    inside(async (self) => {
      const ways: [(server: Told) => unknown, unknown][] = [
        [() => stopWith('normal'), { kind: 'normal' }],
        [({ self: me }) => new Promise(() => exit(me.pid, 'kill')), { kind: 'killed' }],
        [({ self: me }) => me.exit('shutdown'), { kind: 'shutdown' }],
        [() => Promise.reject(new Error('x')), { kind: 'error' }],
      ]
      for (const [way, cause] of ways) {
        const pid = (await startServer(self, Told, { link: false })) as AnyPid
        await expect(self.call(pid, way, FOREVER)).rejects.toMatchObject({ code: 'ERR_RUMPUS_DOWN', cause })
      }
      balanced(self.runtime.inspect())
    }))

  it('terminate is called when the server is told to end, and not when it is killed', () =>
    inside(async (self) => {
      const ended: unknown[] = []
      class Last extends Told {
        override terminate(reason: unknown): void {
          ended.push(reason)
        }
      }
      for (const how of ['shutdown', 'kill'] as const) {
        const pid = await startServer(self, Last, { link: false })
        const ref = self.monitor(pid)
        exit(pid, how)
        expect(await self.receive()).toMatchObject({ ref, reason: { kind: how === 'kill' ? 'killed' : how } })
      }
      expect(ended).toEqual([{ kind: 'shutdown' }])
    }))

  it('terminate that throws is told, and is the reason unless there is one', () =>
    inside(async (self, crashes) => {
      class Bad extends Told {
        override terminate(): void {
          throw new Error('in terminate')
        }
      }
      const told = await startServer(self, Bad, { link: false })
      let ref = self.monitor(told)
      exit(told, 'shutdown')
      expect(await self.receive()).toMatchObject({ ref, reason: { kind: 'shutdown' } })
      const stops = (await startServer(self, Bad, { link: false })) as AnyPid
      ref = self.monitor(stops)
      cast(stops, () => stopWith('normal'))
      expect(await self.receive()).toMatchObject({ ref, reason: { kind: 'error', error: { message: 'in terminate' } } })
      expect(crashes.map(({ what }) => what)).toEqual(['terminate of a server failed', 'a body failed'])
    }))

  it('a server that traps exits ends with its parent, with all it can do, and hears of others', () =>
    inside(async (self) => {
      class Traps extends Told {
        override init(): void {
          this.self.trapExit()
        }
        override async terminate(reason: unknown): Promise<void> {
          await this.self.sleep(1)
          send(self.pid, [reason, this.log])
        }
      }
      const parent = self.spawn(async (me: AnySelf) => {
        const pid = (await startServer(me, Traps)) as AnyPid
        await me.call(pid, ({ self: it }: Told) => it.link(it.spawn(async (x) => x.exit('shutdown'))))
        send(self.pid, pid)
        await me.receive()
      })
      const pid = await self.receive()
      await until(() => true)
      await self.call(pid, 'log')
      exit(parent, 'shutdown')
      const [reason, log] = await self.receive()
      expect(reason).toEqual({ kind: 'shutdown' })
      expect(log.some((message: { type?: string }) => message?.type === 'exit')).toBe(true)
    }))
})
