// A young timer, as `young.ts` keeps it, and where it keeps them. No behaviour.

/** A message for later to a process of this isolate that has not been handed to Rust yet. */
export interface Young {
  readonly timer: number
  /** Where its name lies in the stock. */
  readonly at: number
  readonly pid: number
  readonly message: unknown
  readonly ms: number
  /** When it began, by the clock of the loop. */
  readonly since: number
}

export class YoungTimers {
  readonly list: Young[] = []
  /** Names in the stock that are left. */
  names = 0
}
