// trapExit: exit signals as messages.

import { Exit, exit, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { end, trapper } from '../fixtures/bodies.mjs'
import { type AnyPid, type AnySelf, endOf, inside, places, take, turns } from './world.ts'

describe('trapExit', () => {
  for (const on of places) {
    it(`trapExit of a process ${on}: exit comes as a message, and it lives on`, async () => {
      await inside(async (self) => {
        const pid = self.spawn(trapper.with({ on }), self.pid) as AnyPid
        expect(await self.receive()).toBe('trapping')
        const cases: [unknown, unknown][] = [
          ['shutdown', { kind: 'shutdown' }],
          ['normal', { kind: 'normal' }],
          [{ a: 1 }, { kind: 'user', value: { a: 1 } }],
          [{ kind: 'killed' }, { kind: 'killed' }],
        ]
        for (const [given, heard] of cases) {
          exit(pid, given as never)
          expect(await self.receive()).toMatchObject({ type: 'exit', reason: heard })
        }
        send(pid, 'still there')
        expect(await self.receive()).toMatchObject({ message: 'still there' })
      })
    })

    it(`trapExit of a process ${on}: kill cannot be trapped`, async () => {
      await inside(async (self) => {
        const pid = self.spawn(trapper.with({ on }), self.pid)
        expect(await self.receive()).toBe('trapping')
        const ended = endOf(self, pid)
        exit(pid, 'kill')
        expect(await ended).toEqual({ kind: 'killed' })
      })
    })

    it(`trapExit: linked ends ${on} come as messages, normal ones too, after what was sent`, async () => {
      await inside(async (self) => {
        self.trapExit()
        for (const [told, reason] of [
          [{ how: 'return' }, { kind: 'normal' }],
          [{ how: 'exit', value: 'shutdown' }, { kind: 'shutdown' }],
          [
            { how: 'throw', value: new Error('x') },
            { kind: 'error', error: { message: 'x' } },
          ],
        ] as const) {
          const pid = self.spawn(end.with({ on })) as AnyPid
          self.link(pid)
          send(pid, told)
          const signal = await self.receive()
          expect(signal).toBeInstanceOf(Exit)
          expect(signal).toMatchObject({ type: 'exit', pid, reason })
        }
      })
    })
  }

  it('trapExit(false) takes it back', async () => {
    await inside(async (self) => {
      const pid = self.spawn(async (me: AnySelf) => {
        me.trapExit()
        send(self.pid as AnyPid, await me.receive())
        me.trapExit(false)
        send(self.pid as AnyPid, 'off')
        await me.receive()
      })
      await turns()
      exit(pid, 'one')
      expect((await take(self, 2)) as unknown[]).toMatchObject([{ type: 'exit', reason: { value: 'one' } }, 'off'])
      const ended = endOf(self, pid)
      exit(pid, 'two')
      expect(await ended).toEqual({ kind: 'user', value: 'two' })
    })
  })

  it('trapExit keeps the order of signals and messages from one sender', async () => {
    await inside(async (self) => {
      for (const on of places) {
        const pid = self.spawn(trapper.with({ on }), self.pid) as AnyPid
        expect(await self.receive()).toBe('trapping')
        const count = 200
        for (let i = 0; i < count; i++) {
          if (i % 3 === 0) exit(pid, i)
          else send(pid, i)
        }
        const heard = (await take(self, count)) as { type?: string; reason?: { value: number }; message: unknown }[]
        expect(heard.map(({ type, reason, message }) => (type === 'exit' ? reason?.value : message))).toEqual(
          Array.from({ length: count }, (_, i) => i),
        )
      }
    })
  })

  it('trapExit: exit messages are messages of the books', async () => {
    await inside(async (self) => {
      self.trapExit()
      const before = self.runtime.inspect().messages
      for (let i = 0; i < 10; i++) exit(self.pid, i)
      await take(self, 10)
      const { accepted, received, waiting } = self.runtime.inspect().messages
      expect([accepted - before.accepted, received - before.received, waiting]).toEqual([10, 10, 0])
    })
  })
})
