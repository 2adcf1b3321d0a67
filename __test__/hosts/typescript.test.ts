// Programs in TypeScript whose definitions load on scheduler threads: by tsx on every Node. By type stripping: nodes.test.ts.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../tidy/repository.ts'
import { userProject } from './project.ts'

const TSX = join(root, 'node_modules/tsx')

it.each([
  ['as a program', [join(TSX, 'dist/cli.mjs'), 'app.ts']],
  ['as a flag', ['--import', 'tsx', 'app.ts']],
])('tsx %s: definitions in TypeScript that must be compiled load on threads', async (_, args) => {
  const project = await userProject('tsx', { packages: [TSX] })
  expect(await project.run(args)).toEqual({ code: 0, signal: null, stdout: 'Thread\nown\n', stderr: '' })
})
