// receive and tryReceive with options, mark and flush: which message, in which order, for how long.

import { AbortError, type Down, exit, ProcessExit, send, simulate, TimeoutError } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { numbers } from '../fixtures/bodies.mjs'
import { dice } from '../fixtures/random.mjs'
import { type AnyPid, type AnySelf, endOf, inside, lane, rejectionOf, take, thrownBy, turns } from './world.ts'

const is =
  (wanted: unknown) =>
  (message: unknown): boolean =>
    message === wanted

describe('receive({ match })', () => {
  it('receive({ match }) takes the first wanted message and leaves the others in order', async () => {
    await inside(async (self) => {
      for (let i = 0; i < 100; i++) send(self.pid as AnyPid, i)
      expect(await self.receive({ match: is(50) })).toBe(50)
      expect(await self.receive({ match: (n) => n > 97 })).toBe(98)
      expect(await self.receive({ match: is(0) })).toBe(0)
      const left = Array.from({ length: 100 }, (_, i) => i).filter((i) => ![0, 50, 98].includes(i))
      expect(await take(self, 97)).toEqual(left)
    })
  })

  it('receive({ match }) wakes when the wanted message comes later, after any number of others, each looked at once', async () => {
    await inside(async (self) => {
      const looks: unknown[] = []
      const wanted = self.receive({ match: (message) => looks.push(message) > 0 && message === 'end' })
      for (let i = 0; i < 10; i++) {
        send(self.pid as AnyPid, i)
        if (i % 3 === 0) await turns(1)
      }
      send(self.pid as AnyPid, 'end')
      expect(await wanted).toBe('end')
      expect(looks).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 'end'])
      expect(await take(self, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    })
  })

  it('receive({ match }) does not spin: while nothing wanted comes, others and the event loop have their turn', async () => {
    await inside(async (self) => {
      let looks = 0
      const wanted = self.receive({ match: (message) => looks++ >= 0 && message === 'end' })
      send(self.pid as AnyPid, 'other')
      await turns(50)
      expect(looks).toBe(1)
      send(self.pid as AnyPid, 'end')
      expect(await wanted).toBe('end')
    })
  })

  it('receive({ match }) finds what comes from another scheduler among 5000 others', async () => {
    await inside(async (self) => {
      self.spawn(numbers.with({ on: 1 }), self.pid as AnyPid, 5000)
      expect(await self.receive({ match: is('end') })).toBe('end')
      expect(await take(self, 5000)).toEqual(Array.from({ length: 5000 }, (_, i) => i))
    })
  })

  it('receive({ match }) agrees with a list, whatever is sent and wanted in which order', async () => {
    const seed = (Math.random() * 2 ** 31) | 0
    const roll = dice(seed)
    await inside(async (self) => {
      const list: number[] = []
      for (let step = 0; step < 4000; step++) {
        for (let i = roll(4); i > 0; i--) {
          const message = roll(8)
          list.push(message)
          send(self.pid as AnyPid, message)
        }
        if (roll(16) === 0) await turns(1)
        const wanted = roll(8)
        const at = list.indexOf(wanted)
        if (at < 0) continue
        const came = roll(2) === 0 ? await self.receive({ match: is(wanted) }) : await self.receive({ timeout: 1000 })
        const expected = came === wanted ? at : 0
        expect(came, `seed ${seed}, step ${step}`).toBe(list[expected])
        list.splice(expected, 1)
      }
      expect(await take(self, list.length), `seed ${seed}`).toEqual(list)
    })
  })

  it('receive({ match }) rejects with what match throws, and the message stays', async () => {
    await inside(async (self) => {
      const match = (message: unknown): boolean => {
        if (message === 'bad') throw new Error('match failed')
        return false
      }
      send(self.pid as AnyPid, 'bad')
      await expect(self.receive({ match })).rejects.toThrow('match failed')
      expect(await self.receive()).toBe('bad')
      const later = self.receive({ match })
      send(self.pid as AnyPid, 'bad')
      await expect(later).rejects.toThrow('match failed')
      expect(await self.receive()).toBe('bad')
    })
  })

  it('receive({ match }) refuses a wait inside match, and takes what match sends to its own process', async () => {
    await inside(async (self) => {
      const refused: unknown[] = []
      let sent = false
      send(self.pid as AnyPid, 'first')
      const match = (message: unknown): boolean => {
        if (!sent) for (let i = 0; i < 20; i++) send(self.pid as AnyPid, i)
        sent = true
        refused.push(self.tryReceive())
        self.receive().catch((error) => refused.push(error.code))
        return message === 19
      }
      expect(await self.receive({ match })).toBe(19)
      expect(new Set(refused)).toEqual(new Set([undefined, 'ERR_RUMPUS_WAITING']))
      expect(await take(self, 20)).toEqual(['first', ...Array.from({ length: 19 }, (_, i) => i)])
    })
  })

  it('receive({ match }) ends with the process: parked, and while it looks', async () => {
    await inside(async (self) => {
      const seen: unknown[] = []
      const parked = self.spawn(async (me: AnySelf) => {
        await me.receive({ match: () => false, timeout: 60_000 }).catch((error) => seen.push(error))
      })
      const looking = self.spawn(async (me: AnySelf) => {
        const match = (): boolean => {
          exit(me.pid, 'shutdown')
          return true
        }
        const both = async (): Promise<void> => {
          await me.receive({ match })
          await me.receive() // where a signal to oneself comes with the next turn
        }
        await both().catch((error) => seen.push(error))
      })
      await turns()
      for (const pid of [parked, looking]) self.monitor(pid)
      exit(parked, 'shutdown')
      send(looking as AnyPid, 'look')
      for (const { reason } of (await take(self, 2)) as Down[]) expect(reason).toEqual({ kind: 'shutdown' })
      expect(seen).toEqual([expect.any(ProcessExit), expect.any(ProcessExit)])
    })
  })

  it('receive({ match }) that is not awaited ends with the body and holds nothing', async () => {
    await inside(async (self) => {
      const pid = self.spawn((me: AnySelf) => void me.receive({ match: () => false, timeout: 60_000 }))
      expect(await endOf(self, pid)).toEqual({ kind: 'normal' })
    })
  })

  it('receive({ match }) of every message is receive', async () => {
    await inside(async (self) => {
      const other = self.spawn(async (me: AnySelf) => {
        for (let i = 0; i < 1000; i++) send(self.pid as AnyPid, await me.receive({}))
      })
      for (let i = 0; i < 1000; i++) {
        send(other as AnyPid, i)
        expect(await self.receive({ match: () => true })).toBe(i)
      }
    })
  })
})

