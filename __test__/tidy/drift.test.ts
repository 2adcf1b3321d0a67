// Goal: index.d.ts is the public surface of the sources, and the README knows every error code. Method: roll the one up
// again, in memory, and compare; collect the others from the sources.

import { rolldown } from 'rolldown'
import { expect, it } from 'vitest'
import { surface } from '../../rolldown.config.js'
import { filesIn, read } from './repository.ts'

it('index.d.ts is what `npm run dts` would write', async () => {
  const bundle = await rolldown({ ...surface, logLevel: 'silent' })
  const { output } = await bundle.generate(surface.output)
  await bundle.close()
  expect(output.map(({ fileName }) => fileName)).toEqual(['index.d.ts'])
  expect(output[0].code.trim()).toBe(read('index.d.ts').trim())
})

it('README.md lists every error code there is, and no other', () => {
  const codesIn = (text: string): Set<string> => new Set(text.match(/ERR_RUMPUS_[A-Z_]*[A-Z]/g))
  const sources = [...filesIn('js', 'ts'), ...filesIn('crates/binding/src', 'rs')].map(read).join('\n')
  expect([...codesIn(read('README.md'))].sort()).toEqual([...codesIn(sources)].sort())
})
