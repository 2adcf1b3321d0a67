// Goal: what is not ours ends with its scope: aborted where it listens to the signal, joined where it does not. Method: the real fetch,
// against a server that never answers, and real files, on every executor whose time is real.

import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Fiber } from 'rumpus/effect'
import { race, scope } from 'rumpus/structured'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { executors } from '../effect/executors.ts'

let server: Server
let url = ''
beforeAll(async () => {
  server = createServer(() => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => server.closeAllConnections())
afterAll(() => server.close())

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  )

// Under simulation nothing comes from outside while time stands still.
describe.each(executors.filter(({ name }) => name !== 'native under simulate'))('$name', ({ execute }) => {
  it('a fetch is aborted when its scope fails, with the cancellation, and is over before the scope is', () =>
    execute(async (fiber) => {
      const request = once(server, 'request')
      let seen: unknown
      const failing = scope(fiber, async (scope) => {
        scope.fork(async (mine) => {
          seen = await errorOf(fetch(url, { signal: mine.signal }))
          throw seen
        })
        const [, response] = await request
        const closed = once(response, 'close')
        scope.onRelease(() => closed)
        throw new Error('enough')
      })
      // It rejects with that alone: what the fetch threw was the cancellation.
      expect(await errorOf(failing)).toMatchObject({ message: 'enough' })
      expect(seen).toMatchObject({ name: 'AbortError', cause: { message: 'enough' } })
    }))

  it('a file that is read is joined, or aborted in a race', () =>
    execute(async (fiber) => {
      let size = 0
      const reads = async (): Promise<void> => {
        size = (await readFile('package.json')).length
      }
      await errorOf(
        scope(fiber, (scope) => {
          scope.fork(reads)
          throw new Error('enough')
        }),
      )
      expect(size).toBeGreaterThan(0)
      const text = await race(fiber, [
        (mine: Fiber) => readFile('package.json', { encoding: 'utf8', signal: mine.signal }),
        (mine: Fiber) => fetch(url, { signal: mine.signal }).then(() => 'answered'),
      ])
      expect(text).toMatch(/rumpus/)
    }))
})
