// The numbers that Rust and JavaScript agree on, and the classes that the error table names.

import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import * as errors from '../../js/errors.ts'
import * as layout from '../../js/native/layout.ts'
import type { Addon } from '../../js/native/load.ts'

const folder = fileURLToPath(new URL('../../dist/native/', import.meta.url))
const binary = readdirSync(folder).find((file) => file.endsWith('.node')) as string
const addon = createRequire(import.meta.url)(`${folder}${binary}`) as Addon

it('layout.ts says what the addon says, all of it', () => {
  const native = Object.fromEntries(addon.layoutConstants().map(({ name, value }) => [name, value]))
  expect(Object.keys(native).length).toBe(addon.layoutConstants().length)
  expect({ ...layout }).toEqual(native)
})

it('the error table names classes that exist, statuses once, and codes of ours', () => {
  const table = addon.errorTable()
  expect(table.length).toBeGreaterThan(0)
  for (const row of table) {
    const Class = (errors as Record<string, unknown>)[row.class] ?? (globalThis as Record<string, unknown>)[row.class]
    expect(Class, row.class).toBeTypeOf('function')
    expect((Class as { prototype: unknown }).prototype).toBeInstanceOf(Error)
    expect(row.code).toMatch(/^ERR_RUMPUS_[A-Z_]+$/)
    expect(row.message).not.toBe('')
  }
  expect(new Set(table.map(({ status }) => status)).size).toBe(table.length)
})
