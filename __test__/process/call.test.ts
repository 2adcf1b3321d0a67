// call, reply and monitor: ordinary code and processes. A late answer is dropped, an end is heard at once, a backlog costs the
// asker nothing, and nothing stays behind.

import { call, type Down, exit, monitor, reply, send, start } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { answers, asks } from '../fixtures/bound-bodies.mjs'
import { type AnyPid, type AnySelf, inside, rejectionOf, started, thrownBy, until } from './world.ts'

const server = async (me: AnySelf): Promise<void> => {
  for await (const { from, request } of me) {
    if (request.how === 'die') me.exit({ kind: 'user', value: 'as asked' })
    if (request.how === 'late') await me.sleep(30)
    if (request.how === 'twice') reply(from, 'once')
    if (request.how !== 'never') reply(from, request.value)
  }
}

describe('call', () => {
  it.each(['here', 'there'])('call from ordinary code is answered by a process %s', async (where) => {
    const { runtime } = await started()
    const pid = (where === 'here' ? runtime.spawn(server) : runtime.spawn(answers.with({ on: 1 }))) as AnyPid
    for (let i = 0; i < 50; i++) expect(await call(pid, { how: 'answer', value: i })).toBe(i)
    const many = await Promise.all(Array.from({ length: 300 }, (_, i) => call(pid, { how: 'answer', value: { i } })))
    expect(many).toEqual(Array.from({ length: 300 }, (_, i) => ({ i })))
    await runtime.register('server', pid)
    expect(await call('server', { how: 'answer', value: 'by name' })).toBe('by name')
  })

  it('call hears of an end at once, and says why', async () => {
    const { runtime } = await started()
    for (const pid of [runtime.spawn(server), runtime.spawn(answers.with({ on: 1 }))] as AnyPid[]) {
      const error = await call(pid, { how: 'die' }, { timeout: 60_000 }).catch((error) => error)
      expect(error).toMatchObject({ code: 'ERR_RUMPUS_DOWN', cause: { kind: 'user', value: 'as asked' } })
      expect(await rejectionOf(call(pid, 1))).toMatchObject({ code: 'ERR_RUMPUS_NOPROC' })
    }
    expect(await rejectionOf(call('nobody', 1))).toMatchObject({ code: 'ERR_RUMPUS_NOPROC' })
  })

  it('call rejects in time and when aborted; late and second answers reach nobody', async () => {
    const { runtime } = await started()
    const pid = runtime.spawn(server) as AnyPid
    expect(await rejectionOf(call(pid, { how: 'never' }, { timeout: 5 }))).toMatchObject({ code: 'ERR_RUMPUS_TIMEOUT' })
    expect(await rejectionOf(call(pid, { how: 'late', value: 'too late' }, { timeout: 5 }))).toMatchObject({
      code: 'ERR_RUMPUS_TIMEOUT',
    })
    expect(await call(pid, { how: 'twice', value: 'again' })).toBe('once')
    expect(await call(pid, { how: 'answer', value: 'next' })).toBe('next')
    const abort = new AbortController()
    const aborted = rejectionOf(
      call(pid, { how: 'never' }, { signal: abort.signal, timeout: Number.POSITIVE_INFINITY }),
    )
    abort.abort()
    expect(await aborted).toMatchObject({ code: 'ABORT_ERR' })
    expect(await rejectionOf(call(pid, 1, { signal: abort.signal }))).toMatchObject({ code: 'ABORT_ERR' })
    await until(() => runtime.inspect().messages.waiting === 0)
  })

  it('call works inside bodies, on every scheduler, whatever backlog they have', () =>
    inside(async (self) => {
      const pid = self.spawn(server) as AnyPid
      for (let i = 0; i < 10_000; i++) send(self.pid, i)
      expect(await call(pid, { how: 'answer', value: 'past them' })).toBe('past them')
      self.flush()
      for (const on of [1, 2]) {
        self.spawn(asks.with({ on }), self.pid, pid, on)
        expect(await self.receive()).toBe(on)
      }
    }))

  it('call that waits when the runtime stops is told', async () => {
    const runtime = await start({ schedulers: 1 })
    const pid = runtime.spawn(async (me: AnySelf) => void (await me.sleep(60_000))) as AnyPid
    const waiting = rejectionOf(call(pid, 1, { timeout: 60_000 }))
    await runtime.stop()
    expect((await waiting).code).toMatch(/^ERR_RUMPUS_(STOPPED|DOWN)$/)
    expect(thrownBy(() => void call(pid, 1))).toMatchObject({ code: 'ERR_RUMPUS_STOPPED' })
  })

  it('call refuses at the call what is no pid, no option and cannot cross', async () => {
    const { runtime } = await started()
    const there = runtime.spawn(answers.with({ on: 1 })) as AnyPid
    expect(thrownBy(() => void call(there, () => {}))).toMatchObject({ code: 'ERR_RUMPUS_UNCROSSABLE' })
    expect(thrownBy(() => void call(0 as never, 1 as never))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
    expect(thrownBy(() => void call(there, 1, { timeout: -1 }))).toMatchObject({ code: 'ERR_RUMPUS_OUT_OF_RANGE' })
    expect(thrownBy(() => void call(there, 1, null as never))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
    expect(thrownBy(() => reply('x' as never, 1 as never))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
    expect(await call(there, { how: 'answer', value: 1 })).toBe(1)
  })
})

describe('monitor', () => {
  it('monitor from ordinary code hears once, of the living and of the dead', async () => {
    const { runtime } = await started()
    const pid = runtime.spawn(async (me: AnySelf) => void (await me.receive()))
    const heard: Down[] = []
    const one = monitor(pid, (down) => heard.push(down))
    const two = monitor(pid, () => expect.unreachable())
    two.stop()
    two.stop()
    exit(pid, 'shutdown')
    await until(() => heard.length === 1)
    expect(heard).toMatchObject([{ ref: one.ref, pid, reason: { kind: 'shutdown' } }])
    const late = await new Promise<Down>((resolve) => monitor(pid, resolve))
    expect(late.reason).toEqual({ kind: 'noproc' })
    one[Symbol.dispose]()
  })

  it('monitor refuses what is no listener and no pid', async () => {
    const { runtime } = await started()
    const pid = runtime.spawn(async () => {})
    expect(thrownBy(() => monitor(pid, 1 as never))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
    expect(thrownBy(() => monitor('x' as never, () => {}))).toMatchObject({ code: 'ERR_RUMPUS_BAD_ARGUMENT' })
  })
})
