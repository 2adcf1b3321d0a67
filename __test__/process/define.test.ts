// define: what it answers and refuses. Where definitions come from is told in border/definitions.test.ts.

import { define } from 'rumpus'
import { describe, expect, it } from 'vitest'
import { echo, once, seat } from '../fixtures/bodies.mjs'
import { inside, oneThread, take, thrownBy } from './world.ts'

const HERE = import.meta.url

describe('define', () => {
  it('define answers url, name, body and options', () => {
    const body = async (): Promise<void> => {}
    expect(define(HERE, 'plain', body)).toMatchObject({ url: HERE, name: 'plain', body, options: {} })
    expect(echo.name).toBe('echo')
    expect(echo.url).toBe(new URL('../fixtures/bodies.mjs', HERE).href)
  })

  it('define refuses a url that is none', () => {
    for (const [url, shown] of [
      ['', '""'],
      ['./here.mjs', '"./here.mjs"'],
      [undefined, 'undefined'],
      [new URL(HERE), 'an instance of URL'],
    ] as const) {
      expect(thrownBy(() => define(url as never, 'x', async () => {}))).toEqual({
        name: 'TypeError',
        code: 'ERR_RUMPUS_BAD_ARGUMENT',
        message: `url must be import.meta.url, or \`pathToFileURL(__filename).href\` in CommonJS, got ${shown}`,
      })
    }
  })

  it('define refuses a name that is none', () => {
    for (const name of ['', 'a#b', undefined, 7, Symbol('s')]) {
      const wrong = thrownBy(() => define(HERE, name as never, async () => {}))
      expect(wrong).toMatchObject({ name: 'TypeError', code: 'ERR_RUMPUS_BAD_ARGUMENT' })
      expect(wrong.message).toMatch(/^name must be a name without "#", got /)
    }
  })

  it('define refuses a body that is no function', () => {
    for (const body of [undefined, null, {}, 'async () => {}', 3]) {
      const wrong = thrownBy(() => define(HERE, 'bodyless', body as never))
      expect(wrong).toMatchObject({ name: 'TypeError', code: 'ERR_RUMPUS_BAD_ARGUMENT' })
      expect(wrong.message).toMatch(/^body must be a function, got /)
    }
  })

  it('define refuses a second body under one name of one module', () => {
    define(HERE, 'twice', async () => 1)
    const wrong = thrownBy(() => define(HERE, 'twice', async () => 2))
    expect(wrong).toMatchObject({ name: 'RangeError', code: 'ERR_RUMPUS_OUT_OF_RANGE' })
    expect(wrong.message).toContain('"twice"')
    expect(wrong.message).toContain(HERE)
    // The same text again is a module that was loaded twice.
    expect(() => define(HERE, 'twice', async () => 1)).not.toThrow()
    expect(() => define(`${HERE}?other`, 'twice', async () => 2)).not.toThrow()
  })

  // Numbers of schedulers are left out there.
  it.skipIf(oneThread)('define answers a definition whose with() leaves the first as it was and adds up', async () => {
    const pinned = once.with({ on: 1 })
    expect(pinned).not.toBe(once)
    expect([once.options, pinned.options, pinned.with({}).options]).toEqual([{}, { on: 1 }, { on: 1 }])
    expect(pinned.with({ on: 'here' }).options).toEqual({ on: 'here' })
    await inside(async (self) => {
      self.spawn(pinned, self.pid, 1)
      self.spawn(pinned.with({ on: 2 }), self.pid, 2)
      self.spawn(pinned.with({ on: 'here' }), self.pid, 3)
      const heard = (await take(self, 3)) as { name: number; seat: number }[]
      expect(heard.map(({ name, seat }) => [name, seat]).sort()).toEqual([
        [1, 1],
        [2, 2],
        [3, seat()],
      ])
    })
  })
})
