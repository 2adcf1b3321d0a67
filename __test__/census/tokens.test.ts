import { describe, expect, it } from 'vitest'
import { countLines, countTokens } from '../../examples/census/tokens.js'

const breathe = async () => {}
const count = (text: string, extension = '.js') => countTokens(text, extension, breathe)

async function check(text: string, tokens: number, names: Record<string, number>, extension?: string) {
  const found = await count(text, extension)
  expect(found).toEqual({ tokens, names: new Map(Object.entries(names)) })
}

async function checkFault(text: string, code: string, reason: string, extension?: string) {
  expect(await count(text, extension)).toEqual({ code, reason })
}

describe('countTokens', () => {
  it('counts neither white space, line ends, comments nor a hashbang', async () => {
    await check('#!/usr/bin/env node\n// one\n/* two\n three */ \t\n', 0, {})
    await check('', 0, {})
  })

  it('counts names that are not reserved as identifiers, as often as they occur', async () => {
    await check('const total = total + other.total; return new this.constructor(null)', 17, {
      total: 3,
      other: 1,
      constructor: 1,
    })
  })

  it('treats names of Object.prototype like any other', async () => {
    await check('__proto__ = constructor.toString', 5, { ['__proto__']: 1, constructor: 1, toString: 1 })
  })

  it('keeps the mark of private names and the spelling of escapes', async () => {
    await check('class A { #x = 1; y() { return this.#x } } \\u0061', 18, { A: 1, '#x': 2, y: 1, '\\u0061': 1 })
  })

  it('tells a regular expression from a division', async () => {
    await check('a = /b"c/g; d / e / f', 9, { a: 1, d: 1, e: 1, f: 1 })
  })

  it('counts each part of a template and the names inside it', async () => {
    await check('`a ${b} c ${`${d}`} e`', 7, { b: 1, d: 1 })
  })

  it('reads TypeScript with generics, decorators and non-ASCII names', async () => {
    await check(
      '@sealed() class Größe<T extends object> { 名前?: Map<string, T> }',
      22,
      {
        sealed: 1,
        Größe: 1,
        T: 2,
        object: 1,
        名前: 1,
        Map: 1,
        string: 1,
      },
      '.ts',
    )
  })

  it.each(['.jsx', '.tsx', '.js'])('reads JSX in %s, text with an apostrophe included', async (extension) => {
    const found = await count("const view = <Box a='1'>don't <br/> {value} </Box>", extension)
    expect(found).toMatchObject({
      names: new Map([
        ['view', 1],
        ['Box', 2],
        ['a', 1],
        ['br', 1],
        ['value', 1],
      ]),
    })
  })

  it('reads a fragment, and generics that look like JSX', async () => {
    expect(await count("return <>it's</>", '.jsx')).toMatchObject({ tokens: 7 })
    expect(await count('const id = <T,>(value: T) => value', '.tsx')).toMatchObject({
      names: new Map([
        ['id', 1],
        ['T', 2],
        ['value', 2],
      ]),
    })
  })

  it('pauses in the midst of a long source', async () => {
    let breaths = 0
    const found = await countTokens('a;'.repeat(50_000), '.js', async () => {
      breaths += 1
    })
    expect(found).toEqual({ tokens: 100_000, names: new Map([['a', 50_000]]) })
    expect(breaths).toBeGreaterThan(5)
  })
})

it('countTokens gives up when a pause rejects, and does not take that for a fault of the source', async () => {
  const counting = countTokens('a;'.repeat(50_000), '.js', () => Promise.reject(new Error('enough')))
  await expect(counting).rejects.toThrow('enough')
})

describe('countTokens on a broken source', () => {
  it.each([
    ["let a\nlet b = 'x\nlet c", 'unterminated-string', 'unterminated string at line 2'],
    ['a\r\nb\r\n`c', 'unterminated-template', 'unterminated template at line 3'],
    ['`a ${b} c', 'unterminated-template', 'unterminated template at line 1'],
    ['\n`a ${ b + `${c}`', 'unterminated-template', 'unterminated template at line 2'],
    ['a /* b\n*', 'unterminated-comment', 'unterminated comment at line 1'],
    ['\n\na = /b', 'unterminated-regexp', 'unterminated regular expression at line 3'],
    ['a\n\u0000', 'invalid-token', 'invalid token "\\u0000" (U+0000) at line 2'],
    ['x = “y”', 'invalid-token', 'invalid token "“" (U+201C) at line 1'],
  ])('says what is wrong with %j and where', checkFault)

  it('names an unterminated JSX string, and tags that do not close', async () => {
    await checkFault("\nreturn <a b='", 'unterminated-jsx', 'unterminated JSX string at line 2', '.jsx')
    await checkFault("return\n(<a>don't", 'unterminated-jsx', 'unbalanced JSX tags from line 2', '.jsx')
  })

  it('reports a giant literal, even where it exhausts the tokenizer', async () => {
    const found = await count(`a = /*${'*'.repeat(15_000_000)}`)
    expect(found).toMatchObject({ code: expect.stringMatching(/^(?:tokenizer|unterminated-comment)$/) })
    expect(found).toMatchObject({ reason: expect.stringContaining('line 1') })
  })
})

describe('countLines', () => {
  it.each([
    ['', 0],
    ['a', 1],
    ['a\n', 1],
    ['a\nb', 2],
    ['\n\n', 2],
    ['a\r\nb\r\n', 2],
    ['a\rb', 2],
    ['a\r\n\rb\n', 3],
  ])('finds in %j lines: %i', (text, lines) => {
    expect(countLines(text)).toBe(lines)
  })
})
