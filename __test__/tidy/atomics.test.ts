// Goal: every atomic names its partner and every unsafe line its proof. Method: read the comments above each of them.

import { expect, it } from 'vitest'
import { filesIn, layersOfRust, read } from './repository.ts'

const ordering = /\bOrdering::(Relaxed|Acquire|Release|AcqRel|SeqCst)\b|(?<!\bfn )\bfence\(/
const unsafe = /\bunsafe\s*(\{|impl\b|$)/

/** The lines of a Rust text that match `what` without a comment that matches `proof` on them or at most `reach` lines above. */
function unproven(path: string, text: string, what: RegExp, proof: RegExp, reach: number): string[] {
  const { bare, comments } = layersOfRust(text)
  return bare.flatMap((line, at) => {
    const above = comments.slice(Math.max(0, at - reach), at + 1).join('\n')
    return what.test(line) && !proof.test(above) ? [`${path}:${at + 1} ${line.trim()}`] : []
  })
}

const silentOrderings = (path: string, text: string): string[] => unproven(path, text, ordering, /pairs|Relaxed/i, 6)
const silentUnsafe = (path: string, text: string): string[] => unproven(path, text, unsafe, /\bSAFETY\b/, 8)

/** Orderings are written in full, or the rule above would not see them. */
const hiddenOrderings = (path: string, text: string): string[] =>
  layersOfRust(text).bare.flatMap((line, at) =>
    /\buse\b.*\bOrdering::/.test(line) ? [`${path}:${at + 1} ${line.trim()}`] : [],
  )

it('every ordering and fence says what it pairs with, or why Relaxed is enough', () => {
  const files = [...filesIn('crates/sync/src', 'rs'), ...filesIn('crates/runtime/src', 'rs')]
  expect(files.length).toBeGreaterThan(10)
  expect(files.flatMap((path) => [...silentOrderings(path, read(path)), ...hiddenOrderings(path, read(path))])).toEqual(
    [],
  )
})

it('every unsafe block and impl has its SAFETY line', () => {
  expect(filesIn('crates', 'rs').flatMap((path) => silentUnsafe(path, read(path)))).toEqual([])
})

it('would be refused otherwise', () => {
  const bad = 'a.load(Ordering::Acquire);\nfence(Ordering::SeqCst);\nunsafe { b() }\nunsafe impl Send for C {}\n'
  expect(silentOrderings('bad.rs', bad)).toHaveLength(2)
  expect(silentUnsafe('bad.rs', bad)).toHaveLength(2)
  expect(hiddenOrderings('bad.rs', 'use crate::shim::Ordering::*;')).toHaveLength(1)
  const good = '// Acquire: pairs with push.\na.load(Ordering::Acquire);\n// SAFETY: ours alone.\nunsafe { b() }\n'
  expect([...silentOrderings('good.rs', good), ...silentUnsafe('good.rs', good)]).toEqual([])
})
