import { describe, expect, it } from 'vitest'
import { renderJson, renderText } from '../../examples/census/report.js'

type Census = Parameters<typeof renderText>[0]

const census: Census = {
  directory: '/some/where',
  symlinks: 0,
  summary: {
    files: { found: 1234, counted: 1232, reported: 2 },
    bytes: 5_000_000,
    lines: 98_765,
    tokens: 1_234_567,
    identifiers: { total: 345_678, distinct: 4321 },
    duplicates: { groups: 3, files: 7, bytes: 1999 },
    top: [
      { name: 'value', count: 12_345 },
      { name: '名', count: 9 },
    ],
    problems: [
      { path: 'a.js', code: 'unterminated-string', reason: 'unterminated string at line 3' },
      { path: 'b.js', code: 'unreadable', reason: 'ENOENT: no such file' },
    ],
  },
  schedulers: [
    { id: 0, processes: 1, steals: 0, messagesIn: 200, messagesOut: 0, busyShare: 0.031 },
    { id: 1, processes: 60, steals: 2, messagesIn: 0, messagesOut: 1060, busyShare: 0.999 },
  ],
  wall: { schedulers: 2, ms: 250.4, oneSchedulerMs: 475 },
}

const text = (change: Partial<Census> = {}, color = false) => renderText({ ...census, ...change }, { color })

describe('renderText', () => {
  it('shows totals, identifiers, problems, schedulers and times in aligned columns', () => {
    expect(text()).toBe(`Census of /some/where

  files            1,234  1,232 counted, 2 reported
  bytes        5,000,000
  lines           98,765
  tokens       1,234,567
  identifiers    345,678  4,321 distinct
  duplicates           7  files beyond the first of 3 contents, 1,999 bytes

Top identifiers
  12,345  value
       9  名

Not counted (2)
  a.js: unterminated string at line 3
  b.js: ENOENT: no such file

Per scheduler
  scheduler  processes  steals  messages in  messages out   busy
  host               1       0          200             0    3 %
  1                 60       2            0         1,060  100 %

Wall time
  2 schedulers  250 ms  20.0 MB/s
  1 scheduler   475 ms  10.5 MB/s  the same job; 1.90 times as long
  Every file was read once beforehand, so both runs find a warm file cache; both times include starting and stopping the threads.
`)
  })

  it('leaves out what there is none of', () => {
    const shown = text({ summary: { ...census.summary, top: [], problems: [] } })
    expect(shown).not.toMatch(/Top identifiers|Not counted|links/)
    expect(text({ symlinks: 3 })).toMatch(/ {2}links +3 {2}not followed\n/)
  })

  it('does not compare one scheduler with itself', () => {
    expect(text({ wall: { schedulers: 1, ms: 475, oneSchedulerMs: 475 } })).not.toContain('the same job')
  })

  it('says what chaos has killed, and compares with the plain loop', () => {
    const shown = text({
      wall: { schedulers: 1, ms: 250, plainLoopMs: 500 },
      chaos: { seed: 7, processes: 12, threads: 3, again: 1014 },
    })
    expect(shown).toContain(`
Chaos
  killed 12 processes and 3 scheduler threads; 1,014 batches counted again
  the totals equal those of a plain loop; --chaos 7 draws the same lots
`)
    expect(text({ chaos: { seed: 7, processes: 1, threads: 1, again: 1 } })).toContain(
      '  killed 1 process and 1 scheduler thread; 1 batch counted again\n',
    )
    expect(shown).toMatch(/\n {2}1 scheduler +250 ms .*\n {2}a plain loop +500 ms .*; 2\.00 times as long\n/)
  })

  it('names a bounded number of problems and says how many more there are', () => {
    const problems = Array.from({ length: 1500 }, (_, index) => ({
      path: `${index}.js`,
      code: 'unreadable' as const,
      reason: 'gone',
    }))
    const shown = text({ summary: { ...census.summary, problems } })
    expect(shown.match(/gone/g)).toHaveLength(20)
    expect(shown).toContain('and 1,480 more (--json names them all)')
  })

  it('colours only when asked to, without moving a column', () => {
    expect(text()).not.toContain('\u001B')
    const coloured = text({}, true)
    expect(coloured).toContain('\u001B[')
    // eslint-disable-next-line no-control-regex
    expect(coloured.replaceAll(/\u001B\[\d+m/g, '')).toBe(text())
  })

  it('lets no file name steer the terminal', () => {
    const problems = [{ path: 'x\u001B[2J\n\u202E.js', code: 'unreadable' as const, reason: 'gone' }]
    const shown = text({ directory: '/a\u0007b', summary: { ...census.summary, problems } })
    expect(shown).toContain('  x\\u{1b}[2J\\u{a}\\u{202e}.js: gone\n')
    expect(shown).toContain('/a\\u{7}b\n')
  })
})

describe('renderJson', () => {
  it('holds everything the text holds', () => {
    const { summary, ...rest } = census
    expect(JSON.parse(renderJson(census))).toEqual({
      ...summary,
      ...rest,
      wall: { ...census.wall, speedup: 475 / 250.4, note: expect.stringContaining('warm file cache') },
    })
  })
})
