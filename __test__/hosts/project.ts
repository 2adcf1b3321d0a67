// Owns how a user's project comes to be: a fixture in a folder of its own, with the packages beside it as npm or pnpm lays them
// out, and without this clone's sources; and how its programs run, as processes that know nothing of the test around them.

import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { detectHost, platformName } from '../../js/native/host.ts'
import type { Ended } from '../process/world.ts'
import { read, root } from '../tidy/repository.ts'

/** Sooner than a test's limit: what the program has said until then is shown. */
const LIMIT_MS = 55_000
const FIXTURES = fileURLToPath(new URL('./fixtures/', import.meta.url))
const platform = platformName(detectHost())

export interface UserProject {
  readonly folder: string
  /** Runs Node, or another version of it, with these arguments in the folder. */
  run(args: readonly string[], options?: { node?: string; env?: NodeJS.ProcessEnv }): Promise<Ended>
}

/** How packages lie: all in one folder, or each beside what it alone may see. */
export type Layout = 'npm' | 'pnpm'

/** A project made of a fixture, which goes with the test. `packages`: others that it may see, by their folders. */
export async function userProject(
  fixture: string,
  { packages = [], layout = 'npm' }: { packages?: string[]; layout?: Layout } = {},
): Promise<UserProject> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'rumpus-user-')))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await cp(join(FIXTURES, fixture), folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  const modules = join(folder, 'node_modules')
  await installRumpus(layout === 'npm' ? modules : join(modules, '.pnpm/rumpus/node_modules'))
  if (layout === 'pnpm')
    await symlink(join(modules, '.pnpm/rumpus/node_modules/rumpus'), join(modules, 'rumpus'), 'dir')
  for (const path of packages) {
    const [, name = ''] = /node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path) ?? []
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(path, join(modules, name), 'dir')
  }
  return { folder, run: (args, options = {}) => runNode(folder, args, options) }
}

/** The package as it is published, and this platform's, in a `node_modules`. */
async function installRumpus(modules: string): Promise<void> {
  const [main, binary] = [join(modules, 'rumpus'), join(modules, `rumpus-${platform}`)]
  await mkdir(join(main, 'dist'), { recursive: true })
  await mkdir(binary)
  for (const name of await readdir(join(root, 'dist')))
    if (/\.c?js$/.test(name)) await cp(join(root, 'dist', name), join(main, 'dist', name))
  for (const name of ['package.json', 'index.d.ts']) await cp(join(root, name), join(main, name))
  const file = `rumpus.${platform}.node`
  await cp(join(root, 'dist/native', file), join(binary, file))
  const { version } = JSON.parse(read('package.json'))
  await writeFile(join(binary, 'package.json'), JSON.stringify({ name: `rumpus-${platform}`, version, main: file }))
}

/** What a test runner around us has set, and what decides how this suite runs. */
const OURS =
  /^(VITEST|VITE_|TEST$|NODE_ENV$|NODE_OPTIONS$|NODE_V8_COVERAGE$|RUMPUS_|JEST|DEV$|PROD$|MODE$|BASE_URL$|SSR$)/

function runNode(
  cwd: string,
  args: readonly string[],
  { node = process.execPath, env = {} }: { node?: string; env?: NodeJS.ProcessEnv },
): Promise<Ended> {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OURS.test(name)))
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, {
      cwd,
      env: { ...clean, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    // The group: a runner has children of its own.
    const late = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), LIMIT_MS)
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk) => (stdout += chunk))
    child.stderr.on('data', (chunk) => (stderr += chunk))
    child.on('error', reject)
    child.on('close', () => clearTimeout(late))
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}
