// Goal: a supervisor does what OTP's documents say, in every cell of strategy, restart type, exit reason, intensity and moment. Method:
// each cell is run in virtual time and compared with the pure model (`tree-model.ts`).

import { exit, type Self, send, simulate } from 'rumpus'
import { Server, startSupervisor, type stopWith, whichChildren } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import type { AnyPid, AnySelf } from '../process/world.ts'
import {
  type Cell,
  type Ending,
  type Restart,
  type Strategy,
  type Told,
  told,
  type When,
  WITHIN_MS,
} from './tree-model.ts'

const STRATEGIES: Strategy[] = ['one_for_one', 'one_for_all', 'rest_for_one']
const RESTARTS: Restart[] = ['permanent', 'transient', 'temporary']
const ENDINGS: Ending[] = ['normal', 'shutdown', 'killed', 'error']
const WHENS: When[] = [
  { kind: 'running', deaths: 1, apart: 0 },
  { kind: 'running', deaths: 2, apart: 10 },
  { kind: 'running', deaths: 4, apart: 10 },
  { kind: 'running', deaths: 4, apart: WITHIN_MS + 1_000 },
  { kind: 'init', fails: 1 },
  { kind: 'init', fails: 2 },
  { kind: 'terminating' },
  { kind: 'another' },
]
const INTENSITIES = [0, 1, 3]

/** What a run of the cell has shown. */
const shown = (cell: Cell, seed: number): Promise<Told> =>
  simulate({ seed, onCrash: () => {} }, async (self: AnySelf) => {
    const log: string[] = []
    const { when, ending } = cell
    let failsLeft = when.kind === 'init' ? when.fails : 0
    let begun = 0
    let slow: AnyPid | undefined

    class Child extends Server<never, never, Ending> {
      id = ''
      dying = false

      override async init(id: string): Promise<void> {
        this.id = id
        log.push(`+${id}`)
        begun++
        if (id === 'b' && begun > 3 && failsLeft > 0) {
          failsLeft--
          this.leave(ending)
        }
        if (id === 'a' && begun > 3 && when.kind === 'another') {
          // Whoever drives this makes b die meanwhile.
          slow = this.self.pid as AnyPid
          send(self.pid, 'slow')
          await this.self.receive()
        }
      }

      override handleInfo(how: unknown): ReturnType<typeof stopWith> {
        return this.leave(how as Ending)
      }

      leave(how: Ending): ReturnType<typeof stopWith> {
        this.dying = true
        if (how === 'killed') exit(this.self.pid, 'kill')
        if (how === 'error' || how === 'killed') throw new Error('as told')
        return this.self.exit(how)
      }

      override terminate(): void {
        if (!this.dying) log.push(`-${this.id}`)
        if (this.id === 'b' && when.kind === 'terminating') this.leave(ending)
      }
    }

    const { strategy, maxRestarts, restart } = cell
    const top = await startSupervisor(
      self,
      {
        strategy,
        maxRestarts,
        within: WITHIN_MS,
        children: ['a', 'b', 'c'].map((id) => ({
          id,
          start: Child,
          args: [id],
          restart: id === 'b' ? restart : 'permanent',
        })),
      },
      { link: false },
    )
    const ref = self.monitor(top)
    const tell = async (id: string, what: Ending): Promise<void> => {
      const children = await whichChildren(top).catch(() => [])
      const pid = children.find((child) => child.id === id)?.pid
      if (pid !== undefined) send(pid as AnyPid, what)
    }
    if (when.kind === 'running') {
      for (let i = 0; i < when.deaths; i++) {
        await tell('b', ending)
        await self.sleep(when.apart)
      }
    }
    if (when.kind === 'init') await tell('b', 'error')
    if (when.kind === 'terminating') exit(top, 'shutdown')
    if (when.kind === 'another') await another(self, top, tell, () => slow, ending)
    await self.sleep(100)
    const children = await whichChildren(top).catch(() => [])
    const down = self.tryReceive({ match: (message) => message?.ref === ref })
    return {
      log: [...log],
      alive: children.flatMap(({ id, state }) => (state === 'running' ? [id as string] : [])),
      ended: down?.reason.kind,
    }
  })

/** The first child crashes; b is told to die before the new one has begun, and gets no word in when it is ended on the way. */
async function another(
  self: Self<unknown>,
  top: AnyPid,
  tell: (id: string, what: Ending) => Promise<void>,
  slow: () => AnyPid | undefined,
  ending: Ending,
): Promise<void> {
  const b = (await whichChildren(top))[1]?.pid as AnyPid
  await tell('a', 'error')
  const started = await self.receive({ match: (message) => message === 'slow', timeout: 50 }).catch(() => undefined)
  if (started !== 'slow') return
  send(b, ending)
  await self.sleep(10)
  send(slow() as AnyPid, 'go on')
}

describe.each(STRATEGIES)('%s', (strategy) => {
  describe.each(RESTARTS)('%s', (restart) => {
    it.each(ENDINGS)('a child that ends by %s', async (ending) => {
      const cells = WHENS.flatMap((when) =>
        INTENSITIES.map((maxRestarts): Cell => ({ strategy, restart, ending, maxRestarts, when })),
      )
      for (const [at, cell] of cells.entries()) {
        expect([cell, await shown(cell, 1 + at)]).toEqual([cell, told(cell)])
      }
    })
  })
})
