// Which part a text belongs to: the same for the same text, on every scheduler. Pure.

/** A number of 32 bits for a text. */
export const hashOf = (text: string): number => {
  // FNV-1a.
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
