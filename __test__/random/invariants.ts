// Owns what holds of every run, whatever the program: messages of one sender in their order, none twice, none after the news of
// his end; that news once for each monitor; nothing early; names with one holder; books that balance.

import type { Entry, Outcome } from './book.ts'

/** What may be said of a run. */
export interface Sight {
  /** Whether all took place in one isolate, one step at a time, and came to its end. */
  readonly whole: boolean
}

type Seen = readonly [kind: string, from: string, number: number, more: unknown]
type Watched = readonly [label: string, isTakenBack: boolean, lives: boolean]

const TAKEN = ['got', 'try', 'took']

const seenOf = ([, what, seen]: Entry): Seen | undefined =>
  TAKEN.includes(what) && seen !== null ? (seen as Seen) : undefined

/** What a process wrote after its end for others, or may write: it takes no part in their order. */
const isLoose = (tag: unknown): boolean => tag === 'offer' || tag === 'bye'

const wrongOrder = (trace: readonly Entry[]): string[] => {
  const last = new Map<string, number>()
  const gone = new Set<string>()
  return trace.flatMap((entry) => {
    const [kind, from, number, more] = seenOf(entry) ?? ['nothing', '', 0, undefined]
    if (kind === 'down' && !['killed', 'noproc'].includes((more as readonly string[])[0]!)) gone.add(from)
    if (kind !== 'message' || isLoose(more)) return []
    const before = last.get(`${from} ${more}`) ?? -1
    last.set(`${from} ${more}`, number)
    if (gone.has(from)) return [`a message after the end of its sender: ${JSON.stringify(entry)}`]
    return number > before ? [] : [`${JSON.stringify(entry)} came after number ${before}`]
  })
}

const wrongDowns = (trace: readonly Entry[], { whole }: Sight): string[] => {
  const downs = new Map<number, number>()
  for (const entry of trace) {
    const [kind, , number] = seenOf(entry) ?? ['nothing', '', 0]
    if (kind === 'down') downs.set(number, (downs.get(number) ?? 0) + 1)
  }
  const wrong = [...downs].filter(([number, count]) => number < 0 || count > 1)
  const reckoning = whole ? trace.find(([, what]) => what === 'reckon') : undefined
  const missing = ((reckoning?.slice(2) ?? []) as Watched[]).flatMap(([label, isTakenBack, lives], number) => {
    const count = downs.get(number) ?? 0
    const isWrong = lives ? count > 0 : count === 0 && !isTakenBack
    return isWrong ? [`${count} Downs of ${label} by monitor ${number}`] : []
  })
  return [...wrong.map(([number, count]) => `${count} Downs of monitor ${number}`), ...missing]
}

const wrongWords = (trace: readonly Entry[], { whole }: Sight): string[] =>
  trace
    .filter(([, what, , , holder]) => {
      if (what === 'registered') return whole && holder !== null
      return what === 'early' || what === 'allowed'
    })
    .map((entry) => JSON.stringify(entry))

/** What does not hold, in words. */
export const broken = ({ traces, books }: Outcome, sight: Sight): string[] => {
  const wrong = Object.entries(traces).flatMap(([label, trace]) =>
    [...wrongOrder(trace), ...wrongDowns(trace, sight), ...wrongWords(trace, sight)].map((what) => `${label}: ${what}`),
  )
  const { accepted, elsewhere } = books
  return accepted === elsewhere ? wrong : [...wrong, `of ${accepted} messages ${elsewhere} are known to be somewhere`]
}
