// run: what it answers, what it refuses, what it leaves behind.

import { exit, ProcessExit, RumpusError, run, send } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { type AnySelf, inside, oneThread, program, rejectionOf, turns } from './world.ts'

describe('run answers what the body gives', () => {
  it('run resolves with what an async body returns', async () => {
    expect(await inside(async () => ({ a: 1 }))).toEqual({ a: 1 })
  })

  it('run resolves with what a body returns that is no promise', async () => {
    expect(await inside(() => 42)).toBe(42)
    expect(await inside(() => undefined)).toBe(undefined)
  })

  it('run follows a thenable', async () => {
    // biome-ignore lint/suspicious/noThenProperty: the very thing under test
    const thenable = { then: (done: (value: number) => void) => done(7) }
    expect(await run(() => thenable as PromiseLike<number>)).toBe(7)
  })

  it('run resolves with undefined when the body ends itself normally', async () => {
    expect(await inside(async (self) => self.exit('normal'))).toBe(undefined)
  })

  it('run gives back the very object', async () => {
    const value = { fn: () => 1 }
    expect(await inside(async () => value)).toBe(value)
  })
})

describe('run rejects with what ended the body', () => {
  it('run rejects with the very error that an async body throws', async () => {
    const error = new RangeError('mine')
    await expect(inside(async () => Promise.reject(error))).rejects.toBe(error)
  })

  it('run rejects with the very error that a body throws while it is called', async () => {
    const error = new TypeError('at once')
    const body = (): never => {
      throw error
    }
    await expect(inside(body)).rejects.toBe(error)
  })

  it('run rejects with an error that comes later, through a promise the body returned', async () => {
    const error = new Error('later')
    const body = (): Promise<never> => new Promise((_, reject) => setImmediate(() => reject(error)))
    await expect(inside(body)).rejects.toBe(error)
  })

  it('run rejects with a thrown thing that is no error', async () => {
    await expect(inside(() => Promise.reject('just words'))).rejects.toBe('just words')
    await expect(inside(() => Promise.reject(0))).rejects.toBe(0)
  })

  it('run reports the failure of its body as a crash, once', async () => {
    const reports: string[] = []
    const onCrash = ({ what }: { what: string }): void => void reports.push(what)
    await expect(run(async () => Promise.reject(new Error('x')), { onCrash })).rejects.toThrow('x')
    expect(reports).toEqual(['a body failed'])
  })

  it('run rejects with ERR_RUMPUS_ENDED when another ends the body', async () => {
    const error = await inside(async (self) => {
      const me = self.pid
      self.spawn(async () => exit(me, 'shutdown'))
      await self.receive()
    }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    // What the body threw, the ProcessExit of its wait, is what it rejects with, or an error that carries the reason.
    expect(error).toBeInstanceOf(Error)
    if (error instanceof ProcessExit) expect(error.reason).toEqual({ kind: 'shutdown' })
    else expect(error).toMatchObject({ code: 'ERR_RUMPUS_ENDED', cause: { kind: 'shutdown' } })
  })

  it('run rejects with ERR_RUMPUS_ENDED when the body ends itself other than normally', async () => {
    const ended = inside(async (self) => self.exit({ why: 'because' }))
    await expect(ended).rejects.toBeInstanceOf(RumpusError)
    await expect(ended).rejects.toMatchObject({
      code: 'ERR_RUMPUS_ENDED',
      cause: { kind: 'user', value: { why: 'because' } },
    })
  })
})

describe('run refuses', () => {
  const cases: [string, Parameters<typeof run>, string, string, string][] = [
    ['no body', [undefined as never], 'TypeError', 'ERR_RUMPUS_BAD_ARGUMENT', 'body must be a function, got undefined'],
    ['a body that is none', ['x' as never], 'TypeError', 'ERR_RUMPUS_BAD_ARGUMENT', 'body must be a function, got "x"'],
    [
      'options null',
      [() => 1, null as never],
      'TypeError',
      'ERR_RUMPUS_BAD_ARGUMENT',
      'options must be an object, got null',
    ],
    ...[64, 1.5, -1, Number.NaN, '2' as never].map((schedulers): (typeof cases)[0] => {
      const text = `options.schedulers must be a whole number from 0 to 63, got ${JSON.stringify(schedulers) ?? ''}`
      const shown = Number.isNaN(schedulers) ? text.replace('null', 'NaN') : text
      return [`schedulers: ${schedulers}`, [() => 1, { schedulers }], 'RangeError', 'ERR_RUMPUS_OUT_OF_RANGE', shown]
    }),
    [
      'a small heap',
      [() => 1, { heapMb: 15 }],
      'RangeError',
      'ERR_RUMPUS_OUT_OF_RANGE',
      'options.heapMb must be a number from 16, got 15',
    ],
    [
      'a heap that is no number',
      [() => 1, { heapMb: Number.NaN }],
      'RangeError',
      'ERR_RUMPUS_OUT_OF_RANGE',
      'options.heapMb must be a number from 16, got NaN',
    ],
    ...(['hostWorks', 'placement', 'eager'] as const).map((flag): (typeof cases)[0] => [
      `${flag}: 1`,
      [() => 1, { [flag]: 1 }],
      'TypeError',
      'ERR_RUMPUS_BAD_ARGUMENT',
      `options.${flag} must be true or false, got 1`,
    ]),
    ...(['resolve', 'onCrash'] as const).map((hook): (typeof cases)[0] => [
      `${hook}: {}`,
      [() => 1, { [hook]: {} }],
      'TypeError',
      'ERR_RUMPUS_BAD_ARGUMENT',
      `options.${hook} must be a function, got an instance of Object`,
    ]),
  ]
  for (const [what, given, name, code, message] of cases) {
    it.skipIf(oneThread && /^(schedulers|a .*heap|hostWorks|placement|eager|resolve)/.test(what))(
      `run refuses ${what}`,
      async () => {
        expect(await rejectionOf(run(...given))).toEqual({ name, code, message })
      },
    )
  }
})

describe('run ends everything', () => {
  it('run lets the finally blocks of those that still live run, newest first', async () => {
    const order: number[] = []
    await inside(async (self) => {
      for (const n of [1, 2, 3]) {
        self.spawn(async (me) => {
          try {
            await me.receive()
          } finally {
            order.push(n)
          }
        })
      }
      await turns()
    })
    expect(order).toEqual([3, 2, 1])
  })

  it('run ends processes that have not begun', async () => {
    let began = 0
    const crashes = await inside((self, crashes) => {
      for (let i = 0; i < 100; i++) self.spawn(async () => void began++)
      return crashes
    })
    const beganBefore = began
    await turns()
    expect(began).toBe(beganBefore)
    // A body that never began cannot be in its grace.
    expect(crashes).toEqual([])
  })

  it.skipIf(oneThread)('run leaves nothing that keeps the Node process: it exits by itself', async () => {
    expect(await program('run-ends.mjs')).toEqual({ code: 0, signal: null, stdout: 'before after\n', stderr: '' })
  })

  it.skipIf(oneThread)('run that rejects unheard ends the Node process with an error, as Node does', async () => {
    const { code, stderr } = await program('run-throws.mjs')
    expect(code).toBe(1)
    expect(stderr).toMatch(/Error: nobody catches this/)
  })

  it.skipIf(oneThread)('run keeps the event loop alive while its body waits for a message only', async () => {
    expect(await program('run-waits.mjs')).toMatchObject({ code: 0, stdout: 'far away\n' })
  })
})

describe('run beside itself', () => {
  it('run after run works, 70 times, with pids that name other runtimes', async () => {
    const pids = new Set<number>()
    for (let i = 0; i < 70; i++) pids.add(await inside(async (self) => self.pid as number, { schedulers: 1 }))
    expect(pids.size).toBeGreaterThanOrEqual(63)
  })

  it('run beside run: two runtimes do not meet', async () => {
    const all = [1, 2].map((n) =>
      inside(async (self) => {
        const child = self.spawn(async (me: AnySelf) => {
          const { from, k } = await me.receive()
          send(from, [n, k])
        })
        send(child, { from: self.pid, k: n * 10 })
        return self.receive()
      }),
    )
    expect(await Promise.all(all)).toEqual([
      [1, 10],
      [2, 20],
    ])
  })

  it('run inside run starts a further runtime, and messages pass between the two on one thread', async () => {
    const heard = await inside(async (outer) => {
      const back = outer.pid
      await inside(async (inner) => {
        expect(inner.pid).not.toBe(back)
        send(back, 'from inside')
      })
      return outer.receive()
    })
    expect(heard).toBe('from inside')
  })
})
