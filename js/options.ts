// Options: what is said of one that nobody knows. Owns the search for what was meant. The names of each shape stand beside its check, and the
// compiler holds them to the type. Never true in it: an option that is taken in silence and means nothing.

import { badArgument } from './errors.ts'

/** The names of all options of a shape: none missing, none too many. */
export type Names<Shape> = { readonly [Name in keyof Shape]-?: true }

/** Names of options, of whatever shape. */
export interface Known {
  readonly [name: string]: true
}

/** Throws unless `options` is an object with no options but the `known`; `argument` is where it stands. What is known costs next to nothing. */
export const checkOptions = (argument: string, options: unknown, known: Known): void => {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw badArgument(TypeError, argument, 'an object', options)
  for (const name in options)
    if (known[name] !== true && Object.hasOwn(options, name)) throw unknown(argument, name, known)
}

const unknown = (argument: string, name: string, known: Known): Error => {
  const names = Object.keys(known)
  const meant = nearest(name, names)
  const hint = meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`
  const error = new TypeError(`${argument}.${name} is no option: ${hint}`)
  return Object.assign(error, { code: 'ERR_RUMPUS_BAD_ARGUMENT' })
}

/** The one of `names` that `name` was to be, most likely: no more than a third of the longer one is wrong. */
const nearest = (name: string, names: readonly string[]): string | undefined => {
  let found: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const one of names) {
    const far = distance(name.toLowerCase(), one.toLowerCase())
    const most = Math.max(1, Math.floor(Math.max(name.length, one.length) / 3))
    if (far <= most && far < least) [found, least] = [one, far]
  }
  return found
}

/** How many letters must be put in, taken out or changed to make one of the other. */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const changed = row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1)
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[other.length]!
}
