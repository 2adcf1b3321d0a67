// The node table: how nested values travel that are no plain trees. Owns its shape, which `graph.ts` writes and `raise.ts`
// reads.

import { isError } from '../realms.ts'

// A list of nodes, the first being the value. A cell is a string that UTF-8 leaves as it is, a number, a boolean or null as
// itself, or a list: [0] undefined, [1, node] a reference, [2, hex] a bigint, [3] -0, [4, bytes] any other string, in UTF-16,
// [5] a hole.
export type Cell = string | number | boolean | null | [number, ...unknown[]]
export type Node = [kind: number, ...parts: unknown[]]
export type Table = Node[]

export const OBJECT = 0
export const BARE_OBJECT = 1
export const LIST = 2
export const MAP = 3
export const SET = 4
export const DATE = 5
export const REGEXP = 6
export const ERROR = 7
export const DATA = 8
/** An instance of a registered class: its name, and what its `encode` answered. */
export const INSTANCE = 9
/** A piece of cargo: its number in that. */
export const MOVED = 10
/** A view of binary data that moves: its number in the cargo, class, offset and length in bytes. */
export const MOVED_VIEW = 11

/** The nodes that a node refers to. */
export const edgesOf = (table: Table, number: number): number[] => {
  const edges: number[] = []
  for (const cell of table[number]!) {
    if (!Array.isArray(cell) || cell[0] !== 1) continue
    const to: unknown = cell[1]
    if (Number.isInteger(to) && (to as number) >= 0 && (to as number) < table.length) edges.push(to as number)
  }
  return edges
}

/** What was thrown, in a few words; it may be anything. */
export const wordsOf = (thrown: unknown): string => {
  try {
    return isError(thrown) ? `${thrown.name}: ${thrown.message}` : `a ${typeof thrown}`
  } catch {
    return 'something that cannot be shown'
  }
}
