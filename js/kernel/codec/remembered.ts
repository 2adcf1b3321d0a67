// Short texts that were read lately, by their bytes: a text that is read again is found instead of made, which costs a call out of
// JavaScript. For what is read again and again, as values in stores are; what messages carry mostly comes once, or has a number
// (`texts.ts`). A text is known by all of its bytes, so that what is remembered is never out of date.

/** Texts that are remembered, each in the place of its hash. */
const PLACES_BITS = 10
/** Longer ones are not. */
const WORDS_MAX = 8
export const REMEMBERED_BYTES: number = WORDS_MAX * 4

/** Which bytes of the last word belong to the text, by the low bits of its length. */
const MASKS = [-1, 0xff, 0xffff, 0xffffff]

export class Remembered {
  /** How long each is, plus one; 0 where there is none. */
  private readonly lengths = new Uint8Array(1 << PLACES_BITS)
  private readonly words = new Int32Array(WORDS_MAX << PLACES_BITS)
  private readonly texts: string[] = new Array(1 << PLACES_BITS).fill('')
  private place = 0

  /** The text of `length` bytes that begins at word `at`, if it is remembered; else its place is noted. */
  find(source: Int32Array, at: number, length: number): string | undefined {
    const last = ((length + 3) >> 2) - 1
    const tail = source[at + last]! & MASKS[length & 3]!
    let hash = length
    for (let i = 0; i < last; i++) hash = Math.imul(hash ^ source[at + i]!, 0x9e3779b1)
    hash = Math.imul(hash ^ tail, 0x9e3779b1)
    const place = (hash ^ (hash >>> 15)) & ((1 << PLACES_BITS) - 1)
    this.place = place
    if (this.lengths[place] !== length + 1) return undefined
    const { words } = this
    const start = place * WORDS_MAX
    if (words[start + last] !== tail) return undefined
    for (let i = 0; i < last; i++) if (words[start + i] !== source[at + i]) return undefined
    return this.texts[place]
  }

  /** Remembers the text that `find` has just not found. */
  keep(source: Int32Array, at: number, length: number, text: string): void {
    const { place, words } = this
    const last = ((length + 3) >> 2) - 1
    const start = place * WORDS_MAX
    for (let i = 0; i < last; i++) words[start + i] = source[at + i]!
    words[start + last] = source[at + last]! & MASKS[length & 3]!
    this.lengths[place] = length + 1
    this.texts[place] = text
  }
}
