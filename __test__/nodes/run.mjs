// Runs the tests under the other versions of Node.js, one after the other, on one lane. Both lanes are the same JavaScript and
// the same binary: what a version can change, it changes on both.
//
// Left out is what no version of Node.js has a part in: texts and manifests (tidy; the documents' snippets, one by one a program
// that the suites below have in a harder form), the compiler (types), npm and archives (product), the example, whose
// processes are those of the suites (census), and pages, which a browser runs (browser). What runs these versions itself
// needs no second run (hosts/nodes).

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { hasNodes, MAJORS, nodeOf } from './install.mjs'

const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))
const LEFT_OUT = [
  'tidy/**',
  'types/**',
  'product/**',
  'census/**',
  'browser/**',
  'portable/page.test.ts',
  'effect/page.test.ts',
  'hosts/nodes.test.ts',
]

if (!hasNodes) console.log('skipped: there are packages of Node.js for Linux x64 only')
for (const major of hasNodes ? MAJORS : []) {
  const node = nodeOf(major)
  console.log(`\nNode.js ${spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim()}`)
  const excluded = LEFT_OUT.map((path) => `--exclude=__test__/${path}`)
  const args = [VITEST, 'run', '--project', 'js lane', ...excluded, ...process.argv.slice(2)]
  if (spawnSync(node, args, { stdio: 'inherit' }).status !== 0) process.exitCode = 1
}
