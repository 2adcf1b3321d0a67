// What a runtime tells whoever looks after it, as data. No behaviour.

/** A crash as data. */
export interface CrashReport {
  /** The process, or 0 when none is known. */
  readonly pid: number
  /** On which scheduler. */
  readonly scheduler: number
  /** What happened. */
  readonly what: string
  /** What was thrown. */
  readonly error: unknown
}
