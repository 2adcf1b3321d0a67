// How a pid is laid out, and shown: the slot of its process in the low 26 bits, the number of its runtime in 6, the generation
// above them. Knows no process and no runtime.

import type { Pid } from './types.ts'

const SLOTS = 2 ** 26
const WORD = 2 ** 32

/** The pid of the `serial`th process of a runtime that makes no use of slots: none ever has the slot and generation of another. */
export const pidOf = (runtime: number, serial: number): number =>
  Math.floor(serial / SLOTS) * WORD + runtime * SLOTS + (serial % SLOTS)

/** The number of the runtime that a pid names. */
export const runtimeNumberOf = (pid: number): number => (pid | 0) >>> 26

/**
 * Shows a pid as Erlang does: slot, generation and runtime, `<12.0.1>`.
 *
 * @param pid - whom
 * @example
 * ```ts
 * import { formatPid, run } from 'rumpus'
 * import assert from 'node:assert/strict'
 *
 * await run(async (self) => assert.match(formatPid(self.pid), /^<\d+\.\d+\.\d+>$/))
 * ```
 */
export const formatPid = (pid: Pid): string => {
  const low = (pid as number) | 0
  return `<${low & 0x3ffffff}.${Math.floor((pid as number) / 4294967296)}.${low >>> 26}>`
}
