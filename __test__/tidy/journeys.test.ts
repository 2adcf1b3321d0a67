// Goal: the journeys that ARCHITECTURE.md tells exist. Method: each stop names a file and a function; look for its definition.

import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { read } from './repository.ts'

const stop = /`((?:js|crates)\/[\w./-]+\.(?:ts|rs))` `(\w+)`/g

/** The stops of a text that lead nowhere. */
function lost(text: string, fileText: (path: string) => string | undefined): string[] {
  return [...text.matchAll(stop)].flatMap(([, path = '', name = '']) => {
    const source = fileText(path)
    if (source === undefined) return [`${path}: no such file`]
    const defined = new RegExp(
      `(?:fn ${name}\\b|const ${name} =|^  (?:private )?(?:async |readonly )?${name}(?:\\(| =))`,
      'm',
    )
    return defined.test(source) ? [] : [`${path}: defines no ${name}`]
  })
}

describe('ARCHITECTURE.md', () => {
  const text = read('ARCHITECTURE.md')

  it('names functions that exist', () => {
    expect([...text.matchAll(stop)].length).toBeGreaterThan(20)
    expect(lost(text, (path) => (existsSync(path) ? read(path) : undefined))).toEqual([])
  })

  it('would notice one that does not', () => {
    expect(lost('`js/a.ts` `gone`', () => 'const there = 1')).toEqual(['js/a.ts: defines no gone'])
    expect(lost('`js/b.ts` `x`', () => undefined)).toEqual(['js/b.ts: no such file'])
  })
})
