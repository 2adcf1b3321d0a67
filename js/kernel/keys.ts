// The key of a definition: under which an isolate keeps its body and a runtime its number. Pure.

const NAME_START = '#'

/** The key of a definition. */
export const keyOf = (url: string, name: string): string => `${url}${NAME_START}${name}`

/** The module and the name of a key. */
export const splitKey = (key: string): { url: string; name: string } => {
  const at = key.lastIndexOf(NAME_START)
  return { url: key.slice(0, at), name: key.slice(at + 1) }
}
