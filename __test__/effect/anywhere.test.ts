// Goal: fibers, scopes and what they share need neither Node nor the addon, and the executor of processes runs on the same modules as
// `rumpus`. Method: follow the imports of the built files; run them where there are only the globals of the web.

import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { importsOf, read, root } from '../tidy/repository.ts'
import { ALL_IS_WELL } from './page.mjs'

/** What a built file imports, and what that does; names of built files, and whatever else is named. */
function reachOf(name: string): string[] {
  const reach = new Set<string>()
  const visit = (file: string): void => {
    for (const specifier of importsOf(read(`dist/${file}`))) {
      const other = specifier.replace(/^\.\//, '')
      if (reach.has(other)) continue
      reach.add(other)
      if (specifier.startsWith('./')) visit(other)
    }
  }
  visit(`${name}.js`)
  return [...reach].sort()
}

describe('the built files', () => {
  it.each(['effect', 'structured'])('%s reaches the contract and the errors, nothing else', (name) => {
    expect(reachOf(name)).toEqual(['contract.js', 'leaves.js'])
  })

  it.each(['sync', 'events'])('%s reaches the events too', (name) => {
    expect(reachOf(name)).toEqual(['choices.js', 'contract.js', 'leaves.js'])
  })

  it('fibers are on the modules of rumpus, which reads nothing of them', () => {
    expect(reachOf('fibers')).toEqual(expect.arrayContaining(['contract.js', 'leaves.js', 'shared.js']))
    for (const name of ['index', 'scheduler-thread']) {
      expect(reachOf(name)).toEqual(expect.arrayContaining(['leaves.js', 'shared.js']))
      expect(reachOf(name)).not.toContain('contract.js')
    }
  })

  it('run where there are only the globals of the web', { timeout: 60_000 }, () => {
    const flags = ['--no-warnings', '--experimental-vm-modules', `${root}__test__/effect/edge.mjs`]
    const { seen, files } = JSON.parse(execFileSync(process.execPath, flags, { encoding: 'utf8', timeout: 30_000 }))
    expect(seen).toEqual(ALL_IS_WELL)
    const entries = ['effect.js', 'events.js', 'structured.js', 'sync.js']
    expect(files).toEqual(['choices.js', 'contract.js', 'leaves.js', 'page.mjs', ...entries].sort())
  })
})
