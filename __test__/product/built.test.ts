// Goal: what threads load is quick to read for V8. Method: parse what was built.

import { parseAst } from 'rolldown/parseAst'
import { expect, it } from 'vitest'
import { read } from '../tidy/repository.ts'

/** The functions at the top of a module that V8 reads whole when it first reads the module. */
function readWhole(text: string): string[] {
  return parseAst(text).body.flatMap((statement) => {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type !== 'VariableDeclaration') return []
    return declaration.declarations.flatMap(({ id, init }) =>
      init?.type === 'ArrowFunctionExpression' && init.body.type === 'BlockStatement' && id.type === 'Identifier'
        ? [id.name]
        : [],
    )
  })
}

it.each(['shared', 'scheduler-thread', 'otp', 'fibers'])('%s: no function is read before it is called', (name) => {
  expect(readWhole(read(`dist/${name}.js`))).toEqual([])
})

it('would be told otherwise', () => {
  const text =
    'export const a = (b) => { return b }\nconst c = () => 1\nfunction d() {}\nconst e = 1, f = async () => { await e }'
  expect(readWhole(text)).toEqual(['a', 'f'])
})
