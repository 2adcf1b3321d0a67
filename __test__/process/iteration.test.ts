// for await over self: messages in order, left and taken up again, ended by the end.

import { exit, ProcessExit, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { type AnyPid, type AnySelf, endOf, inside, take, turns } from './world.ts'

describe('self[Symbol.asyncIterator]', () => {
  it('self[Symbol.asyncIterator] gives every message in order', async () => {
    await inside(async (self) => {
      for (let i = 0; i < 1000; i++) send(self.pid as AnyPid, i)
      let next = 0
      for await (const message of self) {
        expect(message).toBe(next++)
        if (next === 1000) break
      }
    })
  })

  it('self[Symbol.asyncIterator] left by break loses nothing: the next loop, or receive, goes on', async () => {
    await inside(async (self) => {
      for (let i = 0; i < 6; i++) send(self.pid as AnyPid, i)
      const heard: unknown[] = []
      for await (const message of self) {
        heard.push(message)
        if (message === 1) break
      }
      heard.push(await self.receive())
      for await (const message of self) {
        heard.push(message)
        if (message === 4) break
      }
      heard.push(self.tryReceive())
      expect(heard).toEqual([0, 1, 2, 3, 4, 5])
    })
  })

  it('self[Symbol.asyncIterator] ends by throwing ProcessExit into the loop', async () => {
    await inside(async (self) => {
      const seen: unknown[] = []
      const pid = self.spawn(async (me: AnySelf) => {
        try {
          for await (const message of me) seen.push(message)
          seen.push('never here')
        } catch (error) {
          seen.push(error)
          throw error
        }
      })
      send(pid as AnyPid, 1)
      await turns()
      exit(pid, 'shutdown')
      expect(await endOf(self, pid)).toEqual({ kind: 'shutdown' })
      expect(seen).toEqual([1, expect.any(ProcessExit)])
    })
  })

  it('self[Symbol.asyncIterator] while another wait is open is refused', async () => {
    await inside(async (self) => {
      const wait = self.receive()
      const loop = (async () => {
        for await (const _ of self);
      })()
      await expect(loop).rejects.toMatchObject({ code: 'ERR_RUMPUS_WAITING' })
      send(self.pid as AnyPid, 'x')
      expect(await wait).toBe('x')
    })
  })

  it('self[Symbol.asyncIterator] with undefined as a message goes on', async () => {
    await inside(async (self) => {
      const child = self.spawn(async (me: AnySelf) => {
        for await (const message of me) send(self.pid as AnyPid, [message])
      })
      for (const message of [undefined, null, 0]) send(child as AnyPid, message)
      expect(await take(self, 3)).toEqual([[undefined], [null], [0]])
    })
  })

  it('self[Symbol.asyncIterator] answers what the protocol asks', async () => {
    await inside(async (self) => {
      const iterator = self[Symbol.asyncIterator]()
      send(self.pid as AnyPid, 1)
      expect(await iterator.next()).toEqual({ done: false, value: 1 })
      expect(await iterator.return?.()).toEqual({ done: true, value: undefined })
    })
  })
})
