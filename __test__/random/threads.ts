// Owns the runs of random programs on real threads. Everybody takes his stage along, and sends what he notes to a logger on the
// host; a run is over when as much has been noted as was to be.

import { exit, isAlive, type Pid, type Runtime, type RuntimeOptions, start } from 'rumpus'
import { play } from '../fixtures/random-actor.mjs'
import { travelling } from '../fixtures/random-places.mjs'
import { until } from '../process/world.ts'
import { Book, type Outcome } from './book.ts'
import type { Program } from './program.ts'

/** Only ends a test that has failed. */
const LIMIT_MS = 30_000

/** A runtime for one program after another. */
export class Threads {
  private readonly runtime: Runtime
  private readonly now: { book: Book }

  private constructor(runtime: Runtime, now: { book: Book }) {
    this.runtime = runtime
    this.now = now
  }

  static async start(options: RuntimeOptions): Promise<Threads> {
    const now = { book: new Book() }
    return new Threads(await start({ ...options, onCrash: (crash) => now.book.onCrash(crash) }), now)
  }

  /** Runs a program until as much has happened as `wanted`, or until its time is over. */
  async run(program: Program, wanted: Pick<Outcome, 'entries' | 'spawned'>): Promise<Outcome> {
    const { runtime } = this
    const book = new Book()
    this.now.book = book
    const logger = runtime.spawn<readonly [string, unknown]>(async (me) => {
      for await (const [label, noted] of me) {
        if (typeof noted === 'number') book.pids.set(label, noted)
        else book.note(label, noted)
      }
    })
    const outcome = await runtime.run(async (self) => {
      await play(self, travelling(program, logger), 'root')
      await until(() => book.entries >= wanted.entries && book.pids.size >= wanted.spawned, LIMIT_MS).catch(() => {})
      return book.close(runtime.inspect().messages)
    })
    const pids = [...book.pids.values(), logger as number] as Pid[]
    for (const pid of pids) exit(pid, 'kill')
    await until(() => !pids.some(isAlive), LIMIT_MS)
    const { accepted, received, waiting, dropped } = runtime.inspect().messages
    const elsewhere = received + waiting + Object.values(dropped).reduce((sum, n) => sum + n, 0)
    return { ...outcome, books: { accepted, received, elsewhere } }
  }

  stop(): Promise<void> {
    return this.runtime.stop()
  }
}
