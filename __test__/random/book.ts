// Owns what is written down of a run: who saw what, who crashed, what became of the messages. Data, once it is closed.

/** What somebody has seen: in which slot, what, the rest. */
export type Entry = readonly [slot: number, what: string, ...rest: unknown[]]

/** What happened. */
export interface Outcome {
  /** By label, in the order in which each saw it. */
  readonly traces: Readonly<Record<string, readonly Entry[]>>
  /** Who has crashed how. */
  readonly crashes: readonly string[]
  /** How much was noted, and how many processes were spawned. */
  readonly entries: number
  readonly spawned: number
  /** Messages accepted, and where they are now. */
  readonly books: { readonly accepted: number; readonly elsewhere: number; readonly received: number }
}

interface Messages {
  readonly accepted: number
  readonly received: number
  readonly waiting: number
  readonly dropped: object
}

interface Crashed {
  readonly pid: number
  readonly what: string
}

/** Writes down what happens. */
export class Book {
  readonly traces: Record<string, Entry[]> = {}
  readonly pids = new Map<string, number>()
  entries = 0
  private readonly crashed: Crashed[] = []
  private closed = false

  readonly onCrash = ({ pid, what }: Crashed): void => {
    if (!this.closed) this.crashed.push({ pid, what })
  }

  readonly note = (label: string, entry: unknown): void => {
    if (this.closed) return
    this.traces[label] ??= []
    this.traces[label].push(entry as Entry)
    this.entries++
  }

  /** What comes later belongs to the end of the world. */
  close(messages: Messages): Outcome {
    this.closed = true
    const labels = new Map([...this.pids].map(([label, pid]) => [pid, label]))
    const crashes = this.crashed.map(({ pid, what }) => `${labels.get(pid) ?? pid}: ${what}`).sort()
    const { accepted, received, waiting, dropped } = messages
    const elsewhere = received + waiting + Object.values(dropped).reduce((sum, count) => sum + count, 0)
    return {
      traces: this.traces,
      crashes,
      entries: this.entries,
      spawned: this.pids.size,
      books: { accepted, received, elsewhere },
    }
  }
}
