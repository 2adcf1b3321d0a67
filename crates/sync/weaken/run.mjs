// Weakens one ordering at a time and sees a model fail: a part whose model cannot fail is not proved. Works on a copy of the
// crate, so the checkout stays as it is. Usage: node crates/sync/weaken/run.mjs [part …]

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cases } from './cases.mjs'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const copied = [
  'Cargo.toml',
  'Cargo.lock',
  'crates/sync',
  'crates/runtime/src/sched/idle.rs',
  'crates/runtime/src/process/state.rs',
]
const limitMs = 300_000

/** How loom says that a model does not hold; anything else, a crash of the compiler included, proves nothing. */
const verdicts = [
  ['race', /Causality violation|Concurrent .* accesses/],
  ['deadlock', /deadlock; threads/],
  ['leak', /leaked/],
  ['endless', /Model exceeded maximum number of branches/],
  ['assertion', /assertion|panicked at crates\//],
]

/** A workspace with nothing but the crate, for cargo to chew on. */
function copyCrate() {
  const copy = mkdtempSync(join(tmpdir(), 'rumpus-weaken-'))
  for (const path of copied) {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    cpSync(join(root, path), join(copy, path), { recursive: true })
  }
  const manifest = join(copy, 'Cargo.toml')
  const members = /^members = .*$/m
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(members, 'members = ["crates/sync"]'))
  return copy
}

/** Runs one file of models, or one model of it, and answers what cargo said. */
function runModels(copy, test, model) {
  const { status, stdout, stderr } = spawnSync(
    'cargo',
    ['test', '-q', '--release', '-p', 'rumpus-sync', '--test', test, '--', ...(model ? ['--exact', model] : [])],
    {
      cwd: copy,
      encoding: 'utf8',
      timeout: limitMs,
      maxBuffer: 1 << 26,
      env: {
        ...process.env,
        RUSTFLAGS: '--cfg loom',
        LOOM_MAX_PREEMPTIONS: process.env.LOOM_MAX_PREEMPTIONS ?? '3',
        CARGO_TARGET_DIR: join(root, 'target/weaken'),
        CARGO_PROFILE_RELEASE_LTO: 'false',
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
        CARGO_PROFILE_RELEASE_INCREMENTAL: 'true',
        CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS: 'true',
      },
    },
  )
  return { status, output: `${stdout}${stderr}` }
}

/** Applies a case to the copy; answers how to take it back. */
function weaken(copy, { file, find, replace }) {
  const path = join(copy, 'crates/sync', file)
  const text = readFileSync(path, 'utf8')
  const times = text.split(find).length - 1
  if (times !== 1) throw new Error(`the fragment occurs ${times} times in ${file}: ${find}`)
  writeFileSync(
    path,
    text.replace(find, () => replace),
  )
  return () => writeFileSync(path, text)
}

/** `''` if the weakened model fails as it should, else what is wrong. */
function refusal(copy, one) {
  const takeBack = weaken(copy, one)
  try {
    const { status, output } = runModels(copy, one.test, one.model)
    if (status === 0) return { wrong: /1 passed/.test(output) ? 'the model still holds' : 'no such model' }
    if (!/test result: FAILED/.test(output)) return { wrong: `no verdict from loom\n${output.slice(-2000)}` }
    const seen = verdicts.find(([, says]) => says.test(output))
    return seen ? { seen: seen[0] } : { wrong: `a failure that is not loom's\n${output.slice(-2000)}` }
  } finally {
    takeBack()
  }
}

function main(parts) {
  const unknown = parts.filter((part) => !cases.some((one) => one.part === part))
  if (unknown.length > 0) throw new Error(`no such part: ${unknown.join(', ')}`)
  const chosen = cases.filter(({ part }) => parts.length === 0 || parts.includes(part))
  const copy = copyCrate()
  let failed = 0
  const report = (ok, text) => {
    failed += ok ? 0 : 1
    console.log(`${ok ? 'ok    ' : 'FAILED'}  ${text}`)
  }
  try {
    for (const test of new Set(chosen.map((one) => one.test))) {
      const { status, output } = runModels(copy, test)
      report(status === 0, `${test}: holds as it is${status === 0 ? '' : `\n${output.slice(-2000)}`}`)
    }
    for (const one of chosen) {
      const { wrong, seen } = refusal(copy, one)
      report(!wrong, `${one.part}: ${one.name}: ${wrong ?? `seen as ${seen} by ${one.model}`}`)
    }
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
  console.log(`${chosen.length} weakened, ${failed} failed`)
  return failed
}

process.exitCode = main(process.argv.slice(2)) > 0 ? 1 : 0
