// Limits of a container: schedulers by CPU affinity and quota, heaps by memory. For real where this process may make control
// groups (root, on Linux), and by laid-out files everywhere.

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { run } from '../../js/index.ts'
import { addon } from '../../js/native/load.ts'
import { userProject } from './project.ts'

const MB = 2 ** 20

/** Lays files out below a folder that is to be seen as `/`. */
async function rootWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rumpus-root-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}

const V2 = '31 23 0:28 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n'
const V1 = '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n'
const OTHERS =
  '22 1 8:1 / / rw - ext4 /dev/root rw\n32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n'

const limits: [string, Record<string, string>, number][] = [
  ['nothing, as on other systems', {}, Number.POSITIVE_INFINITY],
  ['a machine without groups', { 'proc/meminfo': 'MemTotal:       65536 kB\nMemFree:        1024 kB\n' }, 64 * MB],
  [
    'a machine that has less than its groups allow',
    {
      'proc/meminfo': 'MemTotal:       65536 kB\n',
      'proc/self/cgroup': '0::/\n',
      'proc/self/mountinfo': V2,
      'sys/fs/cgroup/memory.max': `${300 * MB}\n`,
    },
    64 * MB,
  ],
  [
    'version 2 without a limit',
    { 'proc/self/cgroup': '0::/\n', 'proc/self/mountinfo': OTHERS + V2, 'sys/fs/cgroup/memory.max': 'max\n' },
    Number.POSITIVE_INFINITY,
  ],
  [
    'version 2 in a container, which sees its own group as the top',
    { 'proc/self/cgroup': '0::/\n', 'proc/self/mountinfo': OTHERS + V2, 'sys/fs/cgroup/memory.max': `${300 * MB}\n` },
    300 * MB,
  ],
  [
    'version 2 where a group around ours has the limit',
    {
      'proc/self/cgroup': '0::/a.slice/b.scope\n',
      'proc/self/mountinfo': V2,
      'sys/fs/cgroup/a.slice/memory.max': `${200 * MB}\n`,
      'sys/fs/cgroup/a.slice/b.scope/memory.max': 'max\n',
    },
    200 * MB,
  ],
  [
    'version 2 where ours is held back before it is ended',
    {
      'proc/self/cgroup': '0::/a\n',
      'proc/self/mountinfo': V2,
      'sys/fs/cgroup/a/memory.max': `${400 * MB}\n`,
      'sys/fs/cgroup/a/memory.high': `${100 * MB}\n`,
    },
    100 * MB,
  ],
  [
    'version 2 of which only a part is mounted',
    {
      'proc/self/cgroup': '0::/docker/1f/inner\n',
      'proc/self/mountinfo': V2.replace('0:28 / ', '0:28 /docker/1f '),
      'sys/fs/cgroup/inner/memory.max': `${150 * MB}\n`,
    },
    150 * MB,
  ],
  [
    'version 2 where ours is outside of what is mounted',
    {
      'proc/self/cgroup': '0::/../sibling\n',
      'proc/self/mountinfo': V2,
      'sys/fs/cgroup/memory.max': `${250 * MB}\n`,
    },
    250 * MB,
  ],
  [
    'version 1 in a container that sees the names of the host',
    {
      'proc/self/cgroup': '4:memory:/docker/1f\n1:cpu,cpuacct:/docker/1f\n',
      'proc/self/mountinfo': OTHERS + V1.replace('0:32 / ', '0:32 /docker/1f '),
      'sys/fs/cgroup/memory/memory.limit_in_bytes': `${120 * MB}\n`,
    },
    120 * MB,
  ],
  [
    'version 1 beside an empty version 2',
    {
      'proc/self/cgroup': '4:memory:/a/b\n0::/\n',
      'proc/self/mountinfo': OTHERS + V1 + V2.replace('/sys/fs/cgroup ', '/sys/fs/cgroup/unified '),
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      'sys/fs/cgroup/memory/a/memory.limit_in_bytes': `${180 * MB}\n`,
      'sys/fs/cgroup/memory/a/b/memory.limit_in_bytes': '9223372036854771712\n',
    },
    180 * MB,
  ],
]

