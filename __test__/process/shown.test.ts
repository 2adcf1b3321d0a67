// What people see who log a process, a runtime, a definition, a scope or a fiber: a line, not what it is made of.

import { inspect } from 'node:util'
import { define, formatPid } from 'rumpus'
import { fifo } from 'rumpus/effect'
import { scope } from 'rumpus/structured'
import { describe, expect, it } from 'vitest'
import { oneThread, started } from './world.ts'

const body = async (): Promise<void> => {}

describe('what is logged', () => {
  it('of a process is its pid and its name', async () => {
    const { runtime } = await started()
    await runtime.run(async (self) => {
      expect(inspect(self)).toBe(`Self { process ${formatPid(self.pid)} }`)
      self.register('me')
      expect(inspect({ self })).toBe(`{ self: Self { process ${formatPid(self.pid)} ("me") } }`)
      expect(Object.getOwnPropertySymbols(self)).toEqual([])
    })
  })

  it('of a runtime is how many schedulers it has, or that it has stopped', async () => {
    const { runtime } = await started()
    expect(inspect(runtime)).toMatch(oneThread ? /^Runtime \{ portable \}$/ : /^Runtime \{ schedulers: \d+ \}$/)
    await runtime.stop()
    expect(inspect(runtime)).toBe('Runtime { stopped }')
  })

  // There it is a copy, made by the test.
  it.skipIf(oneThread)('of a definition is its name and its module', () => {
    const definition = define(import.meta.url, 'shown', body)
    expect(inspect(definition.with({ priority: 'low' }))).toBe(`Definition { "shown" of ${import.meta.url} }`)
    expect({ ...definition }.with({ priority: 'low' }).options).toEqual({ priority: 'low' })
  })

  it('of a scope is what is in it, of a fiber how it is', async () => {
    await scope(fifo.current(), async (scope) => {
      expect(inspect(scope)).toBe('Scope { 0 children }')
      expect(inspect(scope.fiber)).toBe('Fiber { running }')
      scope.forkDaemon((fiber) => fiber.sleep(1000))
      expect(inspect(scope)).toBe('Scope { 1 child }')
      scope.cancel('enough')
      expect(inspect(scope)).toBe('Scope { 1 child, cancelled }')
      expect(inspect(scope.fiber)).toMatch(/^Fiber \{ cancelled: .* \}$/)
    }).catch(() => {})
  })
})
