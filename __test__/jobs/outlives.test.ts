// What outlives what, in the example of a whole application. Goal: each row of the table in its README is true. Method: the program itself,
// or with a third application in it that ends an attempt, a thread or the queue for real; what the log and the directory say then.

import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { directory, isOver, isTried, kept, left, outcome, SHOT, start } from './program.ts'

/** Long enough to be ended in the middle. */
const MS = 2_000

const waits = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, { kind: 'wait', input: { ms: MS } }]))

/** Does these jobs, and has something ended when all attempts run. Answers how often each was tried, and its outcome. */
async function shot(target: string, ids: readonly string[]) {
  const root = directory(waits(ids))
  const { child, lines, said, ended, base } = start(root, { JOBS_LOG_LEVEL: 'debug' }, SHOT)
  await Promise.all([base(), ...ids.map((id) => said(isTried(id)))])
  child.send(target)
  await Promise.all(ids.map((id) => said(isOver(id))))
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  expect(left(root)).toEqual([])
  expect(lines.filter(({ msg }) => msg === 'done')).toHaveLength(ids.length)
  return {
    tries: ids.map((id) => lines.filter(isTried(id)).length),
    attempts: ids.map((id) => outcome(root, 'done', id).attempt as number),
    whys: lines.flatMap(({ msg, why }) => (msg === 'attempt failed' ? [why] : [])),
  }
}

describe('what outlives what, in jobs', () => {
  it('an attempt that is killed is tried again, and nothing else is touched', async () => {
    const { tries, attempts, whys } = await shot('attempt', ['a', 'b', 'c'])
    expect(whys).toEqual(['killed'])
    expect(tries.sort()).toEqual([1, 1, 2])
    expect(attempts.sort()).toEqual([1, 1, 2])
  })

  it('a scheduler thread takes its attempts along, and they are tried again; those of the other go on', async () => {
    const { tries, attempts, whys } = await shot('thread', ['a', 'b', 'c', 'd'])
    expect(new Set(whys)).toEqual(new Set(['scheduler-down']))
    expect(attempts).toEqual(tries)
    expect(attempts.reduce((sum, n) => sum + n)).toBe(4 + whys.length)
  })

  it('the queue begins anew, and every attempt with it, once', async () => {
    const { tries, attempts, whys } = await shot('queue', ['a', 'b', 'c'])
    expect(whys).toEqual([])
    expect(tries).toEqual([2, 2, 2])
    expect(attempts).toEqual([1, 1, 1])
  })

  it('an attempt that takes longer than it may is killed', async () => {
    const root = directory({
      long: { kind: 'wait', input: { ms: 3_600_000 } },
      short: { kind: 'wait', input: { ms: 1 } },
    })
    const { said, ended, child, lines } = start(root, { JOBS_TIMEOUT_MS: '1000', JOBS_ATTEMPTS: '2' })
    await Promise.all(['long', 'short'].map((id) => said(isOver(id))))
    expect(outcome(root, 'failed', 'long')).toEqual({ status: 'failed', attempt: 2, error: 'killed' })
    expect(outcome(root, 'done', 'short')).toMatchObject({ attempt: 1 })
    expect(lines.filter(({ msg }) => msg === 'attempt failed')).toMatchObject([{ job: 'long', why: 'killed' }])
    expect(kept(root)).toEqual({ long: ['{"kind":"wait","input":{"ms":3600000}}'] })
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })

  it('SIGTERM lets what runs end, begins nothing new, and the next start goes on there', async () => {
    const root = directory({
      a: { kind: 'wait', input: { ms: 300 } },
      b: { kind: 'wait', input: { ms: 300 } },
      c: { kind: 'wait', input: { ms: 1 } },
    })
    const first = start(root, { JOBS_WORKERS: '2', JOBS_LOG_LEVEL: 'debug' })
    await Promise.all(['a', 'b'].map((id) => first.said(isTried(id))))
    await first.base()
    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    expect(first.lines.find(({ msg }) => msg === 'drained')).toMatchObject({ running: 0, done: 2 })
    expect(first.lines.at(-1)).toMatchObject({ msg: 'stopped', code: 0, asked: 'SIGTERM' })
    expect(left(root)).toEqual(['taken/c.json'])
    const second = start(root)
    await second.said(isOver('c'))
    expect(second.lines.filter(({ msg }) => msg === 'done')).toHaveLength(1)
    second.child.kill('SIGINT')
    expect(await second.ended).toBe(0)
    expect(readdirSync(join(root, 'done')).sort()).toEqual(['a.json', 'b.json', 'c.json'])
  })

  it('loses nothing when the program is killed in the middle', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `j${n}`)
    const root = directory(Object.fromEntries(ids.map((id) => [id, { kind: 'wait', input: { ms: 5 } }])))
    const first = start(root)
    await first.said(({ msg }) => msg === 'done')
    first.child.kill('SIGKILL')
    await first.ended
    const second = start(root)
    await second.base()
    await Promise.all(left(root).map((name) => second.said(isOver(basename(name, '.json')))))
    second.child.kill('SIGTERM')
    expect(await second.ended).toBe(0)
    expect(readdirSync(join(root, 'done')).sort()).toEqual(ids.map((id) => `${id}.json`).sort())
  })
})
