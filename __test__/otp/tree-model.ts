// Owns what OTP's documents say of a supervisor with three children, as a pure function: who is started and ended in which order, who
// lives at last, and why the supervisor ends. Written from `supervisor(3)`; it knows nothing of ours.

export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one'
export type Restart = 'permanent' | 'transient' | 'temporary'
export type Ending = 'normal' | 'shutdown' | 'killed' | 'error'

/** When the child in the middle dies. */
export type When =
  /** While it runs, so many times, so many milliseconds apart. */
  | { readonly kind: 'running'; readonly deaths: number; readonly apart: number }
  /** Once while it runs, of an error, and then so many times in its `init`. */
  | { readonly kind: 'init'; readonly fails: number }
  /** In its `terminate`, when the supervisor is told to end. */
  | { readonly kind: 'terminating' }
  /** While the first child, which has crashed, takes its time in its `init`. */
  | { readonly kind: 'another' }

export interface Cell {
  readonly strategy: Strategy
  readonly restart: Restart
  readonly ending: Ending
  readonly maxRestarts: number
  readonly when: When
}

export interface Told {
  /** `+a`: a was started; `-a`: it was ended by the supervisor. */
  readonly log: readonly string[]
  readonly alive: readonly string[]
  /** Why the supervisor has ended; nothing if it lives. */
  readonly ended: 'shutdown' | undefined
}

export const WITHIN_MS = 5_000

class Tree {
  readonly log: string[] = []
  ended: 'shutdown' | undefined = undefined
  private children: { id: string; restart: Restart; alive: boolean }[]
  private readonly cell: Cell
  private readonly restarts: number[] = []
  private failsLeft: number

  constructor(cell: Cell) {
    this.cell = cell
    this.failsLeft = cell.when.kind === 'init' ? cell.when.fails : 0
    this.children = ['a', 'b', 'c'].map((id) => ({
      id,
      restart: id === 'b' ? cell.restart : 'permanent',
      alive: false,
    }))
    for (const child of this.children) this.begin(child)
  }

  get alive(): string[] {
    return this.children.filter(({ alive }) => alive).map(({ id }) => id)
  }

  begin(child: { id: string; alive: boolean }): void {
    this.log.push(`+${child.id}`)
    child.alive = true
  }

  die(id: string, ending: Ending, now: number): void {
    const child = this.children.find((one) => one.id === id)
    if (child === undefined || !child.alive || this.ended !== undefined) return
    child.alive = false
    const peaceful = ending === 'normal' || ending === 'shutdown'
    if (child.restart === 'permanent' || (child.restart === 'transient' && !peaceful)) return this.again(id, now)
    if (child.restart === 'temporary') this.children = this.children.filter((one) => one !== child)
  }

  /** A restart, if the intensity allows it: no more than so many within the period. */
  private again(id: string, now: number): void {
    this.restarts.push(now)
    if (this.restarts.filter((at) => now - at <= WITHIN_MS).length > this.cell.maxRestarts) {
      this.children = this.children.filter((one) => one.id !== id)
      return this.end()
    }
    const at = this.children.findIndex((one) => one.id === id)
    const from = { one_for_one: at, one_for_all: 0, rest_for_one: at }[this.cell.strategy]
    const to = this.cell.strategy === 'one_for_one' ? at + 1 : this.children.length
    const group = this.children.slice(from, to)
    for (const one of [...group].reverse()) this.stop(one)
    const gone = group.filter((one) => one.id !== id && one.restart === 'temporary')
    this.children = this.children.filter((one) => !gone.includes(one))
    for (const one of group.filter((one) => !gone.includes(one))) {
      this.begin(one)
      if (one.id !== 'b' || this.failsLeft === 0) continue
      // Its init fails: the restart counts as one more, of the same child.
      this.failsLeft--
      one.alive = false
      return this.again('b', now)
    }
  }

  private stop(one: { id: string; alive: boolean }): void {
    if (!one.alive) return
    this.log.push(`-${one.id}`)
    one.alive = false
  }

  end(): void {
    for (const one of [...this.children].reverse()) this.stop(one)
    this.ended = 'shutdown'
  }
}

export const told = (cell: Cell): Told => {
  const tree = new Tree(cell)
  const { when, ending } = cell
  if (when.kind === 'running') for (let i = 0; i < when.deaths; i++) tree.die('b', ending, i * when.apart)
  if (when.kind === 'init') tree.die('b', 'error', 0)
  if (when.kind === 'terminating') tree.end()
  if (when.kind === 'another') {
    // While one restarts all else waits: that b has died meanwhile is heard afterwards, unless b was ended on the way.
    const endsB = cell.strategy !== 'one_for_one'
    tree.die('a', 'error', 0)
    if (!endsB || cell.maxRestarts === 0) tree.die('b', ending, 0)
  }
  return { log: tree.log, alive: tree.alive, ended: tree.ended }
}
