// Slots: where values of this isolate wait while their messages travel through Rust, which knows them by number. A number is
// free again when its value has been taken, so nobody may ask for it twice.

export class Slots {
  private readonly values: unknown[] = []
  private readonly free: number[] = []

  /** Keeps a value; the number of its slot. */
  keep(value: unknown): number {
    const slot = this.free.pop() ?? this.values.length
    this.values[slot] = value
    return slot
  }

  /** The value in a slot, which stays. */
  look(slot: number): unknown {
    return this.values[slot]
  }

  /** Takes a value back. */
  take(slot: number): unknown {
    const value = this.values[slot]
    this.values[slot] = undefined
    this.free.push(slot)
    return value
  }

  /** How many values there are. */
  get kept(): number {
    return this.values.length - this.free.length
  }
}