describe('receive({ timeout })', () => {
  it('receive({ timeout }) rejects with TimeoutError, takes nothing and leaves the process able to wait again', async () => {
    await inside(async (self) => {
      send(self.pid as AnyPid, 'other')
      expect(await rejectionOf(self.receive({ match: is('never'), timeout: 5 }))).toEqual({
        name: 'TimeoutError',
        code: 'ERR_RUMPUS_TIMEOUT',
        message: 'nothing that was wanted came within 5 ms',
      })
      expect(await self.receive()).toBe('other')
      const next = self.receive({ timeout: 60_000 })
      send(self.pid as AnyPid, 'next')
      expect(await next).toBe('next')
    })
  })

  it('receive({ timeout }) is not begun anew by messages that are not wanted', async () => {
    await inside(async (self) => {
      const chatter = setInterval(() => send(self.pid as AnyPid, 'chatter'), 1)
      await expect(self.receive({ match: is('never'), timeout: 20 })).rejects.toBeInstanceOf(TimeoutError)
      clearInterval(chatter)
      expect(self.flush()).toBeGreaterThan(0)
    })
  })

  it('receive({ timeout: 0 }) sees what has come, also from another scheduler, and waits no longer', async () => {
    await inside(async (self) => {
      await expect(self.receive({ timeout: 0 })).rejects.toBeInstanceOf(TimeoutError)
      send(self.pid as AnyPid, 1)
      expect(await self.receive({ timeout: 0 })).toBe(1)
      const ref = self.monitor(self.spawn(numbers.with({ on: 1 }), self.pid as AnyPid, 3))
      await self.receive({ match: (message) => message?.ref === ref })
      const all: unknown[] = []
      for (let i = 0; i < 4; i++) all.push(await self.receive({ timeout: 0 }))
      expect(all).toEqual([0, 1, 2, 'end'])
    })
  })

  it('receive({ timeout: 0 }) in a loop lets others run', async () => {
    await inside(async (self) => {
      let over = false
      setImmediate(() => {
        over = true
      })
      while (!over) await self.receive({ timeout: 0 }).catch(() => {})
      expect(over).toBe(true)
    })
  })

  it('receive({ timeout }) works for a body that comes from foreign waiting while its scheduler sleeps', async () => {
    await inside(async (self) => {
      for (const timeout of [1, 0]) {
        await turns(50)
        await expect(self.receive({ timeout })).rejects.toBeInstanceOf(TimeoutError)
      }
    })
  })
})

