// Owns the folders of generated sources that the census tests work on.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { seeded } from '../fixtures/random.mjs'

/** Writes the files into a new folder that goes away with the test, and returns its path. */
export function folder(files: Record<string, string | Uint8Array>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'rumpus-census-')))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}

/** Many small sound files, some of them with the same content; every path and content follows from the seed. */
export function generatedSources(seed: number, count: number): Record<string, string> {
  const random = seeded(seed)
  const files: Record<string, string> = {}
  const contents: string[] = []
  for (let index = 0; index < count; index += 1) {
    const repeat = contents.length > 0 && random() < 0.1
    const content = repeat ? contents[Math.floor(random() * contents.length)]! : generatedSource(random)
    contents.push(content)
    files[`package-${index % 7}/lib/module-${index}.${index % 5 === 0 ? 'ts' : 'js'}`] = content
  }
  return files
}

function generatedSource(random: () => number): string {
  const lines = Array.from({ length: 1 + Math.floor(random() * 60) }, () => {
    const [a, b] = [Math.floor(random() * 40), Math.floor(random() * 1000)]
    return `const name${b} = shared${a} + \`text \${value${b % 11}.length} \` + 'it' // a comment`
  })
  return `${lines.join('\n')}\n`
}
