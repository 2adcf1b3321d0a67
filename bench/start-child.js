// Owns fresh child processes: starts one, hears what it answers, tells a crash or a hang from an answer.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** @typedef {import('./child.js').Job} Job */

const ENTRY = fileURLToPath(new URL('./child.js', import.meta.url))
const LIMIT_MS = 180_000
const STDERR_SHOWN = 2000

/**
 * Runs a job in a process of its own; rejects if it fails, hangs or answers nothing.
 *
 * @param {Job} job
 * @param {{ env?: Readonly<Record<string, string>> | undefined, flags?: readonly string[] | undefined, limitMs?: number | undefined }} [options]
 * @returns {Promise<any>} what `run` of the module answered
 */
export function startChild(job, { env = {}, flags = [], limitMs = LIMIT_MS } = {}) {
  const child = spawn(process.execPath, [...flags, ENTRY, JSON.stringify(job)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  })
  const [error, answer] = [gather(child.stdio[2]), gather(child.stdio[3])]
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0 && answer.text !== '') return resolve(JSON.parse(answer.text))
      const how = signal === 'SIGKILL' ? `did not end within ${limitMs} ms` : `ended with ${signal ?? `code ${code}`}`
      const after = answer.text === '' ? 'without an answer' : 'after its answer'
      reject(new Error(`Child of ${job.module} ${how} ${after}\n${error.text.slice(-STDERR_SHOWN)}`))
    })
  })
}

/** @param {unknown} stream */
function gather(stream) {
  const gathered = { text: '' }
  const readable = /** @type {import('node:stream').Readable} */ (stream)
  readable.setEncoding('utf8').on('data', (chunk) => {
    gathered.text += chunk
  })
  return gathered
}