describe('receive({ signal })', () => {
  it('receive({ signal }) rejects with AbortError and the reason, before and during the wait', async () => {
    await inside(async (self) => {
      send(self.pid as AnyPid, 'stays')
      const early = await self.receive({ signal: AbortSignal.abort('early') }).catch((error) => error)
      expect(early).toBeInstanceOf(AbortError)
      expect(early).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: 'early' })
      const controller = new AbortController()
      const wait = self.receive({ match: is('never'), signal: controller.signal })
      controller.abort('late')
      await expect(wait).rejects.toMatchObject({ code: 'ABORT_ERR', cause: 'late' })
      expect(await self.receive()).toBe('stays')
    })
  })

  it('receive({ signal }) answered in time is not touched by the signal later', async () => {
    await inside(async (self) => {
      const controller = new AbortController()
      const wait = self.receive({ signal: controller.signal })
      send(self.pid as AnyPid, 1)
      expect(await wait).toBe(1)
      const next = self.receive({ match: is(2) })
      controller.abort()
      await turns()
      send(self.pid as AnyPid, 2)
      expect(await next).toBe(2)
    })
  })
})

describe('tryReceive({ match }), mark and flush', () => {
  it('tryReceive({ match }) takes the first wanted message that is there', async () => {
    await inside(async (self) => {
      for (const n of [1, 2, 3]) send(self.pid as AnyPid, n)
      await turns()
      expect([2, 2, 3].map((n) => self.tryReceive({ match: is(n) }))).toEqual([2, undefined, 3])
      expect(await self.receive()).toBe(1)
    })
  })

  it('mark has a search begin behind what waits, and never behind what comes', async () => {
    const seed = (Math.random() * 2 ** 31) | 0
    const roll = dice(seed)
    await inside(async (self) => {
      let backlog = 0
      for (let step = 0; step < 2000; step++) {
        for (let i = roll(5); i > 0; i--, backlog++) send(self.pid as AnyPid, 'backlog')
        const since = self.mark()
        for (let i = roll(3); i > 0 && backlog > 0; i--, backlog--) {
          const options = roll(2) === 0 ? {} : { match: is('backlog') }
          expect(await self.receive(options)).toBe('backlog')
        }
        for (let i = roll(4); i > 0; i--, backlog++) send(self.pid as AnyPid, 'backlog')
        send(self.pid as AnyPid, step)
        expect(await self.receive({ match: is(step), since, timeout: 1000 }), `seed ${seed}`).toBe(step)
      }
      expect(self.flush()).toBe(backlog)
    })
  })

  it('a search behind a mark gives what came after it and nothing else, whatever was taken meanwhile', async () => {
    for (let seed = 1; seed <= 30; seed++) {
      const roll = dice(seed)
      await simulate({ seed }, async (self: AnySelf) => {
        const marks = [{ since: self.mark(), number: 0 }]
        let [inbox, came]: [number[], number] = [[], 0]
        for (let step = 0; step < 200; step++) {
          for (let i = roll(4); i > 0; i--, came++) {
            send(self.pid as AnyPid, came)
            inbox.push(came)
          }
          await self.sleep(0)
          if (roll(4) === 0) marks.unshift({ since: self.mark(), number: came })
          if (roll(30) === 0) inbox = inbox.slice(self.flush())
          const { since, number } = marks[roll(Math.min(marks.length, 4))]!
          const [remainder, isNarrow] = [roll(3), roll(2) === 0]
          const match = (n: number): boolean => n % 3 === remainder
          const wanted = inbox.find((n) => n >= number && (!isNarrow || match(n)))
          expect(self.tryReceive(isNarrow ? { since, match } : { since }), `seed ${seed}`).toBe(wanted)
          inbox = inbox.filter((n) => n !== wanted)
        }
        expect(self.flush()).toBe(inbox.length)
      })
    }
  })

  it('a mark is good for what comes after a flush', async () => {
    await inside(async (self) => {
      for (let n = 0; n < 3; n++) send(self.pid as AnyPid, n)
      await turns()
      const since = self.mark()
      expect(self.flush()).toBe(3)
      send(self.pid as AnyPid, 'the answer')
      expect(await self.receive({ since, timeout: 1000 })).toBe('the answer')
    })
  })

  it('mark spares the look at a backlog', async () => {
    await inside(async (self) => {
      for (let i = 0; i < 10_000; i++) send(self.pid as AnyPid, 'backlog')
      let looks = 0
      for (let i = 0; i < 1000; i++) {
        const since = self.mark()
        send(self.pid as AnyPid, i)
        await self.receive({ match: (message) => looks++ >= 0 && message === i, since })
      }
      // On the native lane the backlog reaches the inbox only after the first mark.
      expect(looks).toBeLessThanOrEqual(lane === 'js' ? 2000 : 12_000)
    })
  })

  it('flush takes everything that has come, and the books balance', async () => {
    await inside(async (self) => {
      for (let i = 0; i < 100; i++) send(self.pid as AnyPid, i)
      while (self.runtime.inspect().messages.waiting > 0) {
        self.flush()
        await turns(1)
      }
      expect(self.tryReceive()).toBeUndefined()
      const { accepted, received } = self.runtime.inspect().messages
      expect(received).toBe(accepted)
    })
  })

  it('receive, tryReceive, mark refuse what is no option', async () => {
    await inside(async (self) => {
      const bad: [unknown, string, string][] = [
        [1, 'ERR_RUMPUS_BAD_ARGUMENT', 'options must be an object, got 1'],
        [null, 'ERR_RUMPUS_BAD_ARGUMENT', 'options must be an object, got null'],
        [{ match: 1 }, 'ERR_RUMPUS_BAD_ARGUMENT', 'options.match must be a function, got 1'],
        [{ since: 'x' }, 'ERR_RUMPUS_BAD_ARGUMENT', 'options.since must be what mark answered, got "x"'],
        [{ timeout: -1 }, 'ERR_RUMPUS_OUT_OF_RANGE', 'options.timeout must be a number of milliseconds'],
        [{ timeout: Number.NaN }, 'ERR_RUMPUS_OUT_OF_RANGE', 'options.timeout must be a number of milliseconds'],
        [{ timeout: 2 ** 31 }, 'ERR_RUMPUS_OUT_OF_RANGE', 'options.timeout must be a number of milliseconds'],
        [{ signal: {} }, 'ERR_RUMPUS_BAD_ARGUMENT', 'options.signal must be an AbortSignal, got an instance of Object'],
      ]
      for (const [options, code, message] of bad) {
        const thrown = thrownBy(() => self.receive(options as never))
        expect(thrown).toMatchObject({ code, message: expect.stringContaining(message) })
        expect(thrownBy(() => self.tryReceive(options as never))).toEqual(thrown)
      }
    })
  })
})
