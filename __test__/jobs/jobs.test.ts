// The example of a whole application. Goal: no job is lost, whatever ends; it stops as it was asked to; what it shows is true. Method:
// the program itself, as a child, over a directory of its own; its port is read from its log, its metrics by a parser of others.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import parsePrometheus from 'parse-prometheus-text-format'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'

const MAIN = fileURLToPath(new URL('../../examples/jobs/main.js', import.meta.url))

interface Line {
  readonly level: number
  readonly msg: string
  readonly [name: string]: unknown
}

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** A directory with these jobs. */
function directory(jobs: Record<string, unknown>): string {
  const root = mkdtempSync(join(tmpdir(), 'jobs-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [id, job] of Object.entries(jobs)) {
    writeFileSync(join(root, `${id}.json`), typeof job === 'string' ? job : JSON.stringify(job))
  }
  return root
}

/** Runs the program over it; `said` resolves with the first line of the log, from now or before, that fits. */
function start(root: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, root], {
    env: { ...process.env, JOBS_PORT: '0', JOBS_PAUSE_MS: '5', JOBS_SCAN_MS: '20', RUMPUS_SCHEDULERS: '2', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  children.push(child)
  const lines: Line[] = []
  const listeners = new Set<(line: Line) => void>()
  const odd: string[] = []
  createInterface({ input: child.stderr }).on('line', (text) => {
    if (!text.startsWith('{')) return void odd.push(text)
    const line = JSON.parse(text) as Line
    lines.push(line)
    for (const listener of listeners) listener(line)
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  const said = (fits: (line: Line) => boolean): Promise<Line> =>
    new Promise((resolve, reject) => {
      const before = lines.find(fits)
      if (before !== undefined) return resolve(before)
      const listener = (line: Line): void => {
        if (!fits(line)) return
        listeners.delete(listener)
        resolve(line)
      }
      listeners.add(listener)
      void ended.then(() => reject(new Error(`it ended without saying so:\n${odd.join('\n')}`)))
    })
  const base = async (): Promise<string> => `http://127.0.0.1:${(await said(({ msg }) => msg === 'listening'))['port']}`
  return { child, lines, odd, ended, said, base }
}

const isOver = (id: string) => (line: Line) => line['job'] === id && /^(done|failed)$/.test(line.msg)

const outcome = (root: string, how: 'done' | 'failed', id: string) =>
  JSON.parse(readFileSync(join(root, how, `${id}.json`), 'utf8'))

const waiting = (root: string): string[] => readdirSync(root).filter((name) => name.endsWith('.json'))

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
    const { said, ended, child } = start(root)
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
    expect(waiting(root)).toEqual([])
  })

  it('SIGTERM lets what runs end, begins nothing new, and the next start goes on there', async () => {
    const root = directory({
      a: { kind: 'wait', input: { ms: 300 } },
      b: { kind: 'wait', input: { ms: 300 } },
      c: { kind: 'wait', input: { ms: 1 } },
    })
    const first = start(root, { JOBS_WORKERS: '2', JOBS_LOG_LEVEL: 'debug' })
    await Promise.all(['a', 'b'].map((id) => first.said((line) => line.msg === 'attempt' && line['job'] === id)))
    await first.base()
    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    expect(first.lines.find(({ msg }) => msg === 'drained')).toMatchObject({ running: 0, done: 2 })
    expect(first.lines.at(-1)).toMatchObject({ msg: 'stopped', code: 0, asked: 'SIGTERM' })
    expect(waiting(root)).toEqual(['c.json'])
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
    await Promise.all(waiting(root).map((name) => second.said(isOver(name.slice(0, -5)))))
    second.child.kill('SIGTERM')
    expect(await second.ended).toBe(0)
    expect(readdirSync(join(root, 'done')).sort()).toEqual(ids.map((id) => `${id}.json`).sort())
  })

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
