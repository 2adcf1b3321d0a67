// Any number of waits may listen to the signal of a fiber, a scope or a process: Node warns of no leak.

import { getMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { run } from 'rumpus'
import { fifo } from 'rumpus/effect'
import { run as runPortable } from 'rumpus/portable'
import { all, scope } from 'rumpus/structured'
import { afterEach, beforeEach, expect, it } from 'vitest'

const warnings: Error[] = []
const onWarning = (warning: Error): void => void warnings.push(warning)
beforeEach(() => {
  warnings.length = 0
  process.on('warning', onWarning)
})
afterEach(() => void process.off('warning', onWarning))

const many = (signal: AbortSignal) => Array.from({ length: 20 }, () => () => delay(1, undefined, { signal }))
const wait = (signal: AbortSignal): Promise<unknown> => Promise.all(many(signal).map((one) => one()))
/** Warnings are told from the next tick on. */
const warned = async (): Promise<Error[]> => {
  await delay(1)
  return warnings
}

it('twenty delays listen to the signal of a fiber, and of a scope', async () => {
  await scope(fifo.current(), async (scope) => {
    await all(scope, many(scope.fiber.signal))
    await all(scope, many(scope.signal))
  })
  expect(await warned()).toEqual([])
})

it('twenty delays listen to the signal of a process, here and in the portable runtime', async () => {
  await run((self) => wait(self.signal))
  await runPortable((self) => wait(self.signal))
  expect(await warned()).toEqual([])
})

/** Newer releases warn of no AbortSignal. */
const warns = getMaxListeners(new AbortController().signal) > 0
it.skipIf(!warns)('twenty delays that listen to another signal are warned of', async () => {
  await wait(new AbortController().signal)
  expect(await warned()).toMatchObject([{ name: 'MaxListenersExceededWarning' }])
})
