// Owns how the tidy tests read the repository: which files there are, what they import, what is comment and what is code.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import jsTokens from 'js-tokens'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** The surfaces of the entries, in the root, and that of the addon. */
const isGenerated = (path: string): boolean => /^\w+\.d\.ts$/.test(path) || path === 'js/native/binding.d.ts'

/** The text of a file, by its path from the root. */
export function read(path: string): string {
  return readFileSync(root + path, 'utf8')
}

/** Paths from the root of the hand-written files below `folder` (`''`: the root alone) with one of the extensions. */
export function filesIn(folder: string, ...extensions: string[]): string[] {
  if (!existsSync(root + folder)) return []
  return readdirSync(root + folder, { recursive: folder !== '' })
    .map((name) => (folder === '' ? '' : `${folder}/`) + String(name).replaceAll('\\', '/'))
    .filter((path) => extensions.some((extension) => path.endsWith(`.${extension}`)) && !isGenerated(path))
    .filter((path) => !path.includes('/node_modules/'))
    .sort()
}

/** All hand-written sources of the repository, in either language. */
export function sources(): string[] {
  const folders = ['', '.ci', '__test__', 'bench', 'crates', 'examples', 'js', 'packaging']
  return folders.flatMap((folder) => filesIn(folder, 'rs', 'ts', 'js', 'mjs'))
}

/** The module specifiers that a TypeScript or JavaScript text imports, re-exports or names in `import('…')` types. */
export function importsOf(text: string): string[] {
  const tokens = [...jsTokens(text)].filter(({ type }) => !/Comment|WhiteSpace|LineTerminator/.test(type))
  return tokens.flatMap(({ type, value }, at) => {
    if (type !== 'StringLiteral' && type !== 'NoSubstitutionTemplate') return []
    const [earlier, before] = [tokens[at - 2]?.value ?? '', tokens[at - 1]?.value ?? '']
    const imported =
      before === 'from' || before === 'import' || (before === '(' && /^(import|require|register)$/.test(earlier))
    return imported ? [value.slice(1, -1)] : []
  })
}

/** The string literals of a TypeScript or JavaScript text. */
export function stringsOf(text: string): string[] {
  return [...jsTokens(text)]
    .filter(({ type }) => /^(String|Template|NoSubstitution)/.test(type))
    .map(({ value }) => value)
}

const rustParts =
  /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)|\bb?c?r(?<hashes>#*)"[\s\S]*?"\k<hashes>|"(?:\\[\s\S]|[^"\\])*"|'(?:\\.[^'\n]*|[^\\'\n])'/g

/** A Rust text as three layers of the same lines: its comments, its code with literals, its code without. */
export function layersOfRust(text: string): { comments: string[]; code: string[]; bare: string[] } {
  const blank = (part: string): string => part.replace(/[^\n]/g, ' ')
  let [comments, code, bare, end] = ['', '', '', 0]
  for (const match of text.matchAll(rustParts)) {
    const between = text.slice(end, match.index)
    const [part] = match
    const isComment = match.groups?.comment !== undefined
    comments += blank(between) + (isComment ? part : blank(part))
    code += between + (isComment ? blank(part) : part)
    bare += between + blank(part)
    end = match.index + part.length
  }
  const rest = text.slice(end)
  return {
    comments: (comments + blank(rest)).split('\n'),
    code: (code + rest).split('\n'),
    bare: (bare + rest).split('\n'),
  }
}
