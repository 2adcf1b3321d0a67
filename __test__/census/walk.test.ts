import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { walk } from '../../examples/census/walk.js'
import { folder } from './fixture.ts'

describe('walk', () => {
  it('finds JavaScript and TypeScript by extension, declarations included, in the order of their paths', async () => {
    const names = [
      'b.js',
      'a.mjs',
      'c.cjs',
      'd.jsx',
      'e.ts',
      'f.mts',
      'g.cts',
      'h.tsx',
      'i.d.ts',
      '.hidden.js',
      'deep/er/z.js',
      'B.js',
    ]
    const others = ['a.json', 'b.js.map', 'c.css', 'js', 'd.JS.txt', 'e.mjsx', 'readme.md']
    const root = folder(Object.fromEntries([...names, ...others].map((name) => [name, 'abc'])))
    expect(await walk(root)).toEqual({
      files: names.map((name) => ({ path: join(name), size: 3 })).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      problems: [],
      symlinks: 0,
    })
  })

  it('descends into a directory that is named like a file', async () => {
    const root = folder({ 'chart.js/index.js': '' })
    expect((await walk(root)).files).toEqual([{ path: join('chart.js', 'index.js'), size: 0 }])
  })

  it('ends although links lead back up, and counts no file twice', async () => {
    const root = folder({ 'a/b.js': 'b', 'c.js': 'c' })
    symlinkSync('..', join(root, 'a', 'loop'))
    symlinkSync('../c.js', join(root, 'a', 'c.js'))
    symlinkSync('self.js', join(root, 'self.js'))
    const { files, problems, symlinks } = await walk(root)
    expect(files.map(({ path }) => path)).toEqual([join('a', 'b.js'), 'c.js', 'self.js'])
    expect([problems, symlinks]).toEqual([[], 1])
  })

  it('lists a dangling link, for the count to report', async () => {
    const root = folder({})
    symlinkSync('nowhere.js', join(root, 'dangling.js'))
    expect((await walk(root)).files.map(({ path }) => path)).toEqual(['dangling.js'])
  })

  it.skipIf(process.platform === 'win32')('lists a pipe named like a source, for the count to report', async () => {
    const root = folder({})
    execFileSync('mkfifo', [join(root, 'pipe.js')])
    expect((await walk(root)).files.map(({ path }) => path)).toEqual(['pipe.js'])
  })

  it('reports a directory that cannot be listed', async () => {
    const root = folder({})
    const { files, problems } = await walk(join(root, 'missing'))
    expect(files).toEqual([])
    expect(problems).toEqual([
      { path: '.', code: 'unreadable', reason: expect.stringMatching(/^cannot list the directory: ENOENT/) },
    ])
  })

  it('finds nothing in an empty directory', async () => {
    const root = folder({})
    mkdirSync(join(root, 'empty'))
    expect(await walk(root)).toEqual({ files: [], problems: [], symlinks: 0 })
  })

  it('tells of each directory how many files it holds, and waits for whoever listens', async () => {
    const root = folder({ 'a.js': '', 'b/c.js': '', 'b/d.js': '', 'b/e.txt': '' })
    const told: number[] = []
    await walk(root, async (files) => void told.push(files))
    expect(told).toEqual([1, 2])
    await expect(walk(root, () => Promise.reject(new Error('enough')))).rejects.toThrow('enough')
  })
})
