// Who is told what fibers and scopes do, while somebody watches: at most one at a time. Owns that place, and nothing else.

/** Hears of fibers and scopes. */
export interface Watcher {
  /** A fiber was made. */
  born(fiber: object): void
  /** A fiber parks. */
  parks(fiber: object): void
  /** A fiber goes on. */
  goesOn(fiber: object): void
  /** A scope was opened. */
  opens(scope: OpenScope): void
  /** A scope is over. */
  closes(scope: OpenScope): void
}

/** A scope, as it shows itself. */
export interface OpenScope {
  /** How many of its children have not ended. */
  readonly size: number
}

/** Who hears now. */
export let watcher: Watcher | undefined

/** From now on this one hears. */
export const watchBy = (next: Watcher | undefined): void => {
  watcher = next
}
