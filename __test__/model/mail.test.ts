// Mail of the model beyond receive: bounded mailboxes, offers, names, and the books of what was dropped.

import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { formatPid } from '../../js/pid.ts'
import { Down } from '../../js/types.ts'
import { type AnyPid, type AnySelf, codeOf, inside, take, waits } from './world.ts'

/** A process with a mailbox of two that passes on what it gets, once it has slept for 100 ms. */
const slow = (
  self: AnySelf,
  send: (to: AnyPid, message: unknown) => void,
  overflow: 'drop-oldest' | 'drop-newest' | 'offer',
) =>
  self.spawn(
    async (me) => {
      await me.sleep(100)
      for await (const message of me) send(self.pid, message)
    },
    { mailbox: { capacity: 2, overflow } },
  ) as AnyPid

for (const [overflow, kept] of [
  ['drop-oldest', [2, 3]],
  ['drop-newest', [1, 2]],
  ['offer', [1, 2]],
] as const) {
  it(`send to a full mailbox with ${overflow} keeps ${kept} of 1, 2, 3 and counts`, async () => {
    await inside(async (self, { model }) => {
      const pid = slow(self, (to, message) => model.send(to, message), overflow)
      for (const n of [1, 2, 3]) model.send(pid, n)
      expect(await take(self, 2)).toEqual(kept)
      expect(model.messages.dropped).toEqual({ dead: 0, died: 0, full: 1 })
    })
  })
}

it('signals enter a full mailbox, take no room and are not dropped', async () => {
  await inside(async (self, { model }) => {
    const pid = self.spawn(
      async (me) => {
        const ref = me.monitor(me.spawn(() => {}))
        await me.sleep(10)
        model.send(self.pid, [ref, await take(me as AnySelf, 3)])
      },
      { mailbox: { capacity: 2, overflow: 'drop-oldest' } },
    ) as AnyPid
    await self.sleep(5)
    for (const n of [1, 2, 3]) model.send(pid, n)
    const [ref, messages] = await self.receive()
    expect(messages).toEqual([expect.any(Down), 2, 3])
    expect(messages[0].ref).toBe(ref)
  })
})

it('offer waits for room, first come first served, and is accepted at once where there is some', async () => {
  await inside(async (self, { model }) => {
    const pid = slow(self, (to, message) => model.send(to, message), 'offer')
    const answers: unknown[] = []
    for (const n of [1, 2, 3, 4]) {
      self.spawn(async () => answers.push([n, await model.offer(pid, n), model.now()]))
    }
    expect(await model.offer(self.spawn(waits) as AnyPid, 'unbounded')).toBe('accepted')
    expect(await take(self, 4)).toEqual([1, 2, 3, 4])
    expect(answers).toEqual([
      [1, 'accepted', 0],
      [2, 'accepted', 0],
      [3, 'accepted', 100],
      [4, 'accepted', 100],
    ])
  })
})

it('offer gives up in time, and when it is aborted; then nothing is sent', async () => {
  await inside(async (self, { model }) => {
    const pid = slow(self, (to, message) => model.send(to, message), 'offer')
    for (const n of [1, 2]) model.send(pid, n)
    expect(await model.offer(pid, 'late', { timeout: 50 })).toBe('full')
    expect(model.now()).toBe(50)
    const controller = new AbortController()
    const { signal } = controller
    const offered = model.offer(pid, 'aborted', { signal })
    controller.abort('enough')
    await expect(offered).rejects.toMatchObject({ code: 'ABORT_ERR', cause: 'enough' })
    await expect(model.offer(pid, 'aborted', { signal })).rejects.toMatchObject({ code: 'ABORT_ERR' })
    expect(await model.offer(pid, 3)).toBe('accepted')
    expect(await take(self, 3)).toEqual([1, 2, 3])
  })
})

it('offer that was accepted in time is not touched by time or signal later, nor are others', async () => {
  await inside(async (self, { model }) => {
    const pid = slow(self, (to, message) => model.send(to, message), 'offer')
    const { signal } = new AbortController()
    expect(await model.offer(pid, 1, { timeout: 50, signal })).toBe('accepted')
    expect(getEventListeners(signal, 'abort')).toEqual([])
    for (const n of [2, 3]) self.spawn(() => model.offer(pid, n))
    expect(await take(self, 3)).toEqual([1, 2, 3])
  })
})

it('a message that comes in as another is taken ends no later wait', async () => {
  await inside(async (self, { model }) => {
    const pid = self.spawn(
      async (me) => {
        await me.receive()
        await me.sleep(100)
        model.send(self.pid, model.now())
      },
      { mailbox: { capacity: 1, overflow: 'offer' } },
    ) as AnyPid
    model.send(pid, 1)
    expect(await model.offer(pid, 2)).toBe('accepted')
    expect(await self.receive()).toBe(100)
  })
})

