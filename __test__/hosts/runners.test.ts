// Test runners as hosts: a user's own tests of processes under Vitest, in child processes and in threads, under Jest and under
// `node --test`. What Jest's realm makes and what Node makes outside of it cross alike.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../tidy/repository.ts'
import { userProject } from './project.ts'

const VITEST = join(root, 'node_modules/vitest')
const JEST = join(root, '__test__/hosts/jest/node_modules')
const quiet = '--disable-warning=ExperimentalWarning'

it.each(['forks', 'threads', 'vmForks', 'vmThreads'])(
  "vitest, pool %s: a user's tests of processes pass",
  async (pool) => {
    const project = await userProject('vitest', { packages: [VITEST] })
    const args = [join(VITEST, 'vitest.mjs'), 'run', '--pool', pool, '--reporter=json', '--testTimeout=50000']
    const { code, stdout, stderr } = await project.run(args)
    expect(code, stdout + stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ success: true, numPassedTests: 4, numTotalTests: 4 })
  },
)

it("jest: a user's tests pass, as ES modules and in CommonJS", async () => {
  const project = await userProject('jest', { packages: [join(JEST, '@jest/globals')] })
  // By `require`: nodes.test.ts.
  await rm(join(project.folder, 'requires.test.cjs'))
  const args = ['--experimental-vm-modules', quiet, join(JEST, 'jest/bin/jest.js'), '--runInBand', '--json']
  const { code, stdout, stderr } = await project.run(args)
  expect(code, stdout + stderr).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    success: true,
    numPassedTestSuites: 3,
    numPassedTests: 43,
    numTotalTests: 43,
  })
})

it("node --test: a user's test of a process passes, and the runner ends", async () => {
  const project = await userProject('node-test')
  const { code, stdout, stderr } = await project.run(['--test', '--test-reporter=tap'])
  expect(code, stdout + stderr).toBe(0)
  expect(stdout).toMatch(/^# pass 1$/m)
  expect(stdout).toMatch(/^# fail 0$/m)
})
