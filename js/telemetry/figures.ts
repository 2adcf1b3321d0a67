// Figures: what is counted on each thread and read on the host: how many, how long together, how many within which time. Owns their
// memory, which a thread shares with its host and which outlives it: nothing is sent to be counted, and nothing is lost with a thread.

import { keep } from '../kernel/kept.ts'
import { isolate } from '../kernel/kernels.ts'

/** Upper bounds of the buckets, in seconds. */
export const BOUNDS: readonly number[] = [
  ...[0.000_01, 0.000_05, 0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60],
]
/** Before the buckets, each of which counts what the others do not. */
const COUNT = 0
const SUM = 1
const BUCKETS = 2
/** So many sets of labels a thread tells apart; those beyond are counted as one. */
const SERIES_MAX = 1000

/** What is counted, by the labels. */
export type Labels = Readonly<Record<string, string>>

/** What all threads have counted, of one name with the same labels. */
export interface Figure {
  readonly name: string
  readonly labels: Labels
  readonly count: number
  /** In seconds. */
  readonly sum: number
  /** How many took no longer than each of {@link BOUNDS}. */
  readonly within: readonly number[]
}

/** What this thread counts. */
export class Figures {
  private readonly series = new Map<string, Float64Array>()

  /** Something took `seconds`. The labels are always given in the same order. */
  add(name: string, labels: Labels, seconds: number): void {
    const key = JSON.stringify([name, labels])
    const series = this.series.get(key) ?? this.begin(key, name, labels)
    series[COUNT]!++
    series[SUM]! += seconds
    const at = BOUNDS.findIndex((bound) => seconds <= bound)
    if (at >= 0) series[BUCKETS + at]!++
  }

  private begin(key: string, name: string, labels: Labels): Float64Array {
    if (this.series.size >= SERIES_MAX) {
      const others = Object.fromEntries(Object.keys(labels).map((label) => [label, 'other']))
      const other = JSON.stringify([name, others])
      if (other !== key) return this.series.get(other) ?? this.make(other)
    }
    return this.make(key)
  }

  private make(key: string): Float64Array {
    const memory = new SharedArrayBuffer((BUCKETS + BOUNDS.length) * Float64Array.BYTES_PER_ELEMENT)
    keep('figures', memory, key)
    const series = new Float64Array(memory)
    this.series.set(key, series)
    return series
  }
}

/** What all threads have counted, those that have gone included. For a host. */
export const allFigures = (): Figure[] => {
  const sums = new Map<string, Float64Array>()
  for (const { what, memory, about } of isolate.kept ?? []) {
    if (what !== 'figures') continue
    const counted = new Float64Array(memory)
    const sum = sums.get(String(about)) ?? new Float64Array(counted.length)
    for (let at = 0; at < sum.length; at++) sum[at]! += counted[at]!
    sums.set(String(about), sum)
  }
  return [...sums].map(([key, sum]) => {
    const [name, labels] = JSON.parse(key) as [string, Labels]
    let within = 0
    const buckets = BOUNDS.map((_, at) => (within += sum[BUCKETS + at]!))
    return { name, labels, count: sum[COUNT]!, sum: sum[SUM]!, within: buckets }
  })
}
