// Dice: numbers that fall the same way for the same seed (sfc32 of Chris Doty-Humphrey's PractRand). Never for secrets.

export class Dice {
  private a: number
  private b: number
  private c: number
  private count = 1

  constructor(seed: number) {
    this.a = seed | 0
    this.b = Math.floor(seed / 2 ** 32) | 0
    this.c = 0x9e3779b9 | 0
    for (let i = 0; i < 16; i++) this.next()
  }

  /** A whole number below `bound`. */
  below(bound: number): number {
    return Math.floor((this.next() / 2 ** 32) * bound)
  }

  private next(): number {
    const sum = (this.a + this.b + this.count++) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0
    return sum >>> 0
  }
}
