// Owns how the suites meet a log: files of their own, and the lines that are in them, each of which must be whole.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A line as it was written. */
export type Line = Readonly<Record<string, unknown>>

/** The path of a file that is not there yet, where the bodies of `log-bodies.mjs` log; gone with the test. */
export function logFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rumpus-log-'))
  const path = join(folder, 'test.log')
  process.env['RUMPUS_TEST_LOG'] = path
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return path
}

/** The lines of a text; throws at one that is not whole. */
export const linesOf = (text: string): Line[] => {
  if (text !== '' && !text.endsWith('\n')) throw new Error(`the last line has no end: ${text.slice(-100)}`)
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

export const linesIn = (path: string): Line[] => linesOf(readFileSync(path, 'utf8'))
