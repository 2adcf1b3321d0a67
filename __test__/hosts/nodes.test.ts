// What differs between versions of Node.js for those who use the package: TypeScript by type stripping, `require` in Jest. Needs
// the other versions of `__test__/nodes`; the suites themselves run under them by `npm run nodes`.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hasNodes, MAJORS, nodeOf } from '../nodes/install.mjs'
import { root } from '../tidy/repository.ts'
import { userProject } from './project.ts'

const JEST = join(root, '__test__/hosts/jest/node_modules/jest/bin/jest.js')
const quiet = ['--disable-warning=ExperimentalWarning']

describe.skipIf(!hasNodes)('Node.js', () => {
  it.each(MAJORS)('%s loads definitions in TypeScript on scheduler threads, as its host does', async (major) => {
    const project = await userProject('typescript')
    const node = nodeOf(major)
    expect((await project.run(['--version'], { node })).stdout).toMatch(new RegExp(`^v${major}\\.`))
    expect(await project.run([...quiet, 'app.ts'], { node })).toMatchObject({ code: 0, stdout: '49\n', stderr: '' })
  })

  it.each(MAJORS.filter((major) => major >= 24))('%s: Jest requires the package from CommonJS', async (major) => {
    const project = await userProject('jest')
    const args = ['--experimental-vm-modules', ...quiet, JEST, '--runInBand', '--json', 'requires']
    const { code, stdout, stderr } = await project.run(args, { node: nodeOf(major) })
    expect(code, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ numPassedTests: 1, numFailedTests: 0 })
  })
})
