// Cargo: what of a message moves to another scheduler instead of being copied. Owns which messages have any, from `transfer`
// on until they have been sent; keyed by a registered symbol, so that two installed copies of the package share it. How cargo
// travels is in `links.ts`. Never looked at on the way of a message that stays on its scheduler.

/** The way of cargo between the threads of a runtime. */
export interface Carrier {
  /**
   * Moves `cargo` to who sits as `sitter` in `seat`; answers its number, or 0 if nobody can be reached there. It is there when this
   * returns. Throws if something cannot move: then nothing has.
   */
  carry(seat: number, sitter: number, cargo: readonly object[]): number
  /** Takes what has come from `seat` under this number. */
  fetch(seat: number, number: number): readonly unknown[] | undefined
}

interface Marks {
  cargo: WeakMap<object, readonly object[]> | undefined
}

const KEY = Symbol.for('rumpus/0/cargo')
const holder = globalThis as { [KEY]?: Marks }
const marks: Marks = (holder[KEY] ??= { cargo: undefined })

/** What moves with `message`, if it was given to `transfer`. */
export const cargoOf = (message: unknown): readonly object[] | undefined =>
  marks.cargo === undefined || typeof message !== 'object' || message === null ? undefined : marks.cargo.get(message)

/** From now on `cargo` moves with `message`. */
export const giveCargo = (message: object, cargo: readonly object[]): void => {
  marks.cargo ??= new WeakMap()
  marks.cargo.set(message, cargo)
}

/** It has moved. */
export const forgetCargo = (message: object): void => {
  marks.cargo?.delete(message)
}

/** Sends `whole`, in which `part` is that has cargo, by `send`: it moves with the whole. */
export const sendAround = (part: unknown, whole: object, send: () => void): void => {
  giveCargo(whole, cargoOf(part) ?? [])
  send()
  if (cargoOf(whole) === undefined) forgetCargo(part as object)
}
