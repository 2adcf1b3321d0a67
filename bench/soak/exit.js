// The process exits by itself when its run is over, whatever it leaves behind. Programs that do nothing to end themselves,
// seen from outside.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { now } from './clock.js'
import { checkWindows } from './windows.js'

const LIMIT_MS = 1000
const HANG_MS = 20_000
const PROGRAM = fileURLToPath(new URL('./exit-program.js', import.meta.url))
/** What the program does before it is over; see there. */
const WAYS = ['ends', 'leaves processes', 'throws', 'stops twice', 'starts and forgets']

export async function run() {
  /** @type {import('./windows.js').Check[]} */
  const checks = []
  for (const way of WAYS) {
    const window = async () => ({ [`exit of a program that ${way}`]: await msToExit(way) })
    checks.push(...(await checkWindows({ windows: 3, limit: LIMIT_MS, unit: 'ms' }, window)))
  }
  return checks
}

/** @param {string} way */
async function msToExit(way) {
  const child = spawn(process.execPath, [PROGRAM, way], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: HANG_MS,
    killSignal: 'SIGKILL',
  })
  const over = once(child.stdout, 'data').then(now)
  const exited = once(child, 'exit').then(([code, signal]) => ({ at: now(), code, signal }))
  const { at, code, signal } = await exited
  if (code !== 0) throw new Error(`Exit failed: a program that ${way} ended with ${signal ?? `code ${code}`}`)
  return at - (await over)
}
