// Goal: a program of applications ends as it was asked to, and its exit code is true. Method: real signals to real children, each sent
// when the child has said how far it is; what they said is compared line by line.

import { fileURLToPath } from 'node:url'
import { application, runApplication } from 'rumpus/otp'
import { describe, expect, it } from 'vitest'
import { type Ended, startChild } from '../census/child.ts'

const PROGRAM = fileURLToPath(new URL('../fixtures/programs/applications.mjs', import.meta.url))

const begin = (word: string, args: readonly string[] = [], env: Record<string, string> = {}) =>
  startChild(process.execPath, [PROGRAM, word, ...args], env)

/** What a program said, and the end of it. */
const linesOf = ({ stdout }: Ended): string[] => stdout.trimEnd().split('\n')

const outcome = (more: object = {}): string =>
  `outcome ${JSON.stringify({ code: 0, asked: 'SIGTERM', crashed: [], killed: [], crashes: 0, ...more })}`

const lanes = ['js', 'native'] as const

describe.each(lanes)('a program of applications on the %s lane', (lane) => {
  const RUMPUS_LANE = lane

  it('that is busy when SIGTERM comes finishes what is under way, in reverse, and ends with 0', async () => {
    const child = begin('busy', [], { RUMPUS_LANE })
    await child.said('ready web')
    child.process.kill('SIGTERM')
    const ended = await child.ended
    expect(linesOf(ended)).toEqual([
      ...[
        'starting db',
        'ready db',
        'starting jobs',
        'ready jobs',
        'starting web',
        'job begun after some steps',
        'ready web',
      ],
      ...['stopping web', 'closed web', 'stopped web', 'stopping jobs', 'drained: job done after some steps'],
      ...['closed jobs', 'stopped jobs', 'stopping db', 'closed db', 'stopped db', outcome()],
    ])
    expect([ended.code, ended.signal, ended.stderr]).toEqual([0, null, ''])
  })

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('ends at once by a second signal, %s', async (second, code) => {
    const child = begin('hangs', ['60000'], { RUMPUS_LANE })
    await child.said('ready web')
    child.process.kill('SIGINT')
    await child.said('stopping web')
    child.process.kill(second)
    const ended = await child.ended
    expect(linesOf(ended).slice(-2)).toEqual(['ready web', 'stopping web'])
    expect([ended.code, ended.stderr]).toEqual([code, `rumpus: the process is ended: a second signal, ${second}\n`])
  })

  it('that misses its deadline ends with 124 and says who was late', async () => {
    const child = begin('hangs', ['100'], { RUMPUS_LANE })
    await child.said('ready web')
    child.process.kill('SIGTERM')
    const ended = await child.ended
    const lines = linesOf(ended)
    expect(lines.slice(0, 5)).toEqual(['starting db', 'ready db', 'starting web', 'ready web', 'stopping web'])
    // All are killed at once: who is gone first is open.
    expect(lines.slice(5).sort()).toEqual(['closed db', 'stopped db', 'stopped web'])
    expect(ended.code).toBe(124)
    expect(ended.stderr).toContain('not stopped within 100 ms: "web", "db"')
    expect(ended.stderr).toMatch(/rumpus: the process is ended: not all have stopped in time\n$/)
  })

  it('that is asked to stop while it starts does not go on, and ends with 0', async () => {
    const child = begin('connects', [], { RUMPUS_LANE })
    await child.said('connecting')
    child.process.kill('SIGTERM')
    const ended = await child.ended
    expect(linesOf(ended)).toEqual([
      ...['starting db', 'ready db', 'starting web', 'connecting', 'stopping web', 'stopped web'],
      ...['stopping db', 'closed db', 'stopped db', outcome()],
    ])
    expect([ended.code, ended.stderr]).toEqual([0, ''])
  })

  it('of which one cannot start stops those before it in reverse, and ends with 1', async () => {
    const ended = await begin('init-fails', [], { RUMPUS_LANE }).ended
    expect(linesOf(ended)).toEqual([
      ...['starting a', 'ready a', 'starting b', 'ready b', 'starting bad', 'closed bad', 'crashed bad'],
      ...['stopping b', 'closed b', 'stopped b', 'stopping a', 'closed a', 'stopped a'],
      expect.stringMatching(/^outcome \{"code":1,"asked":"crash","crashed":\["bad"\]/),
    ])
    expect(ended.code).toBe(1)
    expect(ended.stderr).toContain('application "bad" did not start: ')
    expect(ended.stderr).toContain('no database')
  })

  it('whose permanent application crashes later stops the others, and ends with 1', async () => {
    const ended = await begin('crashes-later', [], { RUMPUS_LANE }).ended
    expect(linesOf(ended)).toEqual([
      ...['starting db', 'ready db', 'starting web', 'ready web', 'closed db', 'crashed db'],
      ...['stopping web', 'closed web', 'stopped web'],
      expect.stringMatching(/^outcome \{"code":1,"asked":"crash","crashed":\["db"\]/),
    ])
    expect(ended.code).toBe(1)
    expect(ended.stderr).toContain('application "db" ended: lost the disk')
  })

  it.each([
    ['0', 0],
    ['3', 3],
  ])('that has done its work ends with 0, or with what somebody set: %s', async (set, code) => {
    const ended = await begin('batch', [set], { RUMPUS_LANE }).ended
    const rest = linesOf(ended).filter((line) => line !== 'worked')
    expect(rest).toEqual([
      'starting batch',
      'ready batch',
      'closed batch',
      'stopped batch',
      'outcome {"code":0,"crashed":[],"killed":[],"crashes":0}',
    ])
    expect([ended.code, ended.stderr]).toEqual([code, ''])
  })
})

describe('a program', () => {
  it.each([
    ['here', 124, 'the process is ended: not all have stopped in time'],
    ['dedicated', 1, 'a supervisor killed child "spins"'],
  ])('with a body that never lets go, %s, is ended all the same, with %i', async (place, code, message) => {
    const child = begin('spins', [place])
    await child.said('spinning')
    child.process.kill('SIGTERM')
    const ended = await child.ended
    expect(linesOf(ended)).toEqual(expect.arrayContaining(['stopping spins', 'closed spins', 'stopped spins']))
    expect([ended.code, ended.signal]).toEqual([code, null])
    expect(ended.stderr).toContain(message)
  })

  it('may define in its own file what runs on other threads: there it does not run', async () => {
    const child = begin('one-file', [], { ONE_WANTED: 'yes' })
    await child.said('began elsewhere')
    child.process.kill('SIGINT')
    const ended = await child.ended
    const lines = ['starting one', 'ready one', 'began elsewhere', 'stopping one', 'closed one', 'stopped one']
    expect(linesOf(ended)).toEqual([...lines, outcome({ asked: 'SIGINT' })])
    expect([ended.code, ended.stderr]).toEqual([0, ''])
  })

  it('whose event loop something else holds is ended, and says what', async () => {
    const child = begin('lingers')
    await child.said('ready a')
    child.process.kill('SIGTERM')
    const ended = await child.ended
    expect(linesOf(ended).at(-1)).toBe(outcome())
    expect(ended.code).toBe(124)
    expect(ended.stderr).toMatch(
      /^rumpus: the process is ended: it is still there after its deadline of 500 ms: .*Timeout/,
    )
  })

  it('whose configuration has mistakes tells all of them, no secret, starts nothing, and ends with 78', async () => {
    const ended = await begin('config', [], { DB_PORT: '54x2', DB_PASSWORD: 'hunter2' }).ended
    expect(linesOf(ended)).toEqual(['outcome {"code":78,"crashed":[],"killed":[],"crashes":0}'])
    expect(ended.code).toBe(78)
    expect(ended.stderr).toBe(
      'rumpus: config.db.port must be a whole number, got "54x2" (environment variable DB_PORT)\n' +
        'rumpus: config.db.password must be longer, got something else, which is secret (environment variable DB_PASSWORD)\n',
    )
  })

  it('that starts them beside other code goes on while they run, and hears signals no longer than that', async () => {
    const child = begin('library')
    await child.said('ready a')
    child.process.kill('SIGTERM')
    const ended = await child.ended
    expect(linesOf(ended).slice(-5)).toEqual(['stopping a', 'closed a', 'stopped a', 'listening: 0', outcome()])
    expect([ended.code, ended.stderr]).toEqual([0, ''])
  })

  it('that is told what it cannot be is refused at the call', () => {
    expect(() => runApplication([])).toThrow('applications must be one at least')
    const one = application({ name: 'a', start: () => ({}) })
    expect(() => runApplication(one, { deadline: -1 })).toThrow('options.deadline must be a number of milliseconds')
    expect(() => runApplication(one, { schedulers: -1 })).toThrow('options.schedulers must be a whole number')
  })
})
