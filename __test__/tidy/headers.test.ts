// Goal: a stranger finds the file that owns a question. Method: look at the first lines and at the names of the files.

import { expect, it } from 'vitest'
import { filesIn, read, sources } from './repository.ts'

/** The words of the comment that opens a text; a Rust file opens with its module documentation. */
function openingWords(path: string, text: string): string[] {
  const opening = path.endsWith('.rs') ? /^(\/\/![^\n]*\n)+/ : /^(#![^\n]*\n)?((\/\/[^\n]*\n)+|\/\*[\s\S]*?\*\/)/
  return opening.exec(text)?.[0].match(/[\p{L}\d]{2,}/gu) ?? []
}

const silent = (path: string, text: string): boolean => openingWords(path, text).length < 3
const vague = (path: string): boolean => /(?:^|[/._-])(utils?|helpers?|common|misc|managers?)(?=[/._-])/i.test(path)

it('every source file opens with what it owns', () => {
  const files = [...filesIn('js', 'ts'), ...filesIn('crates', 'rs').filter((path) => /^crates\/\w+\/src\//.test(path))]
  expect(files.length).toBeGreaterThan(10)
  expect(files.filter((path) => silent(path, read(path)))).toEqual([])
})

it('no file name is a word that could name any file', () => {
  expect(sources().filter(vague)).toEqual([])
})

it('would be refused otherwise', () => {
  expect(silent('a.ts', `import 'node:fs'\n// Owns too late what it owns.\n`)).toBe(true)
  expect(silent('a.rs', '// Owns something, in the wrong kind of comment.\n')).toBe(true)
  expect(silent('a.rs', '//! Owns something that matters.\n')).toBe(false)
  expect(['js/utils.ts', 'crates/x/src/task_manager.rs', 'bench/common/a.js'].every(vague)).toBe(true)
  expect(vague('js/kernel/commonality.ts')).toBe(false)
})
