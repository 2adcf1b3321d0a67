// What errors say: who did not answer, which way is the right one, what was given.

import { call, define, type Self, simulate, start } from 'rumpus'
import { Registry, Server, startServer, startSupervisor, taskStream } from 'rumpus/otp'
import { run as runPortable } from 'rumpus/portable'
import { describe, expect, it } from 'vitest'

const messageOf = async (act: () => unknown): Promise<string> => {
  try {
    await act()
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing was thrown'
}
const deaf = async (self: Self<unknown>): Promise<void> => {
  for (;;) await self.receive()
}
class Slow extends Server {
  override async init(): Promise<void> {
    await this.self.sleep(1000)
  }
}
const definition = define(import.meta.url, 'deaf', deaf)

describe('what errors say', () => {
  it('of a call that takes too long: who did not answer, by pid and by name', () =>
    simulate({ seed: 1 }, async (self) => {
      const [one, other] = [self.spawn(deaf), self.spawn(deaf, { name: 'deaf' })]
      const within = (ms: number) => ({ timeout: ms })
      expect(await messageOf(() => self.call(one as never, 1, within(5)))).toMatch(
        /^process <[\d.]+> did not answer within 5 ms$/,
      )
      expect(await messageOf(() => call(other as never, 1, within(6)))).toMatch(
        /^process <[\d.]+> \("deaf"\) did not answer within 6 ms$/,
      )
      expect(await messageOf(() => self.call('deaf', 1, within(7)))).toMatch(
        /^process <[\d.]+> \("deaf"\) did not answer within 7 ms$/,
      )
      expect(await messageOf(() => startServer(self, Slow, { name: 'slow', timeout: 8 }))).toMatch(
        /^process <[\d.]+> \("slow"\) did not start within 8 ms$/,
      )
    }))

  it('of the same in the portable runtime', () =>
    runPortable(async (self) => {
      self.spawn(deaf as never, { name: 'deaf' })
      expect(await messageOf(() => self.call('deaf', 1, { timeout: 1 }))).toMatch(
        /^process <[\d.]+> \("deaf"\) did not answer within 1 ms$/,
      )
    }))

  it('of a class that is to start elsewhere: how one is defined', async () => {
    const runtime = await start({ schedulers: 1 })
    try {
      const elsewhere =
        /^options\.on must be 'here': what is no definition cannot leave its scheduler; use defineServer\(\) or defineSupervisor\(\) to run elsewhere, got 1$/
      expect(await messageOf(() => startServer(runtime, Slow, { on: 1 }))).toMatch(elsewhere)
      expect(await messageOf(() => startSupervisor(runtime, {}, { on: 1 }))).toMatch(elsewhere)
      expect(await messageOf(() => startServer(runtime, definition as never))).toMatch(/, got the definition "deaf"$/)
      expect(await messageOf(() => taskStream(runtime, [1], definition as never))).toMatch(
        /, got the definition "deaf"$/,
      )
    } finally {
      await runtime.stop()
    }
  })

  it('of a registry: that it is not started, and who is not in it', () =>
    simulate({ seed: 1 }, async (self) => {
      const registry = new Registry('r1')
      expect(await messageOf(() => registry.lookup('key'))).toBe('registry "r1" is not started')
      expect(await messageOf(() => registry.register('key', self.pid))).toBe('registry "r1" is not started')
      await registry.start(self)
      expect(await messageOf(() => registry.call('key', 1))).toBe('nobody has the key "key" in registry "r1"')
    }))
})
