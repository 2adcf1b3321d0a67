// Owns how the code blocks of documents are found.

/** A code block of a document. */
export interface Snippet {
  /** Its file and line. */
  readonly place: string
  /** What stands behind its fence. */
  readonly info: string
  readonly code: string
}

/** The fenced ts and js blocks of a text, with the line they start at. */
export function snippetsOf(path: string, text: string): Snippet[] {
  const fences = text.matchAll(
    /^(?<indent> *)```(?<info>(?:ts|js|typescript|javascript)\b[^\n]*)\n(?<code>[\s\S]*?)^ *```$/gm,
  )
  return [...fences].map(({ index, groups }) => ({
    place: `${path}:${text.slice(0, index).split('\n').length}`,
    info: (groups?.info ?? '').trim(),
    code: (groups?.code ?? '').replaceAll(`\n${groups?.indent}`, '\n'),
  }))
}
