// Goal: one room, one question. Method: count the lines of every hand-written source file, tests included.

import { expect, it } from 'vitest'
import { read, sources } from './repository.ts'

const linesMax = 400

const tooLong = (path: string, text: string): string[] => {
  const lines = text.trimEnd().split('\n').length
  return lines > linesMax ? [`${path}: ${lines} lines`] : []
}

it(`no source file has more than ${linesMax} lines`, () => {
  const files = sources()
  expect(files.length).toBeGreaterThan(20)
  expect(files.flatMap((path) => tooLong(path, read(path)))).toEqual([])
  expect(tooLong('long.ts', `${'\n'.repeat(linesMax)}x`)).toHaveLength(1)
})
