// Where in a message something is, in words: `message.reply.fn`. Made only when it is asked for, from how each thing was reached.

/** How a part is reached from what holds it. */
export type Step = readonly [
  kind: 'root' | 'key' | 'index' | 'map key' | 'map item' | 'set item' | 'encode',
  key: unknown,
]

/** Something that was reached. */
interface Reached {
  readonly parent: Reached | undefined
  readonly step: Step
}

/** The path of what `step` leads to from `from`, or of that itself; the first is called `root`. */
export const pathOf = (root: string, from: Reached | undefined, step?: Step): string => {
  const steps: Step[] = step === undefined ? [] : [step]
  for (let at = from; at !== undefined; at = at.parent) steps.push(at.step)
  return steps.reduceRight(follow, root)
}

const follow = (path: string, [kind, key]: Step): string => {
  switch (kind) {
    case 'root':
      return path
    case 'key':
      return at(path, key as string)
    case 'index':
      return `${path}[${key}]`
    case 'map key':
      return `${path} (a key)`
    case 'map item':
      return `${path}.get(${label(key)})`
    case 'set item':
      return `${path} (an item)`
    case 'encode':
      return `encode(${path})`
  }
}

const at = (path: string, key: string): string =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`

const label = (key: unknown): string =>
  typeof key === 'string' ? JSON.stringify(key) : typeof key === 'object' ? '…' : String(key)
