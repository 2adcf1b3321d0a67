// What a runtime tells whoever looks after it, as data. No behaviour.

/** A crash as data. */
export interface CrashReport {
  /** The process, or 0 when none is known. */
  readonly pid: number
  /** On which scheduler. */
  readonly scheduler: number
  /** Its registered name, if it has one. */
  readonly name?: string
  /** What it was spawned from, unless that was a closure. */
  readonly definition?: {
    /** The module that defines it. */
    readonly url: string
    /** Its name there. */
    readonly name: string
  }
  /** What happened. */
  readonly what: string
  /** What was thrown. */
  readonly error: unknown
  /** Set if a log of `rumpus/logger` has it; then it does not go to stderr. */
  readonly logged?: true
}
