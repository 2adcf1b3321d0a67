// Owns the places where a program runs: the model, and the runtime in simulation.

import { simulate } from 'rumpus'
import { Model } from '../../js/model/model.ts'
import { dice } from '../fixtures/random.mjs'
import { play, type Stage } from '../fixtures/random-actor.mjs'
import { here, player, spawnAt, verbs } from '../fixtures/random-places.mjs'
import { Book, type Outcome } from './book.ts'
import type { Program, Script } from './program.ts'

/** How a run in simulation is made. */
export interface Way {
  readonly seed: number
  readonly schedulers: number
  readonly lane: 'js' | 'native'
  readonly hostWorks: boolean
  readonly placement: boolean
  /** So many at a time of those that may be anywhere have a thread of their own. */
  readonly dedicated: number
}

/** After so much time nothing happens any more in a program without slots. */
const QUIET_MS = 20_000

const stageOf = (
  program: Program,
  book: Book,
  verbs: unknown,
  now: () => number,
  spawn: (...given: Parameters<Stage['spawn']>) => readonly [number, number],
): Stage => ({
  program,
  verbs,
  now,
  note: book.note,
  spawn: (self, label, birth, known) => {
    const made = spawn(self, label, birth, known)
    book.pids.set(label, made[0])
    return made
  },
  // Where causes decide, everybody knows what he has been told.
  all: program.slot > 0 ? book.pids : undefined,
})

/** Runs a program on the model, whose order a seed decides; 0 is its own. */
export const onModel = async (program: Program, seed = 0): Promise<Outcome> => {
  const book = new Book()
  const choose = seed === 0 ? () => 0 : dice(seed)
  const model = new Model({ virtual: true, choose, onCrash: book.onCrash })
  const bound = {
    cancelTimer: model.cancelTimer.bind(model),
    exit: model.exit.bind(model),
    isAlive: model.isAlive.bind(model),
    offer: model.offer.bind(model),
    send: model.send.bind(model),
    sendAfter: model.sendAfter.bind(model),
    sendInterval: model.sendInterval.bind(model),
    sendTo: (_: unknown, name: string, message: unknown) => model.send(name, message as never),
  }
  const stage = stageOf(
    program,
    book,
    bound,
    () => model.now(),
    (self, label, { monitor, ...options }, known) => {
      const body = (me: unknown): unknown => play(me, stage, label, known)
      return monitor ? self.spawnMonitor(body, options) : [self.spawn(body, options), 0]
    },
  )
  return model.run(async (self) => {
    await play(self, stage, 'root')
    if (program.slot === 0) await self.sleep(QUIET_MS)
    return book.close(model.messages)
  })
}

/** Runs a program on the runtime in simulation. */
export const inSimulation = (program: Program, way: Way): Promise<Outcome> => {
  const book = new Book()
  return simulate({ ...way, onCrash: book.onCrash }, async (self, simulation) => {
    const stage = stageOf(
      program,
      book,
      verbs,
      () => simulation.now(),
      (by, label, birth, known) => {
        const closure = (me: unknown): unknown => play(me, stage, label, known)
        const spawn = (place: Script['place'] | 'dedicated'): readonly [number, number] =>
          spawnAt(by, place, birth, closure, player, [label, known])
        const place = program.scripts[label]?.place ?? 'closure'
        // What a body leaves to wait when it ends, an offer, goes on elsewhere and ends with a thread of its own.
        const leaves = JSON.stringify(program.scripts[label] ?? null).includes('"offer"')
        if (place !== 'any' || way.dedicated === 0 || leaves) return spawn(place)
        try {
          return spawn('dedicated')
        } catch (error) {
          if ((error as { code?: unknown }).code !== 'ERR_RUMPUS_NO_THREAD') throw error
          return spawn('any')
        }
      },
    )
    here.stage = stage
    await play(self, stage, 'root')
    if (program.slot === 0) await self.sleep(QUIET_MS)
    return book.close(self.runtime.inspect().messages)
  })
}

/** One of the ways to run it in simulation. */
export const wayOf = (seed: number, lane: Way['lane']): Way => {
  const below = dice(seed)
  const [schedulers, hostWorks, placement] = [1 + below(3), below(4) === 0, below(4) > 0]
  const dedicated = below(3) === 0 ? 1 + below(3) : 0
  return { seed, schedulers, lane, hostWorks, placement, dedicated }
}
