// Goal: the documents lead somewhere, and quote what was measured. Method: look for the file and the heading behind each
// relative link, and have the figures of the newest result written into the tables: nothing may change.

import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newest, quoting } from '../../bench/figures.js'
import { filesIn, read, root } from './repository.ts'

const pages = ['', 'docs', 'bench', 'crates', 'examples'].flatMap((folder) => filesIn(folder, 'md'))

/** A document without its fenced blocks. */
const proseOf = (text: string): string => text.replace(/^ *```[\s\S]*?^ *```$/gm, '')

/** What GitHub calls the headings of a document, for links. */
function anchorsOf(text: string): string[] {
  const headings = [...proseOf(text).matchAll(/^#+ (.*)$/gm)].map(([, words = '']) => words)
  return headings.map((words) =>
    words
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** The relative links of a document that lead nowhere. */
function lost(path: string, text: string): string[] {
  const links = [...proseOf(text).matchAll(/\]\((?<to>[^)\s]+)\)/g)].map(({ groups }) => groups?.to ?? '')
  return links.filter((to) => {
    if (/^[a-z]+:/.test(to)) return false
    const [file = '', anchor] = to.split('#')
    const target = file === '' ? path : posix.join(posix.dirname(path), file)
    if (target !== path && (target.startsWith('..') || !existsSync(root + target))) return true
    return anchor !== undefined && !anchorsOf(target === path ? text : read(target)).includes(anchor)
  })
}

describe('documents', () => {
  for (const path of pages) it(`${path} links to what is there`, () => expect(lost(path, read(path))).toEqual([]))

  it('a link that leads nowhere would be noticed', () => {
    const text =
      '# Two Words\n[a](#two-words) [b](#three) [c](gone.md) [d](README.md#gone) [e](https://x.y) [f](../up.md)\n'
    expect(lost('bad.md', text)).toEqual(['#three', 'gone.md', 'README.md#gone', '../up.md'])
  })

  it('every guide is listed in README.md', () => {
    const guides = filesIn('docs/guides', 'md')
    expect(guides.length).toBeGreaterThan(0)
    expect(guides.filter((path) => !read('README.md').includes(`](${path})`))).toEqual([])
  })

  it('quote the figures that were measured last: `npm run figures` changes nothing', () => {
    const texts = ['README.md', ...filesIn('docs', 'md')].map(read)
    expect(texts.join('\n').match(/^\| `[a-z]+\/.* × [^|]*\|$/gm)?.length).toBeGreaterThanOrEqual(12)
    expect(texts.join('\n').match(/\d cores of an? .* with Node [\d.]+ \(\[[\d-]+\]/g)).toHaveLength(3)
    expect(texts.map((text) => quoting(text, newest()))).toEqual(texts)
  })

  it('figures that were not measured would be noticed', () => {
    const machine = { date: '2026-01-02T03:04:05Z', cpu: 'Abacus', cores: 3, node: 'v20.1.0' }
    const row = { name: 'cross/x', unit: 'ns/message', rumpus: 1234.5, rivals: { a: 70_000, b: 60_000 }, ratio: 48.6 }
    const gain = { name: 'steal/x', unit: 'x', rumpus: 1.906, rivals: { a: 1.5, b: 2 }, ratio: 0.953 }
    const result = { file: 'new.json', machine, results: [row, gain] }
    const table = (...rows: string[]): string =>
      `${['| a | b | c | d | e |', '| - | - | - | - | - |', ...rows].join('\n')}\n`
    const old = table('| `cross/x` | what | 1 µs | 2 ns | 3 × faster |', '| `steal/x` | what | 1 x | – | 4 × |')
    expect(quoting(`Text\n\n${old}\nText`, result).split('\n')).toEqual([
      ...['Text', '', '| a         | b    | c       | d        | e             |'],
      '| --------- | ---- | ------- | -------- | ------------- |',
      '| `cross/x` | what | 1.23 µs | 60000 ns | 48.6 × faster |',
      '| `steal/x` | what | 1.91 x  | –        | 0.953 ×       |',
      ...['', 'Text'],
    ])
    expect(() => quoting(table('| `cross/y` | what | 1 ns | 2 ns | 2 × |'), result)).toThrow(
      'quoting cross/y: new.json has no such case',
    )
    expect(quoting('on 2 cores of a B C with Node 20.0.0 ([2025-01-01](../bench/results/old.json)):', result)).toBe(
      'on 3 cores of an Abacus with Node 20.1.0 ([2026-01-02](../bench/results/new.json)):',
    )
  })
})
