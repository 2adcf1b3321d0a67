// Where in somebody's program something was asked for: a stack that is cheap to take, and the line in it. Owns how engines write
// stacks. Never true here: a text is made of a stack for which nobody asks.

interface Engine {
  captureStackTrace?: (of: object, above: unknown) => void
  stackTraceLimit?: number
}

/** So many frames may be ours before there is one of the program's. */
const DEPTH = 24

/** What is told where an engine tells nothing. */
const UNKNOWN = 'an unknown line'

/** Notes who has called `above`. */
export const noteSite = (above: (...given: never[]) => unknown): Error => {
  const engine = Error as Engine
  const { stackTraceLimit } = engine
  if (stackTraceLimit === undefined) return new Error('here')
  engine.stackTraceLimit = DEPTH
  const site = new Error('here')
  engine.captureStackTrace?.(site, above)
  engine.stackTraceLimit = stackTraceLimit
  return site
}

/** The folder of this package, whose frames are not the program's; what is bundled has none. */
const ours = (): string | undefined => {
  try {
    return new URL('.', import.meta.url).href
  } catch {
    return undefined
  }
}

/** The first line of the program's that called, as stacks of this engine say it: `fetchAll (file:///app/main.js:12:7)`. */
export const lineOf = (site: Error): string => {
  const lines = (site.stack ?? '').split('\n').filter((line) => /^\s+at |@/.test(line))
  const folder = ours()
  const line = lines.find((line) => !isOurs(line, folder)) ?? lines[0]
  return line?.replace(/^\s*(at )?(async )?/, '') ?? UNKNOWN
}

const isOurs = (line: string, folder: string | undefined): boolean =>
  (folder !== undefined && line.includes(folder)) || /\(<anonymous>\)|^\s+at (new )?Promise\b|node:internal/.test(line)
