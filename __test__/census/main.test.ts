// The whole main job as its user starts it: a child process over a folder with duplicates, broken and unreadable files.

import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { countSequentially } from '../../examples/census/sequential.js'
import { walk } from '../../examples/census/walk.js'
import { census } from './child.ts'
import { folder, generatedSources } from './fixture.ts'

function fixture(): string {
  const root = folder({
    ...generatedSources(11, 600),
    'long.ts': 'export const value: number = 1\n'.repeat(60_000),
    'broken/string.js': "let a\nlet b = 'x",
    'broken/template.js': '`a ${b',
    'broken/comment.ts': '/* a',
    'broken/bytes.mjs': Buffer.from([0x61, 0xc3, 0x28]),
    'broken/large.js': Buffer.alloc(17 * 1024 * 1024, 'a'),
    'odd/empty.js': '',
    'odd/bom.cjs': '\uFEFFmodule.exports = 1\r\n',
    'odd/view.jsx': "export const View = () => <b>don't</b>\n",
    'odd/notes.txt': 'not a source',
  })
  symlinkSync('nowhere', join(root, 'broken', 'dangling.js'))
  symlinkSync('..', join(root, 'odd', 'loop'))
  return root
}

describe('the census', { timeout: 60_000 }, () => {
  it('equals the plain sequential count on two schedulers, reports what it cannot count and loses nothing', async () => {
    const root = fixture()
    const paths = (await walk(root)).files.map(({ path }) => path)
    const wanted = await countSequentially(root, paths, 25)
    const { code, stdout, stderr } = await census(root, '--json', '--schedulers', '2', '--top', '25')
    expect(stderr).toMatch(/^(?:census: (?:looking|reading|counting) [^\n]+\n){4,}$/)
    expect(code).toBe(0)
    const result = JSON.parse(stdout)
    expect(result).toMatchObject({ directory: root, ...wanted })
    expect(result.files).toEqual({ found: 610, counted: 604, reported: 6 })
    expect(result.problems.map((problem: { code: string }) => problem.code).toSorted()).toEqual([
      'invalid-utf8',
      'too-large',
      'unreadable',
      'unterminated-comment',
      'unterminated-string',
      'unterminated-template',
    ])
    const workers = result.schedulers.filter(({ id }: { id: number }) => id !== 0)
    expect(workers).toHaveLength(2)
    expect(workers.reduce((sum: number, row: { processes: number }) => sum + row.processes, 0)).toBeGreaterThan(1)
    expect(result.wall).toMatchObject({ schedulers: 2, ms: expect.any(Number), oneSchedulerMs: expect.any(Number) })
  })

  it('prints aligned text without colours into a pipe', async () => {
    const root = folder(generatedSources(3, 20))
    const { code, stdout } = await census(root, '--schedulers', '1')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Census of .+\n\n {2}files +20 {2}20 counted, 0 reported\n/)
    expect(stdout).not.toContain('\u001B')
  })

  it('counts an empty folder', async () => {
    const { code, stdout } = await census(folder({}), '--json', '--schedulers', '2')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ files: { found: 0, counted: 0, reported: 0 }, top: [], problems: [] })
  })

  it('lets no directory steer the terminal, neither in its progress nor in its report', async () => {
    const root = folder({ 'x\u001B[2J/a.js': 'a' })
    const { code, stdout, stderr } = await census(join(root, 'x\u001B[2J'), '--schedulers', '1')
    expect([code, stdout.includes('\u001B'), stderr.includes('\u001B')]).toEqual([0, false, false])
  })

  it('answers bad usage with one line and exit code 2', async () => {
    const root = folder({ 'a.js': '' })
    for (const argv of [['--schedulers', 'x'], ['--nope'], [join(root, 'missing')], [join(root, 'a.js')]]) {
      const { code, stdout, stderr } = await census(...argv)
      expect([code, stdout], argv.join(' ')).toEqual([2, ''])
      expect(stderr).toMatch(/^census: [^\n]+: wanted [^\n]+, got [^\n]+\n$/)
    }
  })

  it('explains itself', async () => {
    const { code, stdout } = await census('--help')
    expect([code, stdout.slice(0, 6)]).toEqual([0, 'Usage:'])
  })
})
