// Owns whole programs as rounds: one Node after the other runs a file, and a round is how long it took.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/**
 * Milliseconds from the start of a process until it has ended.
 *
 * @param {import('./measure.js').Measure} tools
 * @param {URL} file
 */
export const programs = (tools, file) =>
  tools.rounds(1, async () => {
    const start = performance.now()
    const [code] = await once(spawn(process.execPath, [fileURLToPath(file)], { stdio: 'ignore' }), 'exit')
    if (code !== 0) throw new Error(`${file} ended with code ${code}`)
    return performance.now() - start
  })
