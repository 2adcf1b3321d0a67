// How much memory the control groups (cgroups) of Linux leave this process: that of a container, or of a systemd unit. Node's own
// figure, `process.constrainedMemory()`, looks at the innermost group alone, whereas a limit on any around it holds as well.
// Reads files; never fails, elsewhere there is no limit.

import { builtin } from '../builtin.ts'

const { existsSync, readFileSync } = builtin('node:fs')
const { join, posix } = builtin('node:path')

/** Where the groups of one version stand: the folder in which they begin, which group that is, and which one is ours. */
interface Hierarchy {
  readonly folder: string
  readonly top: string
  readonly own: string
  /** Files that hold a limit in bytes. */
  readonly files: readonly string[]
}

/** The least limit in bytes, or `Infinity`. `root` is the folder to see as `/`. */
export const memoryLimit = (root = '/'): number => {
  const limits = hierarchies(root).flatMap(({ folder, top, own, files }) =>
    groupsAround(top, own).flatMap((group) => files.map((file) => bytesIn(join(root, folder, group, file)))),
  )
  return Math.min(Number.POSITIVE_INFINITY, ...limits)
}

/** Both versions may be there at once; memory belongs to one of them. */
const hierarchies = (root: string): Hierarchy[] => {
  const groups = textOf(join(root, 'proc/self/cgroup')).split('\n')
  const mounts = textOf(join(root, 'proc/self/mountinfo')).split('\n')
  const ownOf = (matches: (controllers: string) => boolean): string | undefined => {
    const line = groups.find((one) => matches(one.split(':')[1] ?? ' '))
    return line?.split(':').slice(2).join(':')
  }
  const find = (type: string, option: string, own: string | undefined, files: readonly string[]): Hierarchy[] => {
    for (const mount of mounts) {
      // `36 35 98:0 /top /folder rw,noatime - type source options`
      const [place = '', what = ''] = mount.split(' - ')
      const [found = '', , options = ''] = what.split(' ')
      const [, , , top, folder] = place.split(' ')
      if (found !== type || own === undefined || top === undefined || folder === undefined) continue
      if (option === '' || options.split(',').includes(option)) return [{ folder, top, own, files }]
    }
    return []
  }
  return [
    ...find(
      'cgroup2',
      '',
      ownOf((controllers) => controllers === ''),
      ['memory.max', 'memory.high'],
    ),
    ...find(
      'cgroup',
      'memory',
      ownOf((controllers) => controllers.split(',').includes('memory')),
      ['memory.limit_in_bytes'],
    ),
  ]
}

/** The group and all around it, as paths from the folder; one that lies outside of what is mounted is seen as its top. */
const groupsAround = (top: string, own: string): string[] => {
  const inside = posix.relative(top, own)
  const parts = inside === '' || inside.startsWith('..') ? [] : inside.split('/')
  return [...parts.map((_, i) => parts.slice(0, parts.length - i).join('/')), '']
}

/** `max`, an empty text and no file are no limit. */
const bytesIn = (path: string): number => {
  const text = textOf(path).trim()
  return /^\d+$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY
}

const textOf = (path: string): string => {
  try {
    // Most are not there, and an error costs more than the question.
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  } catch {
    return ''
  }
}
