// The desk (`js/process/desk.ts`) as far as completions must know it.

export interface Desk {
  /** The process that it is. */
  readonly pid: number
  /** A place that was wanted is kept, or its process is gone. */
  granted(offer: number, place: boolean): void
}
