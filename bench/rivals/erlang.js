// Rival `erlang`: OTP itself, where `erl` is installed. Rows of one core run on one scheduler, those of two on two. Owns the call of
// erlang_rival.erl, which is compiled in memory; its CPU time is not ours, so the column `cores` does not know it.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The rival's name if it can run here. @type {readonly string[]} */
export const ERLANG = (process.env['PATH'] ?? '').split(delimiter).some((path) => existsSync(join(path, 'erl')))
  ? ['erlang']
  : []

const WARM_MS = 500

/** @param {import('../measure.js').Measure} tools */
export const run = (tools) =>
  tools.observe(async (ms) => {
    const row = tools.word('row')
    const source = fileURLToPath(new URL('./erlang_rival.erl', import.meta.url))
    const program = `{ok, M, B} = compile:file(${JSON.stringify(source)}, [binary]), code:load_binary(M, "", B), M:main(${JSON.stringify(row)}, ${ms}, ${WARM_MS}).`
    const schedulers = row.startsWith('store/update-contended') ? '2:2' : '1:1'
    const { status, stdout, stderr } = spawnSync(
      'erl',
      ['+S', schedulers, '-noshell', '-kernel', 'logger_level', 'none', '-eval', program],
      {
        encoding: 'utf8',
      },
    )
    if (status !== 0) throw new Error(`erl failed (${status}): ${stderr || stdout}`)
    const [value, operations] = stdout.trim().split(' ').map(Number)
    return { value: value ?? Number.NaN, operations: operations ?? 0 }
  })
