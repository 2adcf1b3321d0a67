// What was heard while shots fell: errors by those who asked, and crash reports. Owns which may come. Never true in it: an error that
// is dropped unseen.

import { type CrashReport, isAlive, type Pid } from 'rumpus'
import { expect } from 'vitest'
import { inWords } from '../fixtures/otp-shot.mjs'

/** An error as it can cross: of what, in words, and whether the process that it is about lives. */
export interface Heard {
  readonly what: string
  readonly error: string
  readonly isAlive: boolean
}

/** Why one that is shot does not answer. */
const DEATHS = [
  'ERR_RUMPUS_NOPROC noproc',
  'ERR_RUMPUS_DOWN killed',
  'ERR_RUMPUS_DOWN shutdown',
  'ERR_RUMPUS_DOWN scheduler-down',
]

/** Which errors may come, by what was asked. */
const ERRORS: Readonly<Record<string, readonly string[]>> = {
  call: DEATHS,
  whichChildren: DEATHS,
  // The child may be shot before it has begun.
  startChild: [...DEATHS, ...['killed', 'shutdown', 'scheduler-down'].map((why) => `ERR_RUMPUS_INIT ${why}`)],
  // Who has a key ends with the registry.
  'a key': [...DEATHS, 'ERR_RUMPUS_DOWN error the registry "places" has ended'],
  task: ['ERR_RUMPUS_DOWN scheduler-down'],
}

/** Which crash reports may come. */
const REPORTS: readonly RegExp[] = [
  /^a scheduler thread went down: scheduler \d ended with code \d$/,
  // Who was to start was shot first.
  /^a supervisor could not start (child "[\w ]+"|a child): ERR_RUMPUS_INIT (killed|shutdown|scheduler-down)$/,
  // Who starts under a key asks the registry, which may be shot before or meanwhile.
  /^a supervisor could not start child "(ada|bob)": ERR_RUMPUS_INIT error registry "places" is not started$/,
  /^a supervisor could not start child "(ada|bob)": ERR_RUMPUS_INIT error the process has ended: (killed|shutdown|scheduler-down)$/,
  // A consumer that begins looks for its producer, and so does it.
  /^a body failed: ERR_RUMPUS_NOPROC nobody is called "the source"$/,
  /^a supervisor could not start child "sink": ERR_RUMPUS_INIT error nobody is called "the source"$/,
  // What the load sends it for later.
  /^a server dropped a message: ERR_RUMPUS_BAD_ARGUMENT message must be one that \w+ handles, got "later"$/,
]

export class Book {
  /** How often what was heard. */
  readonly lines: Map<string, number> = new Map()
  private readonly strange: string[] = []

  readonly crashed = ({ what, name, error }: CrashReport): void => {
    const line = `${what}: ${inWords(error)}`
    const may = REPORTS.some((pattern) => pattern.test(line))
    this.note(line, may, name)
  }

  /** For the `catch` of who asked `what`, of the process `of` if of one. */
  readonly failed =
    (what: string, of?: Pid<never>) =>
    (error: unknown): void =>
      this.hear({ what, error: inWords(error), isAlive: of !== undefined && isAlive(of) })

  hear({ what, error, isAlive }: Heard, times = 1): void {
    const may = !isAlive && (ERRORS[what]?.includes(error) ?? false)
    this.note(`${what}: ${error}${isAlive ? ' of one that lives' : ''}`, may, undefined, times)
  }

  /** All that `other` has, too. */
  add(other: Book): void {
    for (const [line, times] of other.lines) this.lines.set(line, (this.lines.get(line) ?? 0) + times)
    this.strange.push(...other.strange)
  }

  private note(line: string, may: boolean, more = '', times = 1): void {
    this.lines.set(line, (this.lines.get(line) ?? 0) + times)
    if (!may && this.strange.length < 20) this.strange.push(`${line} ${more}`.trim())
  }

  /** Throws if anything has come that may not, or nothing of what must: `wanted` are beginnings of lines. */
  check(wanted: readonly string[], said = ''): void {
    expect(this.strange, said).toEqual([])
    const lines = [...this.lines.keys()]
    for (const start of wanted)
      expect(
        lines.filter((line) => line.startsWith(start)),
        `${start} ${said}`,
      ).not.toEqual([])
  }
}
