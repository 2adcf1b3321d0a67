import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { HELP, parseOptions, UsageError } from '../../examples/census/options.js'

describe('parseOptions', () => {
  it("defaults to this project's node_modules, text and ten identifiers", () => {
    const directory = fileURLToPath(new URL('../../node_modules', import.meta.url))
    expect(parseOptions([])).toEqual({ directory, json: false, help: false, top: 10 })
  })

  it('takes the directory and the options in any order and form', () => {
    const wanted = { directory: resolve('some/where'), json: true, help: false, top: 3, schedulers: 2 }
    expect(parseOptions(['--json', '--schedulers', '2', 'some/where', '--top=3'])).toEqual(wanted)
    expect(parseOptions(['some/where', '--top', '3', '--schedulers=2', '--json'])).toEqual(wanted)
    expect(parseOptions(['--', '--json'])).toMatchObject({ directory: resolve('--json'), json: false })
    expect(parseOptions(['-h']).help).toBe(true)
  })

  it.each([
    [['--schedulers', 'two'], '--schedulers: wanted a whole number from 1 to 1024, came "two"'],
    [['--schedulers', '0'], '--schedulers: wanted a whole number from 1 to 1024, came "0"'],
    [['--schedulers', '-1'], '--schedulers: wanted a whole number from 1 to 1024, came "-1"'],
    [['--schedulers', '1025'], '--schedulers: wanted a whole number from 1 to 1024, came "1025"'],
    [['--schedulers', '1.5'], '--schedulers: wanted a whole number from 1 to 1024, came "1.5"'],
    [['--schedulers'], '--schedulers: wanted a whole number from 1 to 1024, came no value'],
    [['--top='], '--top: wanted a whole number from 0 to 1000000, came ""'],
    [['--json=yes'], '--json: wanted no value, came "yes"'],
    [['--jsn'], 'option: wanted one of --schedulers, --top, --json, --help, came "--jsn"'],
    [['--no-json'], 'option: wanted one of --schedulers, --top, --json, --help, came "--no-json"'],
    [['-x'], 'option: wanted one of --schedulers, --top, --json, --help, came "-x"'],
    [['a', 'b'], 'directory: wanted one directory at most, came also "b"'],
    [[''], 'directory: wanted the path of a directory, came ""'],
  ])('answers %j with one line that says what was wanted', (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(UsageError)
    expect(() => parseOptions(argv)).toThrow(message)
  })

  it('explains every option in its help', () => {
    for (const option of ['--schedulers', '--top', '--json', '--help', 'Exit codes']) expect(HELP).toContain(option)
  })
})
