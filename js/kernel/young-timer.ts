// A young timer, as `young.ts` keeps it, and where it keeps them, with the questions that are as young. No behaviour.

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

/** A question that Rust has not heard of: to a process of this isolate, by reference, asked since the last crossing. */
export interface YoungQuestion {
  /** Has Rust watch who is asked, and the time. Submits. */
  grow(): void
}

export class YoungTimers {
  readonly list: Young[] = []
  /** Answered ones may be among them. */
  readonly questions: YoungQuestion[] = []
  /** Names in the stock that are left. */
  names = 0

  /** Something must be handed over before Rust hears of anything else. */
  get any(): boolean {
    return this.list.length > 0 || this.questions.length > 0
  }
}
