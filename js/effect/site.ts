// Where in somebody's program something was asked for: a stack that is cheap to take, and the line in it. Owns how engines write
// stacks. Never true here: a text is made of a stack for which nobody asks.

interface Engine {
  captureStackTrace?: (of: object, above: unknown) => void
}

/** What is told where an engine tells nothing. */
const UNKNOWN = 'an unknown line'

/** Notes who has called `above`. */
export const noteSite = (above: (...given: never[]) => unknown): Error => {
  const site = new Error('here')
  ;(Error as Engine).captureStackTrace?.(site, above)
  return site
}

/** The line that called, as stacks of this engine say it: `fetchAll (file:///app/main.js:12:7)`. */
export const lineOf = (site: Error): string => {
  const lines = (site.stack ?? '').split('\n')
  const frames = lines.filter((line) => /^\s+at /.test(line))
  if (frames.length > 0) return frames[0]!.replace(/^\s+at (async )?/, '')
  // Engines that do not begin at a function that is named: the first two are ours.
  const [, , line] = lines.filter((line) => line.includes('@'))
  return line?.trim() ?? UNKNOWN
}
