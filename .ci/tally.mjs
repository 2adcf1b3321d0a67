// Owns the steps of CI and their sum: each step counts one, each test that a step reports counts one more. A step that
// crashes, hangs or cannot start has failed; those after it run all the same, except after a failed installation.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

const minute = 60_000
const onCi = Boolean(process.env.CI)

/** @typedef {{ name: string, command: string, limit: number, needed?: boolean }} Step */
/** @type {Step[]} */
const steps = [
  ...(onCi || !existsSync('node_modules') ? [{ name: 'install', command: 'npm ci', limit: 10, needed: true }] : []),
  { name: 'test', command: 'npm test', limit: 35 },
  { name: 'nodes', command: 'npm run nodes', limit: 20 },
  { name: 'lint', command: 'npm run lint', limit: 10 },
  { name: 'types', command: 'npm run types', limit: 5 },
  { name: 'loom', command: 'npm run loom', limit: 10 },
  // Building and testing rewrites generated files: what is committed must be what they become.
  ...(onCi ? [{ name: 'generated files', command: 'git diff --exit-code --stat', limit: 1 }] : []),
]

/**
 * How many tests a runner's output reports: Vitest's `Tests` line, cargo's `test result:` lines.
 *
 * @param {string} output
 * @param {'passed' | 'failed'} kind
 */
function count(output, kind) {
  const reports = output.matchAll(new RegExp(`^(?: *Tests |test result: ).*?(\\d+) ${kind}`, 'gm'))
  return [...reports].reduce((sum, report) => sum + Number(report[1]), 0)
}

/**
 * What failed, some lines each: Vitest's and cargo's. Who reads only the end of a long output sees it there.
 *
 * @param {string} output
 */
function failures(output) {
  const lines = output.split('\n')
  const starts = lines.flatMap((line, at) => (/^ *FAIL {2}|^test .* FAILED$|panicked at|^error/.test(line) ? [at] : []))
  return starts.slice(0, 20).flatMap((at) => lines.slice(at, at + 24).map((line) => `    ${line.slice(0, 200)}`))
}

/**
 * Runs a step in a process group of its own, shows its output, and ends the group at the limit.
 *
 * @param {Step} step
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
function run({ command, limit }) {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    let output = ''
    const end = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL')
    const late = setTimeout(end, limit * minute)
    const interrupt = () => {
      end()
      process.exit(130)
    }
    process.once('SIGINT', interrupt)
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
        process.stdout.write(chunk)
      })
    }
    /** @param {boolean} ok */
    const done = (ok) => {
      clearTimeout(late)
      process.off('SIGINT', interrupt)
      resolve({ ok, output: stripVTControlCharacters(output) })
    }
    child.on('error', () => done(false))
    child.on('close', (code) => done(code === 0))
  })
}

const total = { passed: 0, failed: 0 }
const summary = []
for (const step of steps) {
  console.log(`\n=== ${step.name}: ${step.command}`)
  const start = performance.now()
  const { ok, output } = await run(step)
  const [passed, failed] = [count(output, 'passed'), count(output, 'failed')]
  total.passed += passed + Number(ok)
  total.failed += failed + Number(!ok)
  const seconds = ((performance.now() - start) / 1000).toFixed(0)
  summary.push(`${ok ? 'ok    ' : 'FAILED'} ${step.name} (${seconds} s, ${passed} tests passed, ${failed} failed)`)
  if (!ok) summary.push(...failures(output))
  if (!ok && step.needed) break
}
console.log(`\n${summary.join('\n')}\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 2
