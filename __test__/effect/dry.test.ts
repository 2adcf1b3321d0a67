// Goal: a program that ends because nothing can wake its fibers any more says who waits for what; one whose fibers somebody will wake, or
// that was told to end, says nothing. Method: programs of their own under `fifo`, whose exit codes and stderr are read, all at the same
// time.

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const path = fileURLToPath(new URL('../fixtures/programs/dry.mjs', import.meta.url))
const ends = (name: string, flags: readonly string[] = []): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [...flags, path, name], (error, stdout, stderr) =>
      resolve({ code: (error?.code as number | undefined) ?? 0, stdout, stderr }),
    )
  })

/** What it is told to wait for, fiber by fiber. */
const waitsIn = (stderr: string): string[] => {
  const [, told = ''] = /^\(node:\d+\) \[ERR_RUMPUS_DEADLOCK\] RumpusError: (.*)$/m.exec(stderr) ?? []
  const [, count, waits = ''] = /^nothing can happen any more: (\d+) fibers? waits?: (.*)$/.exec(told) ?? []
  const each = waits.split('; ').map((wait) => wait.replace(/^fiber \d+ waits for /, ''))
  return [...each.sort(), `${count} in all`]
}

// What `await` at the top of a module has, where it can never go on.
const UNSETTLED = 13

describe.concurrent('a dry event loop', () => {
  const join = 'the children of its scope'
  it.each([
    ['ivars', [join, 'the value of an ivar', 'the value of an ivar', '3 in all']],
    ['channels', ['room in a channel', 'room in a channel', join, '3 in all']],
    ['conditions', [join, 'the signal of a condition', 'the signal of a condition', '3 in all']],
    ['joins', [join, '1 in all']],
  ])('tells of %s that wait for each other, and the exit code is that of Node', async (name, waits) => {
    const { code, stderr } = await ends(name)
    expect(waitsIn(stderr)).toEqual(waits)
    expect(code).toBe(UNSETTLED)
  })

  it('tells of what nobody waits for, and leaves the exit code alone', async () => {
    const { code, stderr } = await ends('background')
    expect([waitsIn(stderr), code]).toEqual([['something', '1 in all'], 0])
  })

  it('tells in a thread that has run dry', async () => {
    const { stdout, stderr } = await ends('thread')
    expect(waitsIn(stderr)).toContain('3 in all')
    expect(stdout).toMatch(/the thread has ended with \d+/)
  })

  it('tells it as a warning of Node, which can be heard and turned off', async () => {
    const { stdout } = await ends('heard')
    expect(JSON.parse(stdout)).toEqual([
      'RumpusError',
      'ERR_RUMPUS_DEADLOCK',
      'nothing can happen any more: 1 fiber waits: fiber 1 waits for something',
    ])
    expect(await ends('background', ['--no-warnings'])).toMatchObject({ code: 0, stderr: '' })
  })

  it('tells it once where the fibers are watched, with the lines', async () => {
    const { stderr } = await ends('watched')
    expect(stderr).toMatch(/^rumpus: nothing can happen any more, .*\n {2}fiber \d+ waits for something, at .*\n$/)
  })

  it.each([
    ['beside', 0, ''],
    ['roused', 0, '1\n'],
    ['elsewhere', 0, '1\n'],
    ['aborted', 0, 'stopped\n'],
    ['rested', 0, ''],
    ['exit', 3, ''],
    ['later', 4, ''],
  ])('tells nothing where somebody wakes who waits, or the program is told to end: %s', async (name, code, stdout) => {
    expect(await ends(name, ['--expose-gc'])).toEqual({ code, stdout, stderr: '' })
  })

  it('tells nothing beside an error of the program', async () => {
    const { code, stderr } = await ends('throws')
    expect(code).toBe(1)
    expect(stderr).toMatch(/Error: its own/)
    expect(stderr).not.toMatch(/DEADLOCK/)
  })

  it('holds few of those that nobody has any more, and tells of all that somebody has', async () => {
    const [collected, crowd] = await Promise.all(['collected', 'crowd'].map((name) => ends(name, ['--expose-gc'])))
    const [, left] = /: (\d+) fibers wait: /.exec(collected!.stderr) ?? []
    expect(Number(left)).toBeGreaterThan(0)
    expect(Number(left)).toBeLessThan(500)
    expect(crowd!.stderr).toMatch(/: 1300 fibers wait: .*; and 1280 more$/m)
  })
})
