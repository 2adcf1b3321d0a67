// Life and death in the model: how a process ends, when it is dead, what a body that must end sees.

import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { ProcessExit, RumpusError } from '../../js/errors.ts'
import { Down, type ExitReason } from '../../js/types.ts'
import { type AnySelf, codeOf, endOf, inside, take, waits, world } from './world.ts'

it('run answers what the body returns and rejects with the very thing it throws', async () => {
  const value = { fn: () => 1 }
  expect(await inside(() => value)).toBe(value)
  const error = new RangeError('mine')
  await expect(inside(() => Promise.reject(error))).rejects.toBe(error)
  await expect(inside(() => Promise.reject(undefined))).rejects.toBe(undefined)
  await expect(inside((self) => self.exit({ why: 1 }))).rejects.toMatchObject({
    code: 'ERR_RUMPUS_ENDED',
    cause: { kind: 'user', value: { why: 1 } },
  })
  expect(await inside((self) => self.exit())).toBe(undefined)
})

it('a body that fails ends with an error as data, and is reported once', async () => {
  await inside(async (self, { crashes }) => {
    const error = Object.assign(new TypeError('it failed', { cause: 1 }), { code: 'E_MINE' })
    const reason = await endOf(
      self,
      self.spawn(() => Promise.reject(error)),
    )
    expect(reason).toMatchObject({ error: { name: 'TypeError', message: 'it failed', code: 'E_MINE', cause: 1 } })
    for (const thrown of ['words', undefined, Symbol('s'), Object.create(null)]) {
      const pid = self.spawn(() => {
        throw thrown
      })
      expect(await endOf(self, pid)).toMatchObject({ kind: 'error', error: { name: 'Error' } })
    }
    expect(crashes.map(({ what }) => what)).toEqual(new Array(5).fill('a body failed'))
  })
})

it('exit reasons: words, errors, values and whole reasons', async () => {
  await inside(async (self, { model }) => {
    const cases: [unknown, object][] = [
      [undefined, { kind: 'shutdown' }],
      ['kill', { kind: 'killed' }],
      ['a word', { kind: 'user', value: 'a word' }],
      [new Error('why'), { kind: 'error', error: { message: 'why' } }],
      [
        { kind: 'shutdown', value: 1 },
        { kind: 'shutdown', value: 1 },
      ],
      [{ kind: 'fruit' }, { kind: 'user', value: { kind: 'fruit' } }],
    ]
    for (const [given, heard] of cases) {
      const pid = self.spawn(waits)
      await self.yield()
      self.monitor(pid)
      model.exit(pid, given as never)
      expect((await self.receive()).reason).toMatchObject(heard)
    }
  })
})

it('exit: the wait rejects, finally blocks run, others hear when all that is over', async () => {
  await inside(async (self, { model, crashes }) => {
    const pid = self.spawn(async (me) => {
      try {
        await me.sleep(1000)
      } catch (error) {
        model.send(self.pid, (error as ProcessExit).reason)
      } finally {
        await Promise.resolve()
        model.send(self.pid, 'finally')
      }
    })
    await self.yield()
    const ref = self.monitor(pid)
    model.exit(pid)
    expect(model.isAlive(pid)).toBe(false)
    const reason: ExitReason = { kind: 'shutdown' }
    expect(await take(self, 3)).toEqual([reason, 'finally', new Down(ref, pid, reason)])
    expect(model.now()).toBe(0)
    await self.sleep(10_000)
    expect(crashes).toEqual([])
  })
})

it('exit of a process that has not begun: it never begins and is dead at once', async () => {
  await inside(async (self, { model }) => {
    for (const reason of ['shutdown', 'kill'] as const) {
      let began = false
      const pid = self.spawn(() => (began = true))
      self.monitor(pid)
      model.exit(pid, reason)
      expect(self.tryReceive()).toMatchObject({ pid, reason: { kind: reason === 'kill' ? 'killed' : 'shutdown' } })
      await self.sleep(1)
      expect(began).toBe(false)
    }
  })
})

it('every verb of self throws in a process that must end, whose first reason counts', async () => {
  await inside(async (self, { model }) => {
    const codes: unknown[] = []
    const pid = self.spawn(async (me) => {
      await me.receive().catch(() => {})
      const other = self.pid as never
      for (const verb of [
        () => me.receive(),
        () => me.receive({ timeout: 1 }),
        () => me.tryReceive(),
        () => me.mark(),
        () => me.flush(),
        () => me.sleep(1),
        () => me.yield(),
        () => me.spawn(() => {}),
        () => me.spawnMonitor(() => {}),
        () => me.link(other),
        () => me.unlink(other),
        () => me.monitor(other),
        () => me.demonitor(1),
        () => me.trapExit(),
        () => me.register('name'),
        () => me.unregister('name'),
        () => me.whereis('name'),
        () => me.exit('another'),
      ])
        codes.push(await codeOf(verb))
      throw new Error('clumsy cleanup')
    })
    await self.yield()
    model.exit(pid, 'first')
    model.exit(pid, 'second')
    expect(await endOf(self, pid)).toEqual({ kind: 'user', value: 'first' })
    expect(codes).toEqual(new Array(18).fill('ERR_RUMPUS_EXIT'))
  })
})

