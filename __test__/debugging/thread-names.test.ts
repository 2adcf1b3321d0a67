// Threads have names: for the operating system and its tools, where a thread can be given one.

import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { hold } from '../fixtures/bodies.mjs'
import { type AnySelf, started } from '../process/world.ts'

/** What the threads of this process are called. */
const names = (): string[] =>
  readdirSync('/proc/self/task').map((task) => readFileSync(`/proc/self/task/${task}/comm`, 'utf8').trim())

it.runIf(process.platform === 'linux')(
  'each scheduler thread has its name for the system, a dedicated one too',
  async () => {
    const { runtime } = await started({ schedulers: 2, eager: true })
    await runtime.run(async (self: AnySelf) => {
      self.spawn(hold.with({ on: 'dedicated' }), self.pid, 0)
      await self.receive()
      expect(names()).toEqual(expect.arrayContaining(['rumpus:1', 'rumpus:2', 'rumpus:d3']))
    })
  },
)
