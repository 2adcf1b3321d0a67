// What the end of a failing body becomes: an exit reason, whatever was thrown, and never an unhandled rejection.

import { exit, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { end } from '../fixtures/bodies.mjs'
import { type AnyPid, type AnySelf, endOf, inside, places, started, turns, until } from './world.ts'

describe('exit reasons of bodies that fail', () => {
  it('exit reason of a thrown error: name, message, stack, code and cause, here and elsewhere', async () => {
    await inside(async (self) => {
      for (const on of places) {
        const pid = self.spawn(end.with({ on })) as AnyPid
        const ended = endOf(self, pid)
        const value = Object.assign(new TypeError('thrown', { cause: { deep: [1, new Error('root')] } }), {
          code: 'E_X',
        })
        send(pid, { how: 'throw', value })
        const reason = (await ended) as { kind: string; error: Record<string, unknown> }
        expect(reason).toMatchObject({ kind: 'error', error: { name: 'TypeError', message: 'thrown', code: 'E_X' } })
        expect(reason.error.stack).toMatch(/TypeError: thrown\n/)
        expect((reason.error.cause as { deep: Error[] }).deep[1]).toMatchObject({ message: 'root' })
      }
    })
  })

  it('exit reason of a thrown thing that is no error says what it was', async () => {
    await inside(async (self, crashes) => {
      for (const value of ['words', 42, undefined, null, { a: 1 }, new Map([[1, 2]])]) {
        const pid = self.spawn(async () => Promise.reject(value))
        expect(await endOf(self, pid)).toMatchObject({
          kind: 'error',
          error: { name: 'Error', message: `a body threw ${String(value)}` },
        })
      }
      expect(crashes).toHaveLength(6)
    })
  })

  it('exit reason of hostile errors: names that are no strings, things without a prototype, symbols', async () => {
    await inside(async (self) => {
      const odd = Object.defineProperty(new Error('odd'), 'name', { value: { toString: () => 'Odd' } })
      expect(
        await endOf(
          self,
          self.spawn(async () => Promise.reject(odd)),
        ),
      ).toMatchObject({ kind: 'error' })
      const bare = Object.create(null)
      expect(
        await endOf(
          self,
          self.spawn(async () => Promise.reject(bare)),
        ),
      ).toMatchObject({ kind: 'error' })
      expect(
        await endOf(
          self,
          self.spawn(async () => Promise.reject(Symbol('s'))),
        ),
      ).toMatchObject({ kind: 'error' })
    })
  })

  it('exit reason of what will not be looked at: a process ends, whatever was thrown, and so does one that says so', async () => {
    await inside(async (self) => {
      const no = (): never => {
        // biome-ignore lint/style/useThrowOnlyError: what has no message is the worst of it
        throw undefined
      }
      const { proxy: revoked, revoke } = Proxy.revocable({}, {})
      revoke()
      const thrown = [
        new Proxy({}, { get: no }),
        new Proxy({}, { getPrototypeOf: no }),
        new Proxy(new Error(), { get: no }),
        revoked,
      ]
      for (const value of thrown) {
        const pid = self.spawn(async () => Promise.reject(value))
        expect(await endOf(self, pid)).toMatchObject({ kind: 'error', error: { name: 'Error' } })
      }
      const value = Object.defineProperty({}, 'odd', { get: no, enumerable: true })
      const ends = self.spawn(async (me: AnySelf) => me.exit({ kind: 'user', value }))
      expect((await endOf(self, ends)).kind).not.toBe('noproc')
    })
  })

  it('exit reason of an error whose message throws when it is read', async () => {
    await inside(async (self) => {
      const trap = Object.defineProperty(new Error('trap'), 'message', {
        get() {
          throw new Error('caught you')
        },
      })
      expect(
        await endOf(
          self,
          self.spawn(async () => Promise.reject(trap)),
        ),
      ).toMatchObject({ kind: 'error' })
    })
  })

  it('exit reason of a body whose promise rejects later', async () => {
    await inside(async (self) => {
      const pid = self.spawn(() => new Promise((_, reject) => setImmediate(() => reject(new Error('later')))))
      expect(await endOf(self, pid)).toMatchObject({ kind: 'error', error: { message: 'later' } })
    })
  })

  it('exit reasons never become unhandled rejections', async () => {
    const stray: unknown[] = []
    const hear = (error: unknown): void => void stray.push(error)
    process.on('unhandledRejection', hear)
    const { runtime } = await started()
    for (let i = 0; i < 20; i++) runtime.spawn(async () => Promise.reject(new Error('x')))
    const pid = runtime.spawn(async (me: AnySelf) => me.receive())
    await turns()
    exit(pid)
    await until(() => runtime.inspect().processes.alive === 0)
    await turns(5)
    process.off('unhandledRejection', hear)
    expect(stray).toEqual([])
  })
})
