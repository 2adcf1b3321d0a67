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
    [['--schedulers', 'two'], '--schedulers: wanted a whole number from 1 to 63, got "two"'],
    [['--schedulers', '0'], '--schedulers: wanted a whole number from 1 to 63, got "0"'],
    [['--schedulers', '-1'], '--schedulers: wanted a whole number from 1 to 63, got "-1"'],
    [['--schedulers', '64'], '--schedulers: wanted a whole number from 1 to 63, got "64"'],
    [['--schedulers', '1.5'], '--schedulers: wanted a whole number from 1 to 63, got "1.5"'],
    [['--schedulers'], '--schedulers: wanted a whole number from 1 to 63, got no value'],
    [['--top='], '--top: wanted a whole number from 0 to 1000000, got ""'],
    [['--json=yes'], '--json: wanted no value, got "yes"'],
    [['--jsn'], 'option: wanted one of --schedulers, --top, --chaos, --json, --help, got "--jsn"'],
    [['--no-json'], 'option: wanted one of --schedulers, --top, --chaos, --json, --help, got "--no-json"'],
    [['-x'], 'option: wanted one of --schedulers, --top, --chaos, --json, --help, got "-x"'],
    [['--chaos=x'], '--chaos: wanted a whole number from 0 to 4294967295, got "x"'],
    [['--chaos', '4294967296'], '--chaos: wanted a whole number from 0 to 4294967295, got "4294967296"'],
    [['a', 'b'], 'directory: wanted one directory at most, got another, "b"'],
    [[''], 'directory: wanted the path of a directory, got ""'],
  ])('answers %j with one line that says what was wanted', (argv, message) => {
    expect(() => parseOptions(argv)).toThrow(UsageError)
    expect(() => parseOptions(argv)).toThrow(message)
  })

  it('takes a number right behind --chaos for its seed, and draws one where there is none', () => {
    expect(parseOptions(['--chaos', '7', 'some/where'])).toMatchObject({ chaos: 7, directory: resolve('some/where') })
    expect(parseOptions(['--chaos=0'])).toMatchObject({ chaos: 0 })
    expect(parseOptions(['--chaos', 'some/where'])).toMatchObject({
      chaos: expect.any(Number),
      directory: resolve('some/where'),
    })
    expect(parseOptions(['7', '--chaos'])).toMatchObject({ chaos: expect.any(Number), directory: resolve('7') })
    expect(parseOptions(['--chaos', './7'])).toMatchObject({ directory: resolve('7') })
    expect(parseOptions(['--chaos', '--top', '3', '7'])).toMatchObject({ top: 3, directory: resolve('7') })
    const drawn = Array.from({ length: 9 }, () => parseOptions(['--chaos']).chaos)
    expect(new Set(drawn).size).toBeGreaterThan(1)
  })

  it('explains every option in its help', () => {
    const words = ['--schedulers', '--top', '--chaos', '--json', '--help', 'NO_COLOR', 'Exit codes']
    for (const word of words) expect(HELP).toContain(word)
  })
})
