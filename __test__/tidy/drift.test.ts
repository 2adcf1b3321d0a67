// Goal: the *.d.ts of the root are the public surfaces of the sources, and the guides know every error code. Method: roll the one
// up again, in memory, and compare; collect the others from the sources.

import { readdirSync } from 'node:fs'
import { rolldown } from 'rolldown'
import { expect, it } from 'vitest'
import { surfaces } from '../../rolldown.config.js'
import { filesIn, read, root } from './repository.ts'

it.each(Object.entries(surfaces))('%s.d.ts is what `npm run dts` would write', async (entry, config) => {
  const name = `${entry}.d.ts`
  const bundle = await rolldown({ ...config, logLevel: 'silent' })
  const { output } = await bundle.generate(config.output)
  await bundle.close()
  expect(output.map(({ fileName }) => fileName)).toEqual([name])
  expect(output[0].code.trim()).toBe(read(name).trim())
})

it('every surface is that of an export, and every export has one', () => {
  const exported: Record<string, { types?: string }> = JSON.parse(read('package.json')).exports
  const types = Object.values(exported).flatMap((one) => one.types ?? [])
  expect(types.sort()).toEqual(
    Object.keys(surfaces)
      .map((entry) => `./${entry}.d.ts`)
      .sort(),
  )
  const inRoot = readdirSync(root).filter((name) => name.endsWith('.d.ts'))
  expect(inRoot.map((name) => `./${name}`).sort()).toEqual(types)
})

it('the guide of verbs, options and errors lists every error code there is, and no other', () => {
  const codesIn = (text: string): Set<string> => new Set(text.match(/ERR_RUMPUS_[A-Z_]*[A-Z]/g))
  const sources = [...filesIn('js', 'ts'), ...filesIn('crates/binding/src', 'rs')].map(read).join('\n')
  expect([...codesIn(read('docs/guides/reference.md'))].sort()).toEqual([...codesIn(sources)].sort())
})
