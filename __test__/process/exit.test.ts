// exit and self.exit: asking a process to end, how its body unwinds, what others hear as its reason.

import { exit, isAlive, ProcessExit, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { echo, end, hold, once, unwinding } from '../fixtures/bodies.mjs'
import { type AnyPid, type AnySelf, endOf, inside, places, take, thrownBy, turns } from './world.ts'

/** A waiting process here, or on scheduler 1. */
async function waiting(self: AnySelf, on: 'here' | 1): Promise<AnyPid> {
  if (on === 'here') {
    const pid = self.spawn(async (me: AnySelf) => {
      for await (const _ of me);
    })
    await turns()
    return pid as AnyPid
  }
  const pid = self.spawn(hold.with({ on }), self.pid, 'x')
  await self.receive()
  return pid as AnyPid
}

describe('exit', () => {
  for (const on of places) {
    it(`exit of a process ${on}: words, errors, values and whole reasons become what monitors hear`, async () => {
      await inside(async (self) => {
        const error = Object.assign(new RangeError('why'), { code: 'E_WHY', cause: new Error('root') })
        const cases: [unknown, unknown][] = [
          [undefined, { kind: 'shutdown' }],
          ['shutdown', { kind: 'shutdown' }],
          ['kill', { kind: 'killed' }],
          ['any other word', { kind: 'user', value: 'any other word' }],
          [{ a: [1, new Map([['k', 2n]])] }, { kind: 'user', value: { a: [1, new Map([['k', 2n]])] } }],
          [0, { kind: 'user', value: 0 }],
          [null, { kind: 'user', value: null }],
          [
            { kind: 'shutdown', value: { a: 1 } },
            { kind: 'shutdown', value: { a: 1 } },
          ],
          [{ kind: 'noproc' }, { kind: 'noproc' }],
          [{ kind: 'fruit' }, { kind: 'user', value: { kind: 'fruit' } }],
        ]
        for (const [given, heard] of cases) {
          const pid = await waiting(self, on)
          const ended = endOf(self, pid)
          exit(pid, given as never)
          expect(await ended).toEqual(heard)
        }
        const pid = await waiting(self, on)
        const ended = endOf(self, pid)
        exit(pid, error)
        const reason = await ended
        expect(reason).toMatchObject({ kind: 'error', error: { name: 'RangeError', message: 'why', code: 'E_WHY' } })
        const described = (reason as { error: { stack: string; cause: Error } }).error
        expect(described.stack).toContain('RangeError: why')
        expect(described.cause).toBeInstanceOf(Error)
        expect(described.cause.message).toBe('root')
      })
    })

    it(`exit of a process ${on} with 'normal' does nothing`, async () => {
      await inside(async (self) => {
        const pid = await waiting(self, on)
        const ended = endOf(self, pid)
        exit(pid, 'normal')
        exit(pid, { kind: 'normal' })
        exit(pid, 'shutdown')
        expect(await ended).toEqual({ kind: 'shutdown' })
      })
    })

    it(`exit of a process ${on} with large and binary reasons`, async () => {
      await inside(async (self) => {
        for (const value of [
          'x'.repeat(300_000),
          { bytes: new Uint8Array(5000).fill(7) },
          { bytes: new Uint8Array(100_000).fill(7) },
          { list: Array.from({ length: 10_000 }, (_, i) => ({ i })) },
        ]) {
          const pid = await waiting(self, on)
          const ended = endOf(self, pid)
          exit(pid, value)
          expect(await ended).toEqual({ kind: 'user', value })
        }
      })
    })

    it(`exit of a process ${on} with a reason that cannot cross: it ends all the same, with an error that says so`, async () => {
      await inside(async (self) => {
        const pid = await waiting(self, on)
        const ended = endOf(self, pid)
        exit(pid, { deep: { fn: () => 1 } } as never)
        expect(await ended).toMatchObject({
          kind: 'error',
          error: { name: 'UncrossableError', message: expect.stringContaining('reason.deep.fn') },
        })
        const other = await waiting(self, on)
        const otherEnded = endOf(self, other)
        exit(other, new Error('kept', { cause: () => 1 }))
        expect(await otherEnded).toMatchObject({ kind: 'error', error: { name: 'Error', message: 'kept' } })
      })
    })

    it(`exit of a process ${on} comes after the messages sent before and drops those sent after`, async () => {
      await inside(async (self) => {
        const pid = self.spawn(echo.with({ on }), self.pid) as AnyPid
        for (let i = 0; i < 500; i++) send(pid, i)
        exit(pid)
        for (let i = 0; i < 10; i++) send(pid, 'too late')
        self.monitor(pid)
        const heard: unknown[] = []
        for (;;) {
          const message = await self.receive()
          if (typeof message === 'object') break
          heard.push(message)
        }
        // What had arrived and was not taken is dropped with the process; what was taken came in order.
        expect(heard).toEqual(Array.from({ length: heard.length }, (_, i) => i))
        expect(heard).not.toContain('too late')
      })
    })

    it(`exit of a process ${on} twice: the first reason counts; kill after it ends at once`, async () => {
      await inside(async (self) => {
        const pid = await waiting(self, on)
        const ended = endOf(self, pid)
        exit(pid, 'first')
        exit(pid, 'second')
        expect(await ended).toEqual({ kind: 'user', value: 'first' })
        const stuck = self.spawn(async (me: AnySelf) => {
          await me.receive().catch(() => {})
          await new Promise(() => {})
        })
        await turns()
        const stuckEnded = endOf(self, stuck)
        exit(stuck, 'first')
        await turns()
        expect(isAlive(stuck)).toBe(false)
        exit(stuck, 'kill')
        expect(await stuckEnded).toEqual({ kind: 'killed' })
      })
    })

    it(`exit('kill') of a process ${on} ends it at once, and its scheduler goes on`, async () => {
      await inside(async (self) => {
        const pids: AnyPid[] = []
        for (let i = 0; i < 3; i++) pids.push(await waiting(self, on))
        for (const pid of pids) {
          self.monitor(pid)
          exit(pid, 'kill')
        }
        const downs = (await take(self, 3)) as { reason: unknown }[]
        expect(downs.map(({ reason }) => reason)).toEqual([1, 2, 3].map(() => ({ kind: 'killed' })))
        expect(pids.map((pid) => isAlive(pid))).toEqual([false, false, false])
        self.spawn(once.with({ on }), self.pid, 'after')
        expect(await self.receive()).toMatchObject({ name: 'after' })
      })
    })

    it(`exit of a process ${on}: its wait rejects with ProcessExit and finally blocks run before others hear`, async () => {
      await inside(async (self) => {
        const pid = self.spawn(unwinding.with({ on }), self.pid, 'receive')
        expect(await self.receive()).toBe('waiting')
        self.monitor(pid)
        exit(pid, { why: 1 })
        expect(await take(self, 3)).toEqual([
          { exit: true, reason: { kind: 'user', value: { why: 1 } }, code: 'ERR_RUMPUS_EXIT' },
          'finally',
          expect.objectContaining({ type: 'down', pid, reason: { kind: 'user', value: { why: 1 } } }),
        ])
      })
    })
  }

  it('exit of a process that has ended does nothing', async () => {
    await inside(async (self) => {
      const pid = self.spawn(async () => {})
      await endOf(self, pid)
      for (const reason of ['kill', 'shutdown', 'normal'] as const) expect(() => exit(pid, reason)).not.toThrow()
    })
  })

  it('exit of a definition that has not started: its body never runs', async () => {
    await inside(async (self) => {
      // Here, because this scheduler starts nothing before this body waits; another might be quicker than the signal.
      for (const reason of ['shutdown', 'kill'] as const) {
        const pid = self.spawn(once.with({ on: 'here' }), self.pid, 'must not run')
        const ended = endOf(self, pid)
        exit(pid, reason)
        expect(await ended).toEqual({ kind: reason === 'kill' ? 'killed' : 'shutdown' })
      }
    })
  })

  it('exit of a closure that has not begun: its body never runs', async () => {
    await inside(async (self) => {
      for (const reason of ['shutdown', 'kill'] as const) {
        let began = false
        const pid = self.spawn(async () => void (began = true))
        const ended = endOf(self, pid)
        exit(pid, reason)
        expect(await ended).toEqual({ kind: reason === 'kill' ? 'killed' : 'shutdown' })
        expect(began).toBe(false)
      }
    })
  })

  it('exit refuses what is no pid', () => {
    expect(thrownBy(() => exit('x' as never))).toEqual({
      name: 'TypeError',
      code: 'ERR_RUMPUS_BAD_ARGUMENT',
      message: 'pid must be a pid, got "x"',
    })
  })
})

describe('ProcessExit', () => {
  it('ProcessExit swallowed: the process ends for the reason all the same', async () => {
    await inside(async (self) => {
      const pid = self.spawn(async (me: AnySelf) => {
        await me.receive().catch(() => {})
        return 'all is well'
      })
      await turns()
      exit(pid, 'shutdown')
      expect(await endOf(self, pid)).toEqual({ kind: 'shutdown' })
    })
  })

  it('ProcessExit replaced by another error while unwinding: the first reason counts', async () => {
    await inside(async (self, crashes) => {
      const pid = self.spawn(async (me: AnySelf) => {
        try {
          await me.receive()
        } catch {
          throw new Error('clumsy cleanup')
        }
      })
      await turns()
      exit(pid, 'shutdown')
      expect(await endOf(self, pid)).toEqual({ kind: 'shutdown' })
      expect(crashes.length).toBeLessThanOrEqual(1)
    })
  })

  it('ProcessExit is thrown by everything that self offers once the process must end', async () => {
    await inside(async (self) => {
      const thrown: unknown[] = []
      const pid = self.spawn(async (me: AnySelf) => {
        await me.receive().catch(() => {})
        const verbs = [
          () => me.tryReceive(),
          () => me.spawn(async () => {}),
          () => me.link(self.pid),
          () => me.unlink(self.pid),
          () => me.monitor(self.pid),
          () => me.demonitor(1),
          () => me.trapExit(),
          () => me.register('late'),
          () => me.unregister('late'),
          () => me.whereis('late'),
        ]
        for (const verb of verbs) thrown.push(thrownBy(verb).code)
        for (const wait of [() => me.receive(), () => me.sleep(1)]) {
          thrown.push(await wait().then(String, (error: { code: string }) => error.code))
        }
      })
      await turns()
      exit(pid)
      await endOf(self, pid)
      expect(thrown).toEqual(new Array(12).fill('ERR_RUMPUS_EXIT'))
    })
  })

  it('ProcessExit while the body awaits something foreign: the process is not alive, its next wait throws', async () => {
    await inside(async (self) => {
      let release: (() => void) | undefined
      const foreign = new Promise<void>((resolve) => (release = resolve))
      const pid = self.spawn(async (me: AnySelf) => {
        await foreign
        await me.receive()
      })
      await turns()
      self.monitor(pid)
      exit(pid, 'shutdown')
      await turns()
      expect(isAlive(pid)).toBe(false)
      expect(self.tryReceive()).toBe(undefined)
      release?.()
      expect(await self.receive()).toMatchObject({ type: 'down', pid, reason: { kind: 'shutdown' } })
    })
  })
})

describe('self.exit', () => {
  const cases: [unknown, unknown][] = [
    [undefined, { kind: 'normal' }],
    ['normal', { kind: 'normal' }],
    ['shutdown', { kind: 'shutdown' }],
    [{ a: 1 }, { kind: 'user', value: { a: 1 } }],
    [
      { kind: 'shutdown', value: 3 },
      { kind: 'shutdown', value: 3 },
    ],
  ]
  it('self.exit ends with its reason, here and elsewhere', async () => {
    await inside(async (self) => {
      for (const on of places) {
        for (const [value, heard] of cases) {
          const pid = self.spawn(end.with({ on })) as AnyPid
          const ended = endOf(self, pid)
          send(pid, { how: 'exit', value })
          expect(await ended).toEqual(heard)
        }
      }
    })
  })

  it('self.exit with an error is an error as the reason, without a crash report', async () => {
    await inside(async (self, crashes) => {
      const pid = self.spawn(async (me) => me.exit(new TypeError('mine')))
      expect(await endOf(self, pid)).toMatchObject({ kind: 'error', error: { name: 'TypeError', message: 'mine' } })
      expect(crashes).toEqual([])
    })
  })

  it('self.exit runs finally blocks and throws ProcessExit', async () => {
    await inside(async (self) => {
      const seen: unknown[] = []
      const pid = self.spawn(async (me) => {
        try {
          me.exit('shutdown')
        } catch (error) {
          seen.push(error)
          throw error
        } finally {
          seen.push('finally')
        }
      })
      expect(await endOf(self, pid)).toEqual({ kind: 'shutdown' })
      expect(seen).toEqual([expect.any(ProcessExit), 'finally'])
      expect(seen[0]).toMatchObject({ reason: { kind: 'shutdown' } })
    })
  })

  it('self.exit swallowed: as ProcessExit says, the process ends for the reason all the same', async () => {
    await inside(async (self) => {
      const pid = self.spawn(async (me) => {
        try {
          me.exit('shutdown')
        } catch {}
        return 'all is well'
      })
      expect(await endOf(self, pid)).toEqual({ kind: 'shutdown' })
    })
  })
})
