// Owns what OTP's documents say of a supervisor with three children, as a pure function: who is started and ended in which order, who
// lives at last, and why the supervisor ends. Written from `supervisor(3)`, for `dynamic` from its `simple_one_for_one` and Elixir's
// `DynamicSupervisor`; it knows nothing of ours.

export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one' | 'dynamic'
export type Restart = 'permanent' | 'transient' | 'temporary'
export type Ending = 'normal' | 'shutdown' | 'shutdown with a value' | 'killed' | 'error' | 'user' | 'scheduler-down'

/** When the child in the middle dies. */
export type When =
  /** In its first `init`. */
  | { readonly kind: 'first' }
  /** While it runs, so many times, so many milliseconds apart. */
  | { readonly kind: 'running'; readonly deaths: number; readonly apart: number }
  /** Once while it runs, of an error, and then so many times in its `init`. */
  | { readonly kind: 'init'; readonly fails: number }
  /** In its `terminate`, when the supervisor is told to end. */
  | { readonly kind: 'terminating' }
  /** While the first child, which has crashed, takes its time in its `init`; at once if that is not started anew. */
  | { readonly kind: 'another' }
  /** After the first and the last child, which die likewise. */
  | { readonly kind: 'each'; readonly apart: number }

export interface Cell {
  readonly strategy: Strategy
  readonly restart: Restart
  /** Of the first and the last child. */
  readonly others: Restart
  readonly ending: Ending
  readonly maxRestarts: number
  readonly when: When
}

export interface Told {
  /**
   * `+a`: a was started; `!a error`: it has ended by itself, as the supervisor has heard; `-a`: it was ended by the supervisor. A dynamic
   * one ends its children in no order: theirs is the alphabet's.
   */
  readonly log: readonly string[]
  /** Those that the supervisor has at last: `a`, or `a stopped` if it does not run. */
  readonly children: readonly string[]
  /** Why the supervisor has ended; nothing if it lives. */
  readonly ended: 'shutdown' | undefined
  /** How b ended in its first `init`, as whoever started the supervisor, or this child, has heard. */
  readonly refused: Ending | undefined
}

export const WITHIN_MS = 5_000

const PEACEFUL: readonly Ending[] = ['normal', 'shutdown', 'shutdown with a value']

interface Child {
  readonly id: string
  readonly restart: Restart
  alive: boolean
}

class Tree {
  readonly log: string[] = []
  ended: 'shutdown' | undefined = undefined
  refused: Ending | undefined = undefined
  private children: Child[] = []
  private readonly cell: Cell
  private readonly restarts: number[] = []
  private failsLeft: number

  constructor(cell: Cell) {
    const { when, restart, others } = cell
    this.cell = cell
    this.failsLeft = when.kind === 'init' ? when.fails : 0
    for (const id of ['a', 'b', 'c']) {
      const child = { id, restart: id === 'b' ? restart : others, alive: false }
      this.begin(child)
      if (id !== 'b' || when.kind !== 'first') this.children.push(child)
      else if (this.refuse(child)) return
    }
  }

  get found(): Told {
    const { log, ended, refused } = this
    const left = ended === undefined ? this.children : []
    return { log, children: left.map(({ id, alive }) => (alive ? id : `${id} stopped`)), ended, refused }
  }

  private begin(child: Child): void {
    this.log.push(`+${child.id}`)
    child.alive = true
  }

  private lose(child: Child, ending: Ending): void {
    this.log.push(`!${child.id} ${ending}`)
    child.alive = false
  }

  /** The first `init` fails, however it ends: a start of children takes those before along, and the supervisor; one child is just not there. */
  private refuse(child: Child): boolean {
    this.lose(child, this.cell.ending)
    this.refused = this.cell.ending
    if (this.cell.strategy === 'dynamic') return false
    this.end()
    return true
  }

  /** A child dies by itself; answers whether it is started anew. */
  die(id: string, ending: Ending, now: number): boolean {
    const child = this.children.find((one) => one.id === id)
    if (child === undefined || !child.alive || this.ended !== undefined) return false
    this.lose(child, ending)
    if (child.restart === 'permanent' || (child.restart === 'transient' && !PEACEFUL.includes(ending))) {
      this.again(id, now)
      return this.ended === undefined
    }
    if (child.restart === 'temporary' || this.cell.strategy === 'dynamic') {
      this.children = this.children.filter((one) => one !== child)
    }
    return false
  }

  /** A restart, if the intensity allows it: no more than so many within the period. */
  private again(id: string, now: number): void {
    this.restarts.push(now)
    if (this.restarts.filter((at) => now - at <= WITHIN_MS).length > this.cell.maxRestarts) {
      this.children = this.children.filter((one) => one.id !== id)
      return this.end()
    }
    const group = this.groupOf(id)
    for (const one of [...group].reverse()) this.stop(one)
    // A temporary child is never started anew, not for a sibling either.
    const gone = group.filter((one) => one.id !== id && one.restart === 'temporary')
    this.children = this.children.filter((one) => !gone.includes(one))
    for (const one of group.filter((one) => !gone.includes(one))) {
      this.begin(one)
      if (one.id !== 'b' || this.failsLeft === 0) continue
      // Its init fails: the restart counts as one more, of the same child.
      this.failsLeft--
      this.lose(one, this.cell.ending)
      return this.again('b', now)
    }
  }

  /** Who is started anew with a child, and it. */
  private groupOf(id: string): Child[] {
    const at = this.children.findIndex((one) => one.id === id)
    if (this.cell.strategy === 'one_for_all') return this.children
    return this.children.slice(at, this.cell.strategy === 'rest_for_one' ? undefined : at + 1)
  }

  private stop(one: Child): void {
    if (!one.alive) return
    this.log.push(`-${one.id}`)
    one.alive = false
  }

  end(): void {
    const order = this.cell.strategy === 'dynamic' ? this.children : [...this.children].reverse()
    for (const one of order) this.stop(one)
    this.ended = 'shutdown'
  }
}

export const told = (cell: Cell): Told => {
  const tree = new Tree(cell)
  const { when, ending, strategy } = cell
  if (when.kind === 'running') for (let i = 0; i < when.deaths; i++) tree.die('b', ending, i * when.apart)
  if (when.kind === 'init') tree.die('b', 'error', 0)
  if (when.kind === 'terminating') tree.end()
  if (when.kind === 'each') for (const [at, id] of ['a', 'c', 'b'].entries()) tree.die(id, ending, at * when.apart)
  if (when.kind === 'another') {
    // While one restarts all else waits: that b has died meanwhile is heard afterwards, unless b was ended on the way.
    const endsB = tree.die('a', 'error', 0) && (strategy === 'one_for_all' || strategy === 'rest_for_one')
    if (!endsB) tree.die('b', ending, 0)
  }
  return tree.found
}
