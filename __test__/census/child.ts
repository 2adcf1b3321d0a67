// Owns how the tests start the census as its user does: a child process that is heard while it runs.

import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export const MAIN: string = fileURLToPath(new URL('../../examples/census/main.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Child {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves when a text has come on stdout or stderr; rejects if the child ends without it. */
  said(text: string): Promise<void>
}

/** Starts a program; what tests inherit of colours does not reach it. */
export function startChild(program: string, argv: readonly string[], env: Record<string, string> = {}): Child {
  const { FORCE_COLOR: _forced, NO_COLOR: _none, RUMPUS_SCHEDULERS: _threads, ...inherited } = process.env
  const child = spawn(program, argv, { env: { ...inherited, ...env } })
  onTestFinished(() => void child.kill('SIGKILL'))
  const heard = { stdout: '', stderr: '' }
  const waiting = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      heard[name] += text
      for (const look of waiting) look()
    })
  }
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, ...heard }))
  })
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!heard.stdout.includes(text) && !heard.stderr.includes(text)) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
      void ended.then((end) => reject(new Error(`ended without ${JSON.stringify(text)}: ${JSON.stringify(end)}`)))
    })
  return { process: child, ended, said }
}

/** Runs the census to its end. */
export function census(...argv: string[]): Promise<Ended> {
  return startChild(process.execPath, [MAIN, ...argv]).ended
}