it.each(limits)('memory: %s', async (_, files, limit) => {
  expect(addon.memoryLimit(await rootWith(files))).toBe(limit)
})

/** A group that this process may make for one resource: the folder of the files, and what is written into which. */
interface Group {
  readonly folder: string
  readonly limits: Record<string, string>
}

/** Two groups, one in the other, of which the outer is limited to a core and 512 MB; of each version, where they can be made. */
function groups(): Group[] {
  const top = '/sys/fs/cgroup'
  const v2 = { 'cpu.max': '100000 100000', 'memory.max': `${512 * MB}` }
  const v1 = [
    { folder: join(top, 'cpu'), limits: { 'cpu.cfs_quota_us': '100000' } },
    { folder: join(top, 'memory'), limits: { 'memory.limit_in_bytes': `${512 * MB}` } },
  ]
  return existsSync(join(top, 'cgroup.controllers')) ? [{ folder: top, limits: v2 }] : v1
}

/** Makes them; the folders of the inner ones, or why that cannot be. */
function make(name: string): { inner: string[] } | { why: string } {
  const made: string[] = []
  const remove = (): void => {
    for (const folder of made.reverse()) rmdirSync(folder)
  }
  try {
    for (const { folder, limits: given } of groups()) {
      const [outer, inner] = [join(folder, name), join(folder, name, 'inner')]
      mkdirSync(outer)
      made.push(outer)
      for (const [file, text] of Object.entries(given)) writeFileSync(join(outer, file), text)
      mkdirSync(inner)
      made.push(inner)
    }
  } catch (error) {
    remove()
    return { why: (error as Error).message }
  }
  onTestFinished(remove)
  return { inner: made.filter((folder) => folder.endsWith('/inner')) }
}

const hasTaskset = process.platform === 'linux' && existsSync('/usr/bin/taskset')

describe('what a program gets', () => {
  it('schedulers and heaps by the quota and the memory of the control groups around it', async ({ skip }) => {
    const made = make(`rumpus-test-${process.pid}`)
    if ('why' in made) return skip(`this process may make no control group: ${made.why}`)
    const project = await userProject('limits')
    // A shell enters the groups and becomes Node.
    const enter = made.inner.map((folder) => `echo $$ > ${folder}/cgroup.procs`).join(' && ')
    const stdout = execFileSync('sh', ['-c', `${enter} && exec "$0" limits.mjs`, process.execPath], {
      cwd: project.folder,
      encoding: 'utf8',
      timeout: 50_000,
    })
    // Three quarters of 512 MB, for one scheduler and the host.
    expect(JSON.parse(stdout)).toEqual({ schedulers: 1, heapMb: 192 })
  })

  it.skipIf(!hasTaskset)('as many schedulers as cores that it may run on', async () => {
    const project = await userProject('limits')
    const [core = '0'] = /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.slice(1) ?? []
    const stdout = execFileSync('taskset', ['-c', core, process.execPath, 'limits.mjs'], {
      cwd: project.folder,
      encoding: 'utf8',
      timeout: 50_000,
    })
    expect(JSON.parse(stdout)).toMatchObject({ schedulers: 1 })
  })
})

it('the memory is looked for when the first thread is started, and no sooner', async () => {
  const asked = vi.spyOn(addon, 'memoryLimit')
  await run(async () => {}, { schedulers: 2 })
  expect(asked).toHaveBeenCalledTimes(0)
  await run(async () => {}, { schedulers: 2, eager: true })
  expect(asked).toHaveBeenCalledTimes(1)
  await run(async () => {}, { schedulers: 2, eager: true, heapMb: 64 })
  expect(asked).toHaveBeenCalledTimes(1)
  asked.mockRestore()
})
