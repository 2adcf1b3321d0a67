// Goal: rumpus/portable needs nothing but what the web has. Method: look at what the built file names, and run it in a context
// without Node's globals, with those of the web alone.

import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { read, root } from '../tidy/repository.ts'
import { ALL_IS_WELL } from './page.mjs'

it('asks for nothing of Node by a name that would throw', () => {
  const text = read('dist/portable.js')
  expect(text).not.toMatch(/["'`]node:/)
  expect(text).not.toMatch(/\bprocess\.(stderr|env|hrtime|nextTick|on)\b/)
})

it('imports nothing, and runs where there are only the globals of the web', { timeout: 60_000 }, () => {
  const flags = ['--no-warnings', '--experimental-vm-modules', `${root}__test__/portable/edge.mjs`]
  const answer = execFileSync(process.execPath, flags, { encoding: 'utf8', timeout: 30_000 })
  const { seen, idle, stormy, missing } = JSON.parse(answer)
  expect(missing).toEqual(['process', 'Buffer', 'setImmediate', 'global', 'require'])
  expect(seen).toEqual(ALL_IS_WELL)
  expect(stormy.ticks).toBeGreaterThan(idle.ticks / 10)
})
