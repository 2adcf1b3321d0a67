// Goal: whatever fails, hangs, ends or is asked to stop, and whenever: no application runs while one that it needs has been asked to stop,
// none starts before those it needs are there, all is over in its time, and the exit code is 0 only where nothing went wrong. Method:
// random graphs of random applications in virtual time, on both lanes.

import { exit } from 'rumpus'
import { type Application, type ApplicationOutcome, application, startApplication } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import type { AnySelf } from '../process/world.ts'
import { dice, eventsOf, inTime, lanes } from './applications.ts'

const DEADLINE_MS = 3_000
/** How far from the time that it should take something may be, for steps take time. */
const SLACK_MS = 100

/** What becomes of one of them, by chance. */
const randomOne = (name: string, needs: readonly string[], roll: (below: number) => number): Application => {
  const times = { start: roll(2_000), life: roll(8_000), drain: roll(4) === 0 ? 5_000 : roll(900) }
  const [startFails, hangs, ends, drainFails] = [roll(12) === 0, roll(15) === 0, roll(3), roll(12) === 0]
  return application({
    name,
    needs,
    type: (['permanent', 'transient', 'temporary'] as const)[roll(3)]!,
    readiness: roll(3) === 0 ? 'told' : 'started',
    startTimeout: 2_500,
    async start(self, { ready }) {
      await self.sleep(times.start)
      if (startFails) throw new Error('start')
      if (hangs) await new Promise(() => {})
      const waits = async (me: AnySelf): Promise<void> => {
        ready()
        await me.receive()
      }
      if (ends > 0) return { children: [{ id: 'waits', start: waits }] }
      return async (me: AnySelf) => {
        await me.sleep(roll(500))
        ready()
        await me.sleep(times.life)
        if (roll(2) === 0) throw new Error('life')
      }
    },
    async drain(self) {
      await self.sleep(times.drain)
      if (drainFails) throw new Error('drain')
    },
  })
}

describe.each(lanes)('on the %s lane', (lane) => {
  it.each(Array.from({ length: 40 }, (_, at) => at + 1))('seed %i', (seed) =>
    inTime(
      lane,
      async (self, { now }, crashes) => {
        const roll = dice(seed)
        const needs = Array.from({ length: 2 + roll(9) }, (_, at) =>
          Array.from({ length: at }, (_, need) => need).filter(() => roll(3) === 0),
        )
        const all = needs.map((of, at) => randomOne(`${at}`, of.map(String), roll)).sort(() => roll(2) - 0.5)
        const stopAt = roll(12_000)
        const options = { name: 'all', deadline: DEADLINE_MS }
        let outcome: ApplicationOutcome | undefined
        const events = await eventsOf(async () => {
          self.spawn(async (me: AnySelf) => {
            const applications = await startApplication(me, all, options).catch(() => undefined)
            outcome = await applications?.over
            me.send(self.pid, 'over')
          })
          self.spawn(async (me: AnySelf) => {
            await me.sleep(stopAt)
            const loop = me.whereis('all')
            if (loop !== undefined) exit(loop, 'shutdown')
          })
          expect(await self.receive()).toBe('over')
          expect(now()).toBeLessThan(stopAt + DEADLINE_MS + SLACK_MS)
        })
        const first = (...wanted: string[]): number => events.findIndex((event) => wanted.includes(event))
        const ended = (name: number): number => first(`stopped ${name}`, `crashed ${name}`)
        const wasKilled = crashes.some((crash) => crash.startsWith('applications were killed'))
        for (const [one, of] of needs.entries()) {
          const started = first(`starting ${one}`)
          if (started >= 0) expect(ended(one), events.join()).toBeGreaterThan(started)
          for (const need of of) {
            if (started >= 0) {
              const there = first(`ready ${need}`, `stopped ${need}`)
              expect(there, events.join()).toBeGreaterThanOrEqual(0)
              expect(there, events.join()).toBeLessThan(started)
            }
            const stopping = first(`stopping ${need}`)
            if (stopping >= 0 && started >= 0) expect(ended(one), events.join()).toBeLessThan(stopping)
          }
        }
        // The start was told that they were stopped, or why.
        if (outcome === undefined) return
        const { code, killed, crashed, crashes: count } = outcome
        expect(killed.length > 0).toBe(wasKilled)
        expect(code).toBe(wasKilled ? 124 : crashed.length > 0 || count > 0 ? 1 : 0)
        if (code === 0) expect(crashes).toEqual([])
      },
      seed,
    ),
  )
})
