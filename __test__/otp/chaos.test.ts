// Goal: whatever is killed, the tree has the documented shape afterwards and nothing is left behind. Method: a tree over all schedulers
// under load; processes of it, supervisors among them, and whole threads are ended at random for a while, by a seed that is told.

import { isDeepStrictEqual } from 'node:util'
import { exit } from 'rumpus'
import { cast, countChildren, Server, startSupervisor, supervisor } from 'rumpus/otp'
import { expect, it } from 'vitest'
import { echo, parts } from '../fixtures/otp-servers.mjs'
import { type AnyPid, type AnySelf, inside, until } from '../process/world.ts'
import { below } from './children.ts'

const MS = Number(process.env.RUMPUS_CHAOS_MS ?? 3_000)
const SEED = Number(process.env.RUMPUS_SEED ?? 20_261)
const MANY = { maxRestarts: 1_000_000, within: 60_000 }

class Local extends Server {
  override handleCall(request: unknown): unknown {
    return request
  }
  override handleCast(): void {}
}

/** Numbers below a bound, by a seed. */
const chance = (seed: number): ((below: number) => number) => {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const shape = async (top: AnyPid): Promise<string> =>
  (await below(top)).map(({ id, state, type }) => `${id} ${type} ${state}`).join('\n')

it(`a tree that is shot at for ${MS} ms (seed ${SEED}) has its shape`, () =>
  inside(
    async (self: AnySelf) => {
      const of = chance(SEED)
      const locals = (strategy: 'one_for_all' | 'rest_for_one') =>
        supervisor({ strategy, ...MANY, children: ['x', 'y', 'z'].map((id) => ({ id, start: Local })) })
      const children = [
        { id: 'all', start: locals('one_for_all') },
        { id: 'rest', start: locals('rest_for_one') },
        { id: 'named', start: echo, name: 'a name' },
        { id: 'parts', start: parts, args: [3] },
        { id: 'more parts', start: parts, args: [2] },
        ...Array.from({ length: 4 }, (_, n) => ({ id: `echo ${n}`, start: echo })),
      ]
      const top = (await startSupervisor(self, { ...MANY, children }, { link: false })) as AnyPid
      const before = await shape(top)
      const counted = await countChildren(top)
      expect(counted).toMatchObject({ specs: 9, active: 9 })
      const alive = self.runtime.inspect().processes.alive
      const shots = { process: 0, supervisor: 0, thread: 0 }
      for (const end = Date.now() + MS; Date.now() < end; ) {
        const all = (await below(top)).filter(({ pid }) => pid !== undefined)
        const { pid, type, id } = all[of(all.length)] ?? {}
        if (pid === undefined) continue
        for (let i = 0; i < 20; i++) cast(pid as AnyPid, i)
        const isElsewhere = id === 'named' || id?.startsWith('echo')
        if (isElsewhere && of(10) === 0) {
          await self.call(pid as AnyPid, 'end thread', { timeout: 2_000 }).catch(() => {})
          shots.thread++
        } else {
          exit(pid, of(2) === 0 ? 'kill' : 'shutdown')
          shots[type === 'supervisor' ? 'supervisor' : 'process']++
        }
      }
      const standing = async () => ({
        shape: await shape(top),
        named: await self.call('a name', 'still').catch(String),
        children: await countChildren(top),
      })
      const whole = { shape: before, named: 'still', children: counted }
      let after = await standing()
      // What was shot last may still stand, or be on its way up.
      for (const end = Date.now() + 20_000; !isDeepStrictEqual(after, whole) && Date.now() < end; ) {
        await self.sleep(10)
        after = await standing()
      }
      expect(after).toEqual(whole)
      await until(() => self.runtime.inspect().processes.alive === alive)
      expect(shots.process).toBeGreaterThan(0)
      expect(shots.supervisor).toBeGreaterThan(0)
      const ref = self.monitor(top)
      exit(top, 'shutdown')
      expect(await self.receive({ match: (message) => message?.ref === ref })).toMatchObject({
        reason: { kind: 'shutdown' },
      })
      await until(() => self.runtime.inspect().processes.alive <= 2)
    },
    { onCrash: () => {} },
  ))
