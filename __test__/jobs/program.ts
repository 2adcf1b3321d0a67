// Owns the program as the tests see it: a child over a directory of its own, what its log says, when it ends.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, onTestFinished } from 'vitest'

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const MAIN = fileOf('../../examples/jobs/main.js')

/** The same program, and a third application beside: it ends what it is told to. */
export const SHOT = fileOf('../fixtures/programs/jobs-shot.mjs')

export interface Line {
  readonly level: number
  readonly msg: string
  readonly [name: string]: unknown
}

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Puts a job into a directory. */
export const put = (root: string, id: string, job: unknown): void =>
  writeFileSync(join(root, `${id}.json`), typeof job === 'string' ? job : JSON.stringify(job))

/** A directory with these jobs. */
export function directory(jobs: Record<string, unknown>): string {
  const root = mkdtempSync(join(tmpdir(), 'jobs-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [id, job] of Object.entries(jobs)) put(root, id, job)
  return root
}

/** Runs the program over it; `said` resolves with the first line of the log, from now or before, that fits; or the one after so many. */
export function start(root: string, env: Record<string, string> = {}, main: string = MAIN) {
  const child = spawn(process.execPath, [main, root], {
    env: { ...process.env, JOBS_PORT: '0', JOBS_PAUSE_MS: '5', JOBS_SCAN_MS: '20', RUMPUS_SCHEDULERS: '2', ...env },
    stdio: ['ignore', 'ignore', 'pipe', ...(main === SHOT ? (['ipc'] as const) : [])],
  })
  children.push(child)
  const lines: Line[] = []
  const listeners = new Set<(line: Line) => void>()
  const odd: string[] = []
  createInterface({ input: child.stderr as NonNullable<typeof child.stderr> }).on('line', (text) => {
    if (!text.startsWith('{')) return void odd.push(text)
    const line = JSON.parse(text) as Line
    lines.push(line)
    for (const listener of listeners) listener(line)
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  const said = (fits: (line: Line) => boolean, after = 0): Promise<Line> =>
    new Promise((resolve, reject) => {
      let left = after
      const isIt = (line: Line): boolean => fits(line) && left-- === 0
      const before = lines.find(isIt)
      if (before !== undefined) return resolve(before)
      const listener = (line: Line): void => {
        if (!isIt(line)) return
        listeners.delete(listener)
        resolve(line)
      }
      listeners.add(listener)
      void ended.then(() => reject(new Error(`it ended without saying so:\n${odd.join('\n')}`)))
    })
  const base = async (): Promise<string> => `http://127.0.0.1:${(await said(({ msg }) => msg === 'listening'))['port']}`
  return { child, lines, odd, ended, said, base }
}

export const isOver = (id: string) => (line: Line) => line['job'] === id && /^(done|failed)$/.test(line.msg)

export const isTried = (id: string) => (line: Line) => line['job'] === id && line.msg === 'attempt'

export const outcome = (root: string, how: 'done' | 'failed', id: string) =>
  JSON.parse(readFileSync(join(root, how, `${id}.json`), 'utf8'))

/** What is left of the jobs: those that nobody has taken, and those that are not over. */
export const left = (root: string): string[] =>
  [...readdirSync(root), ...readdirSync(join(root, 'taken')).map((name) => `taken/${name}`)].filter((name) =>
    name.endsWith('.json'),
  )

/** The jobs that failed and are kept, by what is before the first dot of their names. */
export const kept = (root: string): Record<string, string[]> => {
  const files: Record<string, string[]> = {}
  for (const name of readdirSync(join(root, 'failed')).filter((one) => one.endsWith('.job'))) {
    const id = name.slice(0, name.indexOf('.'))
    files[id] = [...(files[id] ?? []), readFileSync(join(root, 'failed', name), 'utf8')]
  }
  return files
}
