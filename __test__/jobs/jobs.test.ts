// The example of a whole application. Goal: each job has the outcome that is its own, none is lost, what is shown is true. Method: the
// program itself, as a child, over a directory of its own; its port is read from its log, its metrics by a parser of others.

import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import parsePrometheus from 'parse-prometheus-text-format'
import { describe, expect, it } from 'vitest'
import { directory, isOver, isTried, kept, left, outcome, put, start } from './program.ts'

describe('jobs', () => {
  it('does what lies in the directory, tries again what fails, gives up what goes on failing, and refuses what is no job', async () => {
    const root = directory({
      ...Object.fromEntries(
        Array.from({ length: 20 }, (_, n) => [`p${n}`, { kind: 'primes', input: { below: 1_000 + n } }]),
      ),
      flaky: { kind: 'flaky', input: { times: 2 } },
      hopeless: { kind: 'flaky', input: { times: 99 } },
      unknown: { kind: 'dance' },
      broken: '{ "kind"',
    })
    const { said, ended, child } = start(root, { JOBS_SETTLE_MS: '60' })
    await Promise.all(['p0', 'p19', 'flaky', 'hopeless', 'unknown', 'broken'].map((id) => said(isOver(id))))
    expect(outcome(root, 'done', 'p0')).toEqual({ status: 'done', attempt: 1, value: { count: 168 } })
    expect(outcome(root, 'done', 'flaky')).toEqual({ status: 'done', attempt: 3, value: { attempt: 3 } })
    expect(outcome(root, 'failed', 'hopeless')).toEqual({ status: 'failed', attempt: 3, error: 'attempt 3 fails' })
    expect(outcome(root, 'failed', 'unknown')).toMatchObject({
      attempt: 3,
      error: expect.stringContaining('no kind "dance"'),
    })
    expect(outcome(root, 'failed', 'broken')).toMatchObject({ attempt: 0 })
    await Promise.all(Array.from({ length: 20 }, (_, n) => said(isOver(`p${n}`))))
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(left(root)).toEqual([])
    expect(kept(root)).toEqual({
      hopeless: ['{"kind":"flaky","input":{"times":99}}'],
      unknown: ['{"kind":"dance"}'],
      broken: ['{ "kind"'],
    })
  })

  it('does a job whose name was used before like any other, also one that comes while the first runs', async () => {
    const root = directory({ x: { kind: 'flaky', input: { times: 0 } }, y: { kind: 'flaky', input: { times: 99 } } })
    const { base, said, ended, child } = start(root, { JOBS_LOG_LEVEL: 'debug' })
    const at = await base()
    await Promise.all(['x', 'y'].map((id) => said(isOver(id))))
    put(root, 'x', { kind: 'flaky', input: { times: 99 } })
    put(root, 'y', { kind: 'flaky', input: { times: 2 } })
    await Promise.all(['x', 'y'].map((id) => said(isOver(id), 1)))
    expect(outcome(root, 'failed', 'x')).toEqual({ status: 'failed', attempt: 3, error: 'attempt 3 fails' })
    expect(outcome(root, 'done', 'y')).toEqual({ status: 'done', attempt: 3, value: { attempt: 3 } })
    const shown = async (id: string): Promise<unknown> => (await fetch(`${at}/jobs/${id}`)).json()
    expect([await shown('x'), await shown('y')]).toMatchObject([{ status: 'failed' }, { status: 'done' }])

    put(root, 'x', { kind: 'wait', input: { ms: 1_500 } })
    await said(isTried('x'), 4)
    // It is not over, so the outcomes of those before are no answer.
    expect((await fetch(`${at}/jobs/x`)).status).toBe(404)
    put(root, 'x', { kind: 'words', input: { text: 'so' } })
    expect((await said(isOver('x'), 2)).msg).toBe('done')
    await said(isOver('x'), 3)
    // Had it not waited for the first, it would have been done before.
    expect(outcome(root, 'done', 'x')).toMatchObject({ value: { so: 1 } })
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(left(root)).toEqual([])
    expect(kept(root)).toEqual({
      x: ['{"kind":"flaky","input":{"times":99}}'],
      y: ['{"kind":"flaky","input":{"times":99}}'],
    })
  })

  for (const [how, settleMs] of Object.entries({ 'that changes': '0', 'for its time': '3600000' })) {
    it(`leaves a file that is half written alone ${how}, and keeps what was no job`, async () => {
      const root = directory({})
      // It looks when it is told of a job, and at no other time.
      const { base, said, ended, child } = start(root, { JOBS_SCAN_MS: '3600000', JOBS_SETTLE_MS: settleMs })
      const at = await base()
      const look = () => fetch(`${at}/jobs`, { method: 'POST', body: '{"kind":"words","input":{"text":""}}' })
      const file = openSync(join(root, 'half.json'), 'w')
      put(root, 'stays', '{"kind":')
      for (const part of ['{"kind":"flaky",', '"input":{"ti', 'mes":0}']) {
        writeSync(file, part)
        for (let n = 0; n < 2; n++) expect((await look()).status).toBe(202)
      }
      writeSync(file, '}')
      closeSync(file)
      await look()
      await said(isOver('half'))
      expect(outcome(root, 'done', 'half')).toEqual({ status: 'done', attempt: 1, value: { attempt: 1 } })
      child.kill('SIGTERM')
      expect(await ended).toBe(0)
      expect(kept(root)).toEqual(settleMs === '0' ? { stays: ['{"kind":'] } : {})
      expect(left(root)).toEqual(settleMs === '0' ? [] : ['stays.json'])
    })
  }

  it('takes jobs, shows outcomes, health, and metrics that a parser of others can read', async () => {
    const root = directory({ early: { kind: 'flaky', input: { times: 1 } } })
    const { base, said, ended, child } = start(root)
    const at = await base()
    await said(isOver('early'))
    const posted = await fetch(`${at}/jobs`, {
      method: 'POST',
      body: '{"kind":"words","input":{"text":"so it goes, so"}}',
    })
    expect(posted.status).toBe(202)
    const { id } = (await posted.json()) as { id: string }
    await said(isOver(id))
    expect(await (await fetch(`${at}/jobs/${id}`)).json()).toMatchObject({
      status: 'done',
      value: { so: 2, it: 1, goes: 1 },
    })
    const refused = ['{', '{"kind":"dance"}'].map((body) => fetch(`${at}/jobs`, { method: 'POST', body }))
    expect((await Promise.all(refused)).map(({ status }) => status)).toEqual([400, 400])
    expect((await fetch(`${at}/jobs/none`)).status).toBe(404)
    expect(await (await fetch(`${at}/health`)).json()).toMatchObject({ ready: true })
    expect(await (await fetch(`${at}/jobs`)).json()).toMatchObject({ known: 0, done: 2, retried: 1 })
    const families = parsePrometheus(await (await fetch(`${at}/metrics`)).text())
    const family = families.find(({ name }) => name === 'jobs_ended_total')
    const byHow = Object.fromEntries(family?.metrics.map(({ labels, value }) => [labels?.['how'], value]) ?? [])
    expect(byHow).toEqual({ done: '2', retried: '1' })
    expect(families.map(({ name }) => name)).toContain('rumpus_processes_spawned_total')
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })

  it('says all that is wrong with its configuration, and starts nothing', async () => {
    const root = directory({})
    mkdirSync(join(root, 'x'))
    const { odd, ended, lines } = start(root, { JOBS_WORKERS: 'many', JOBS_PORT: '99999' })
    expect(await ended).toBe(78)
    expect(odd).toEqual([expect.stringContaining('config.jobs.workers'), expect.stringContaining('config.web.port')])
    expect(lines.filter(({ msg }) => msg === 'listening')).toEqual([])
  })
})