it('a body that does not end has 5 s, then it is abandoned and reported; kill is at once', async () => {
  await inside(async (self, { model, crashes }) => {
    const stuck = async (me: AnySelf): Promise<void> => {
      await me.receive().catch(() => {})
      await new Promise(() => {})
    }
    for (const [kill, ms] of [
      [false, 5000],
      [true, 10],
    ] as const) {
      const pid = self.spawn(stuck)
      await self.yield()
      const before = model.now()
      model.exit(pid, 'first')
      const ended = endOf(self, pid)
      if (kill) {
        self.spawn(async (me) => {
          await me.sleep(10)
          model.exit(pid, 'kill')
        })
      }
      expect(await ended).toEqual(kill ? { kind: 'killed' } : { kind: 'user', value: 'first' })
      expect(model.now() - before).toBe(ms)
    }
    expect(crashes.map(({ what }) => what)).toEqual(['a body did not end within its grace and was abandoned'])
  })
})

it('an exit while the body awaits something foreign: its next wait rejects', async () => {
  await inside(async (self, { model }) => {
    let release = (): void => {}
    const foreign = new Promise<void>((resolve) => (release = resolve))
    const pid = self.spawn(async (me) => {
      await foreign
      await me.receive()
    })
    await self.yield()
    self.monitor(pid)
    model.exit(pid)
    expect(self.tryReceive()).toBe(undefined)
    release()
    expect(await self.receive()).toMatchObject({ reason: { kind: 'shutdown' } })
    expect(model.now()).toBe(0)
  })
})

it('self.exit ends with its reason by throwing; swallowed or not, without a crash report', async () => {
  await inside(async (self, { crashes }) => {
    const pid = self.spawn((me) => {
      try {
        me.exit(new TypeError('mine'))
      } catch {}
      return 'all is well'
    })
    expect(await endOf(self, pid)).toMatchObject({ kind: 'error', error: { name: 'TypeError' } })
    expect(crashes).toEqual([])
  })
})

it('a wait that nobody awaits ends with its process and is no unhandled rejection', async () => {
  const stray: unknown[] = []
  const hear = (error: unknown): void => void stray.push(error)
  process.on('unhandledRejection', hear)
  await inside(async (self, { model }) => {
    expect(
      await endOf(
        self,
        self.spawn((me) => void me.receive({ timeout: 60_000 })),
      ),
    ).toEqual({ kind: 'normal' })
    const pid = self.spawn(async (me) => {
      void me.receive()
      await new Promise(() => {})
    })
    await self.yield()
    model.exit(pid, 'kill')
    await self.sleep(1)
    expect(model.now()).toBe(1)
  })
  process.off('unhandledRejection', hear)
  expect(stray).toEqual([])
})

it('self.signal aborts when the process must end, with the reason', async () => {
  await inside(async (self, { model }) => {
    let [early, late]: AbortSignal[] = []
    const pid = self.spawn(async (me) => {
      early = me.signal
      await me.receive().catch(() => (late = me.signal))
    })
    const other = self.spawn((me) => me.receive().catch(() => model.send(self.pid, me.signal.aborted)))
    await self.yield()
    expect(early?.aborted).toBe(false)
    model.exit(pid)
    expect(early?.reason).toBeInstanceOf(ProcessExit)
    expect(early?.reason.reason).toEqual({ kind: 'shutdown' })
    model.exit(other)
    expect(await self.receive()).toBe(true)
    expect(late).toBe(early)
  })
})

it('stop ends all, newest first, trapping or not; nothing begins after it', async () => {
  const { model } = world()
  const order: number[] = []
  for (const n of [1, 2, 3]) {
    model.spawn(async (self) => {
      self.trapExit()
      try {
        await self.receive()
      } finally {
        order.push(n)
      }
    })
  }
  await model.run((self) => self.yield())
  await model.stop()
  expect(order).toEqual([3, 2, 1])
  expect(() => model.spawn(() => {})).toThrow(RumpusError)
  expect(await codeOf(() => model.run(() => {}))).toBe('ERR_RUMPUS_STOPPED')
})

it('spawn({ signal }) ends the process when aborted, also before it begins', async () => {
  await inside(async (self) => {
    const controller = new AbortController()
    const [pid] = self.spawnMonitor(waits, { signal: controller.signal })
    await self.yield()
    controller.abort()
    expect(await self.receive()).toMatchObject({ pid, reason: { kind: 'shutdown' } })
    const [unbegun] = self.spawnMonitor(waits, { signal: controller.signal })
    expect(self.tryReceive()).toMatchObject({ pid: unbegun, reason: { kind: 'shutdown' } })
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })
})

it('spawn, run, exit and isAlive refuse what is none of theirs', async () => {
  const { model } = world()
  for (const [what, message] of [
    [() => model.spawn('x' as never), 'body must be a function, got "x"'],
    [() => model.run(undefined as never), 'body must be a function, got undefined'],
    [
      () => model.spawn(() => {}, { link: true } as never),
      'options.link must be false where no process spawns: nobody would hear, got true',
    ],
    [() => model.spawn(() => {}, { name: '' }), 'options.name must be a string that is not empty, got ""'],
    [() => model.spawn(() => {}, { mailbox: { capacity: 0, overflow: 'offer' } }), 'options.mailbox.'],
    [() => model.exit('x' as never), 'pid must be a pid, got "x"'],
    [() => model.isAlive(1.5 as never), 'pid must be a pid, got 1.5'],
  ] as const)
    expect(what).toThrow(message)
})
