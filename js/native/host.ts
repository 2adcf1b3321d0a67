// Knows the system and the engine that this program runs on, and what of it rumpus is published for. Never true here: a
// binary is loaded, a process is started.

import { builtin } from '../builtin.ts'

const { existsSync, readFileSync } = builtin('node:fs')

/** The engine and the system, as errors tell them. */
export interface Host {
  readonly engine: 'Node.js' | 'Bun' | 'Deno' | 'Electron'
  /** The engine's own version. */
  readonly version: string
  readonly platform: string
  readonly arch: string
  /** On Linux only. */
  readonly libc: 'gnu' | 'musl' | undefined
}

/** What a host is told by; a test gives its own. */
export interface Evidence {
  readonly platform: string
  readonly arch: string
  readonly versions: Readonly<Record<string, string | undefined>>
  /** The text of `/usr/bin/ldd`; throws where there is none. */
  ldd(): string
  /** Node's report of this process; throws or is nothing where the engine has none. */
  report(): { header?: { glibcVersionRuntime?: string }; sharedObjects?: string[] } | undefined
  /** Whether there is a file. */
  exists(path: string): boolean
}

/** The oldest Node.js that has what the package uses: `require` of a module, above all. */
const NODE_MIN = [20, 19] as const

/** What platform packages there are, by their last part; `napi.targets` in package.json says the same. */
const PLATFORMS: readonly string[] = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm64-gnu',
  'linux-arm64-musl',
  'linux-x64-gnu',
  'linux-x64-musl',
  'win32-arm64-msvc',
  'win32-x64-msvc',
]

const here: Evidence = {
  platform: process.platform,
  arch: process.arch,
  versions: process.versions,
  ldd: () => readFileSync('/usr/bin/ldd', 'utf8'),
  report: () => {
    // Without its network part, which may ask name servers.
    const report = process.report as typeof process.report & { excludeNetwork?: boolean }
    const before = report.excludeNetwork
    report.excludeNetwork = true
    try {
      return report.getReport() as ReturnType<Evidence['report']>
    } finally {
      if (before !== undefined) report.excludeNetwork = before
    }
  },
  exists: existsSync,
}

/** The engine and the system of this program. */
export const detectHost = (evidence: Evidence = here): Host => {
  const { versions, platform, arch } = evidence
  const foreign = (['Bun', 'Deno', 'Electron'] as const).find((name) => versions[name.toLowerCase()] !== undefined)
  const engine = foreign ?? 'Node.js'
  const version = versions[foreign?.toLowerCase() ?? 'node'] ?? 'of no known version'
  return { engine, version, platform, arch, libc: platform === 'linux' ? detectLibc(evidence) : undefined }
}

/** As napi-rs does: the script `ldd` first, because a report takes milliseconds; who has neither may have musl's loader. */
const detectLibc = ({ ldd, report, exists, arch }: Evidence): 'gnu' | 'musl' => {
  const text = attempt(ldd)
  if (text !== undefined) return text.includes('musl') ? 'musl' : 'gnu'
  const seen = attempt(report)
  if (seen?.header?.glibcVersionRuntime) return 'gnu'
  if (seen?.sharedObjects?.some((path) => /libc\.musl-|ld-musl-/.test(path))) return 'musl'
  return attempt(() => exists(`/lib/ld-musl-${arch === 'x64' ? 'x86_64' : arch === 'arm64' ? 'aarch64' : arch}.so.1`))
    ? 'musl'
    : 'gnu'
}

const attempt = <T>(ask: () => T): T | undefined => {
  try {
    return ask()
  } catch {
    return undefined
  }
}

/** The last part of the name of the host's platform package, as napi-rs spells it: `linux-x64-gnu`, `darwin-arm64`. */
export const platformName = ({ platform, arch, libc }: Host): string => {
  const end = platform === 'win32' ? 'msvc' : libc
  return [platform, arch, ...(end === undefined ? [] : [end])].join('-')
}

/** Those of the other platforms, where a host's own is one that is published; nothing where it is not. */
export const otherPlatforms = (host: Host): readonly string[] | undefined => {
  const own = platformName(host)
  return PLATFORMS.includes(own) ? PLATFORMS.filter((name) => name !== own) : undefined
}

/** Why a host cannot load any binary of ours and what to do, or nothing. */
export const refuseHost = ({ engine, version }: Host): string | undefined => {
  if (engine === 'Electron') {
    return 'Electron forbids memory that threads share with native code: start a Node.js of its own beside it'
  }
  if (engine !== 'Node.js') return `run it with Node.js ${NODE_MIN.join('.')} or newer`
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const old = major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1])
  return old ? `update Node.js to ${NODE_MIN.join('.')} or newer` : undefined
}

/** A host in words: `Node.js 20.20.2 on linux x64, libc gnu`. */
export const describeHost = ({ engine, version, platform, arch, libc }: Host): string =>
  `${engine} ${version} on ${platform} ${arch}${libc === undefined ? '' : `, libc ${libc}`}`
