import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { countBatch, countFile } from '../../examples/census/count.js'
import { BYTES_MAX } from '../../examples/census/read.js'
import { folder } from './fixture.ts'

const COUNT = new URL('../../examples/census/count.js', import.meta.url).href
const hashOf = (content: string | Uint8Array) => createHash('sha256').update(content).digest('base64url')

async function check(content: string | Uint8Array, wanted: object) {
  const root = folder({ 'a.js': content })
  expect(await countFile('a.js', { root })).toMatchObject({ path: 'a.js', ...wanted })
}

describe('countFile', () => {
  it('counts bytes, lines, tokens and names, and hashes the bytes', async () => {
    const content = 'const größe = 1\n'
    await check(content, { hash: hashOf(content), bytes: 18, lines: 1, tokens: 4, names: new Map([['größe', 1]]) })
  })

  it('counts an empty file', () => check('', { hash: hashOf(''), bytes: 0, lines: 0, tokens: 0, names: new Map() }))

  it('does not take a byte order mark for content, but hashes and weighs it', async () => {
    const content = '\uFEFF#!/bin/node\na'
    await check(content, { hash: hashOf(content), bytes: 16, lines: 2, tokens: 1, names: new Map([['a', 1]]) })
  })

  it('counts a line end of two characters once', () => check('a\r\nb\r\n', { lines: 2, tokens: 2 }))

  it('reports invalid UTF-8', async () => {
    const wanted = { code: 'invalid-utf8', reason: 'not valid UTF-8' }
    await check(Buffer.from([0x61, 0xff, 0x62]), wanted)
    await check(Buffer.from('\uFEFFlet a', 'utf16le'), wanted)
    await check(Buffer.from('a = "€"').subarray(0, -2), wanted)
  })

  it('reports a broken source with its path', () =>
    check("a = 'b", { code: 'unterminated-string', reason: 'unterminated string at line 1' }))

  it('reports a file over the limit, and counts one at the limit', async () => {
    const root = folder({ 'a.js': 'a;'.repeat(50) })
    expect(await countFile('a.js', { root, bytesMax: 99 })).toEqual({
      path: 'a.js',
      code: 'too-large',
      reason: '100 bytes, the limit is 99',
    })
    expect(await countFile('a.js', { root, bytesMax: 100 })).toMatchObject({ tokens: 100 })
  })

  it('has a limit that real sources keep', async () => {
    await check(Buffer.alloc(BYTES_MAX + 1, 'a'), { code: 'too-large' })
  })

  it('lets the event loop turn during a long file, and not during a short one', async () => {
    const root = folder({ 'long.js': 'value;'.repeat(600_000), 'short.js': 'value;' })
    let turns = 0
    const interval = setInterval(() => {
      turns += 1
    }, 1)
    await countFile('short.js', { root })
    expect(turns).toBe(0)
    await countFile('long.js', { root })
    expect(turns).toBeGreaterThan(0)
    clearInterval(interval)
  })

  it('reports what is missing, dangling, a directory or a loop', async () => {
    const root = folder({})
    mkdirSync(join(root, 'directory.js'))
    symlinkSync('nowhere', join(root, 'dangling.js'))
    symlinkSync('loop.js', join(root, 'loop.js'))
    expect(await countFile('missing.js', { root })).toMatchObject({
      code: 'unreadable',
      reason: expect.stringContaining('ENOENT'),
    })
    expect(await countFile('dangling.js', { root })).toMatchObject({
      code: 'unreadable',
      reason: expect.stringContaining('ENOENT'),
    })
    expect(await countFile('loop.js', { root })).toMatchObject({
      code: 'unreadable',
      reason: expect.stringContaining('ELOOP'),
    })
    expect(await countFile('directory.js', { root })).toMatchObject({
      path: 'directory.js',
      code: expect.stringMatching(/not-a-file|unreadable/),
    })
  })

  it.skipIf(process.platform === 'win32')('reports a pipe without waiting for its writer', async () => {
    const root = folder({})
    execFileSync('mkfifo', [join(root, 'pipe.js')])
    // In a child, because a thread that waits for a writer cannot be timed out.
    const program = `import { countFile } from ${JSON.stringify(COUNT)}; console.log(JSON.stringify(await countFile('pipe.js', { root: process.argv[1] })))`
    const stdout = execFileSync(process.execPath, ['--input-type=module', '-e', program, root], {
      encoding: 'utf8',
      timeout: 20_000,
    })
    expect(JSON.parse(stdout)).toEqual({ path: 'pipe.js', code: 'not-a-file', reason: 'not a regular file' })
  })
})

describe('countBatch', () => {
  it('merges the files of a batch and keeps their problems', async () => {
    const root = folder({ 'a.js': 'x = y', 'b.js': 'x = y', 'c.js': "'" })
    expect(await countBatch(root, ['a.js', 'b.js', 'c.js', 'd.js'])).toEqual({
      bytes: 10,
      lines: 2,
      tokens: 6,
      names: 'x y',
      counts: [2, 2],
      hashes: [hashOf('x = y'), hashOf('x = y')],
      sizes: [5, 5],
      problems: [
        { path: 'c.js', code: 'unterminated-string', reason: 'unterminated string at line 1' },
        { path: 'd.js', code: 'unreadable', reason: expect.stringContaining('ENOENT') },
      ],
    })
  })

  it('answers with plain data that survives structured cloning', async () => {
    const root = folder({ 'a.js': 'x', 'b.js': '@@' })
    const batch = await countBatch(root, ['a.js', 'b.js'])
    expect(structuredClone(batch)).toEqual(batch)
    expect(await countBatch(root, [])).toMatchObject({ names: '', counts: [], hashes: [], problems: [] })
  })

  it('gives up a long file when it is asked to', async () => {
    const root = folder({ 'long.js': 'value;'.repeat(600_000) })
    const stop = new AbortController()
    const batch = countBatch(root, ['long.js'], stop.signal)
    stop.abort(new Error('enough'))
    await expect(batch).rejects.toThrow('enough')
  })
})
