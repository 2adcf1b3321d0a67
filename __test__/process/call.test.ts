// call, reply and monitor: ordinary code and processes. A late answer is dropped, an end is heard at once, a backlog costs the
// asker nothing, and nothing stays behind.

import { call, type Down, exit, monitor, reply, send, simulate, start } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { answers, asks } from '../fixtures/bound-bodies.mjs'
import { type AnyPid, type AnySelf, inside, oneThread, rejectionOf, started, thrownBy, until } from './world.ts'

/** Answers; who is to be answered late is when the next asks. */
const server = async (me: AnySelf): Promise<void> => {
  const late: (() => void)[] = []
  for await (const { from, request } of me) {
    for (const answer of late.splice(0)) answer()
    if (request.how === 'die') me.exit({ kind: 'user', value: 'as asked' })
    if (request.how === 'late') late.push(() => reply(from, request.value))
    if (request.how === 'twice') reply(from, 'once')
    if (request.how !== 'never' && request.how !== 'late') reply(from, request.value)
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

  it.skipIf(oneThread)(
    'calls to one process share a monitor, which goes some time after the last is answered',
    async () => {
      const { runtime } = await started()
      const held: (() => void)[] = []
      const pid = runtime.spawn(async (me: AnySelf) => {
        for await (const { from, request } of me) held.push(() => reply(from, request))
      }) as AnyPid
      const calls = Array.from({ length: 20 }, (_, i) => call(pid, i))
      await until(() => held.length === 20)
      expect((await runtime.inspect(pid))?.monitoredBy).toHaveLength(1)
      for (const answer of held.splice(0)) answer()
      expect(await Promise.all(calls)).toEqual(Array.from({ length: 20 }, (_, i) => i))
      await until(async () => (await runtime.inspect(pid))?.monitoredBy?.length === 0)
    },
  )

  it('calls that were answered before an end have their answers, the others hear of it', async () => {
    const { runtime } = await started()
    for (const count of [1, 2, 3, 40]) {
      const pid = runtime.spawn(async (me: AnySelf) => {
        const questions = []
        for (let i = 0; i < count + 2; i++) questions.push(await me.receive())
        for (const { from, request } of questions.slice(0, count)) reply(from, request)
      }) as AnyPid
      const calls = Array.from({ length: count + 2 }, (_, i) => call(pid, i).catch((error) => error.code))
      const numbers = Array.from({ length: count }, (_, i) => i)
      expect(await Promise.all(calls)).toEqual([...numbers, 'ERR_RUMPUS_DOWN', 'ERR_RUMPUS_DOWN'])
    }
  })

  // Ordinary code of the portable runtime hears a step of its virtual time later.
  it.skipIf(oneThread)('calls time out each at its own time, whatever the others wait for', () =>
    simulate({ seed: 3 }, async (self: AnySelf, { now }) => {
      const pid = self.spawn(async (me: AnySelf) => {
        for await (const { from, request } of me) if (request === 'answer') reply(from, 'answered')
      }) as AnyPid
      const ends: [timeout: number, ms: number][] = []
      const times = [50, 20, 50, 10, 20]
      const late = times.map(async (timeout, i) => {
        if (i === 2) await self.sleep(5)
        const asked = now()
        expect(await rejectionOf(call(pid, 'never', { timeout }))).toMatchObject({ code: 'ERR_RUMPUS_TIMEOUT' })
        ends.push([timeout, Math.floor(now() - asked)])
      })
      expect(await call(pid, 'answer', { timeout: 50 })).toBe('answered')
      await Promise.all(late)
      expect(ends.map(([timeout]) => timeout)).toEqual([10, 20, 20, 50, 50])
      for (const [timeout, ms] of ends) expect([timeout, timeout + 1]).toContain(ms)
    }),
  )

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
