// Goal: what the documents show works. Method: run every ts and js block as a program of its own, in a folder of the
// repository that git ignores, so that `rumpus` means this package and its definitions have a URL.

import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { transformSync } from 'rolldown/utils'
import { describe, expect, it } from 'vitest'
import { filesIn, read, root } from './repository.ts'
import { type Snippet, snippetsOf } from './snippets.ts'

const folder = `${root}target/snippets`

/** A TypeScript text reduced to its documentation comments, line by line. */
function documentationOf(text: string): string {
  let inside = false
  const keep = (line: string): string => {
    if (/^\s*\/\*\*/.test(line)) inside = true
    const kept = inside ? line.replace(/^\s*(\/\*\*|\*\/|\*) ?/, '') : ''
    if (line.includes('*/')) inside = false
    return kept
  }
  return text.split('\n').map(keep).join('\n')
}

/** A block may be left out for a reason only: `ts ignore=reason`. */
const ignored = ({ info }: Snippet): boolean => /\bignore=\S/.test(info)
const ignoredWithoutReason = ({ info }: Snippet): boolean => /\bignore\b/.test(info) && !/\bignore=\S/.test(info)

/** What a page imports relatively lies beside the page. */
const fromItsPage = ({ place, code }: Snippet): string =>
  code.replaceAll(/(?<=from )'(\.\.?\/[^']+)'/g, (_, path) => `'${new URL(path, pathToFileURL(root + place)).href}'`)

/** Runs a snippet with Node and answers how it ended: `''`, or what went wrong. */
function run(snippet: Snippet): Promise<string> {
  const program = `${folder}/${snippet.place.replaceAll(/\W+/g, '-')}.mjs`
  const text = fromItsPage(snippet)
  const { code: script, errors } = transformSync('snippet.ts', text, { typescript: { onlyRemoveTypeImports: true } })
  if (errors.length > 0) return Promise.resolve(errors.map(({ message }) => message).join('\n'))
  mkdirSync(folder, { recursive: true })
  writeFileSync(program, script)
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 30_000,
      killSignal: 'SIGKILL',
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.on('close', (status, signal) => resolve(status === 0 ? '' : `${signal ?? `exit code ${status}`}\n${output}`))
  })
}

rmSync(folder, { recursive: true, force: true })
const pages = [...filesIn('', 'md'), ...filesIn('docs', 'md'), ...filesIn('examples', 'md')]
const snippets = [
  ...pages.filter((path) => path !== 'CHANGELOG.md').flatMap((path) => snippetsOf(path, read(path))),
  ...filesIn('js', 'ts').flatMap((path) => snippetsOf(path, documentationOf(read(path)))),
]

describe.concurrent('snippets', () => {
  it('are left out for a reason only', () => {
    expect(snippets.filter(ignoredWithoutReason)).toEqual([])
  })

  for (const snippet of snippets.filter((one) => !ignored(one))) {
    it(`${snippet.place} runs`, async () => {
      expect(await run(snippet)).toBe('')
    })
  }

  it('would be refused otherwise', async () => {
    const text = 'a\n```ts ignore\nx\n```\n```js\nprocess.exitCode = 3\n```\n```ts\nconst = 1\n```\n```sh\nx\n```\n'
    const [bare, wrong, unparsed, ...more] = snippetsOf('bad.md', text)
    expect(more).toEqual([])
    expect(bare && ignoredWithoutReason(bare)).toBe(true)
    expect(wrong && (await run(wrong))).toMatch('exit code 3')
    expect(unparsed && (await run(unparsed))).not.toBe('')
    const beside = { place: 'examples/a/README.md:9', info: 'js', code: "import { b } from './b.js'\nsend('./b.js')" }
    expect(fromItsPage(beside)).toMatch(
      /^import \{ b \} from 'file:\/\/\/.+\/examples\/a\/b\.js'\nsend\('\.\/b\.js'\)$/,
    )
    const documented = snippetsOf(
      'a.ts',
      documentationOf('/**\n * ```ts\n * a\n * ```\n */\nconst b = `\n```ts\n```\n`'),
    )
    expect(documented.map(({ place, code }) => [place, code])).toEqual([['a.ts:2', 'a\n']])
  })
})
