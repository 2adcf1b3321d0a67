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

const native: Record<string, number> = Object.fromEntries(
  addon.layoutConstants().map(({ name, value }) => [name, value]),
)

it('layoutConstants: every number of the addon is the same in layout.ts, and named once', () => {
  expect(Object.keys(native).length).toBe(addon.layoutConstants().length)
  expect(layout).toMatchObject(native)
})

it('layoutConstants: every number of layout.ts is told by the addon', () => {
  // These follow from INDEX_BITS, and from 32 bits being half of 64.
  const derived = ['INDEX_MASK', 'HIGH']
  expect(Object.keys(layout).filter((name) => !derived.includes(name) && !(name in native))).toEqual([])
})

it('errorTable names classes that exist, statuses once, and codes of ours', () => {
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
