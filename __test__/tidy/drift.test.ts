// Goal: index.d.ts is the public surface of the sources. Method: roll it up again, in memory, and compare.

import { rolldown } from 'rolldown'
import { expect, it } from 'vitest'
import { surface } from '../../rolldown.config.js'
import { read } from './repository.ts'

it('index.d.ts is what `npm run dts` would write', async () => {
  const bundle = await rolldown({ ...surface, logLevel: 'silent' })
  const { output } = await bundle.generate(surface.output)
  await bundle.close()
  expect(output.map(({ fileName }) => fileName)).toEqual(['index.d.ts'])
  expect(output[0].code.trim()).toBe(read('index.d.ts').trim())
})