it('mail and offers are lost as soon as the process must end', async () => {
  await inside(async (self, { model }) => {
    const pid = self.spawn(
      async (me) => {
        await me.sleep(10).catch(() => {})
        await new Promise(() => {})
      },
      { mailbox: { capacity: 1, overflow: 'offer' } },
    ) as AnyPid
    await self.yield()
    model.send(pid, 1)
    const offered = model.offer(pid, 2)
    model.exit(pid)
    expect(model.messages).toMatchObject({ waiting: 0, dropped: { died: 1 } })
    expect(await offered).toBe('noproc')
    expect(model.now()).toBe(0)
  })
})

it('offer to one who is dead, or dies meanwhile, is noproc', async () => {
  await inside(async (self, { model }) => {
    const pid = slow(self, (to, message) => model.send(to, message), 'offer')
    for (const n of [1, 2]) model.send(pid, n)
    const offered = model.offer(pid, 3)
    self.spawn(() => model.exit(pid))
    expect(await offered).toBe('noproc')
    expect(await model.offer(pid, 4)).toBe('noproc')
  })
})

it('the books balance: nobody, the dead, those who die with mail, and what is flushed', async () => {
  await inside(async (self, { model }) => {
    const gone = self.spawn(waits) as AnyPid
    for (let i = 0; i < 3; i++) model.send(gone, i)
    model.exit(gone)
    model.send(gone, 'late')
    model.send('nobody', 1)
    const exiting = self.spawn(async (me) => {
      await me.receive().catch(() => {})
      await new Promise(() => {})
    }) as AnyPid
    await self.yield()
    model.exit(exiting)
    model.send(exiting, 'late')
    for (let i = 0; i < 4; i++) model.send(self.pid, i)
    expect(self.tryReceive()).toBe(0)
    expect(model.messages).toEqual({ accepted: 10, received: 1, waiting: 3, dropped: { dead: 2, died: 4, full: 0 } })
    self.flush()
    expect(model.messages).toMatchObject({ accepted: 10, received: 4, waiting: 0 })
  })
})

it('names: found and sent to, freed by unregister and by death', async () => {
  await inside(async (self, { model }) => {
    const pid = self.spawn(waits, { name: 'worker' })
    self.register('root')
    expect([self.whereis('worker'), self.whereis('root'), self.whereis('nobody')]).toEqual([pid, self.pid, undefined])
    model.send('root', 'by name')
    expect(await self.receive()).toBe('by name')
    expect([self.unregister('root'), self.unregister('root')]).toEqual([true, false])
    self.register('again')
    await self.yield()
    model.exit(pid)
    await self.yield()
    expect(self.whereis('worker')).toBe(undefined)
    self.spawn(waits, { name: 'worker' })
  })
})

it('names: a taken one, a second one and one for the dead are refused, saying who has it', async () => {
  await inside(async (self, { model }) => {
    const pid = self.spawn(waits, { name: 'worker' })
    expect(() => self.register('worker')).toThrow(`the name "worker" belongs to process ${formatPid(pid)}`)
    const spawned = model.messages.accepted
    expect(await codeOf(() => self.spawn(waits, { name: 'worker', monitor: true }))).toBe('ERR_RUMPUS_NAME_TAKEN')
    expect(model.messages.accepted).toBe(spawned)
    expect(await codeOf(() => self.register('second', pid))).toBe('ERR_RUMPUS_NAMED')
    const gone = self.spawn(() => {})
    await self.yield()
    expect(await codeOf(() => self.register('gone', gone))).toBe('ERR_RUMPUS_NOPROC')
    expect(() => self.register('')).toThrow('name must be a string that is not empty, got ""')
  })
})

it('names: of the exiting nobody is found, but the name is taken until it is dead', async () => {
  await inside(async (self, { model }) => {
    const pid = self.spawn(
      async (me) => {
        await me.receive().catch(() => {})
        await new Promise(() => {})
      },
      { name: 'worker' },
    )
    const other = self.spawn(waits)
    await self.yield()
    self.monitor(pid)
    model.exit(pid)
    expect(self.whereis('worker')).toBe(undefined)
    model.send('worker', 'lost')
    expect(model.messages.dropped.dead).toBe(1)
    expect(await codeOf(() => self.register('worker', other))).toBe('ERR_RUMPUS_NAME_TAKEN')
    expect(await codeOf(() => self.register('other', pid))).toBe('ERR_RUMPUS_NOPROC')
    await self.receive()
    self.register('worker', other)
    expect(self.whereis('worker')).toBe(other)
  })
})
