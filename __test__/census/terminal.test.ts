import { describe, expect, it } from 'vitest'
import { isLive, painter, printable, wantsColor } from '../../examples/census/terminal.js'

describe('wantsColor', () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [undefined, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [undefined, { FORCE_COLOR: '', TERM: 'dumb' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: 'false' }, false],
    [false, { FORCE_COLOR: '3', NO_COLOR: '1' }, true],
  ])('with isTTY %s and %j: %s', (isTTY, env, wanted) => {
    expect(wantsColor(isTTY === undefined ? {} : { isTTY }, env)).toBe(wanted)
  })
})

describe('isLive', () => {
  it('asks for a terminal that can go back, whatever is said of colours', () => {
    expect(isLive({ isTTY: true }, { NO_COLOR: '1', TERM: 'xterm' })).toBe(true)
    expect(isLive({ isTTY: true }, { TERM: 'dumb' })).toBe(false)
    expect(isLive({ isTTY: false }, { FORCE_COLOR: '1' })).toBe(false)
    expect(isLive({}, {})).toBe(false)
  })
})

describe('painter', () => {
  it('leaves a text as it is unless colours are wanted', () => {
    expect(painter(false).green('a')).toBe('a')
    expect(painter(true).green('a')).toBe('\u001B[32ma\u001B[39m')
  })
})

describe('printable', () => {
  it('lets nothing through that could steer a terminal', () => {
    expect(printable('/a\u0007b\u001B[2J\u009B1m\u202E.js\n')).toBe('/a\\u{7}b\\u{1b}[2J\\u{9b}1m\\u{202e}.js\\u{a}')
    expect(printable('/größe/名.js')).toBe('/größe/名.js')
  })
})
