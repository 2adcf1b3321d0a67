// How a stage begins: its options, its halves, its ear. Owns what the three classes of stages have in common; they are in `stage.ts` and
// `producer-consumer.ts`.

import { badArgument, RumpusError } from '../errors.ts'
import type { Action } from './actions.ts'
import type { Server } from './server.ts'
import { StageIn } from './stage-in.ts'
import { NOT_OURS, type StageCallbacks, StageLoop } from './stage-loop.ts'
import { StageOut } from './stage-out.ts'
import {
  checkBegun,
  checkWhole,
  keepConsumer,
  keepProducer,
  keepSubscription,
  type Subscription,
} from './stage-shapes.ts'

/** What a callback of a stage that has consumers may answer: events, an action, or nothing. */
export type Emitted<Out> =
  | readonly Out[]
  | Action
  | void
  | undefined
  // biome-ignore lint/suspicious/noConfusingVoidType: a callback that answers nothing
  | PromiseLike<readonly Out[] | Action | void | undefined>

/** What `begin` may answer. */
// biome-ignore lint/suspicious/noConfusingVoidType: a callback that answers nothing
export type Begun<Options> = Options | void | undefined | PromiseLike<Options | void | undefined>

type AnyStage = Server<never, never, never> & { begin(...args: never[]): unknown }

/** From now on what other stages say goes to the loop; what it does not know goes where it went. */
const hear = (server: AnyStage, loop: StageLoop): void => {
  const others = server.handleInfo
  server.handleInfo = (message) => {
    const done = loop.take(message)
    return done === NOT_OURS ? others.call(server, message) : done
  }
}

/** The loop that it asks, once it has begun. */
export const begun = (loop: StageLoop | undefined): StageLoop => {
  if (loop !== undefined) return loop
  throw new RumpusError(
    'ERR_RUMPUS_STAGE',
    'a stage was used before its begin was over: it has no consumers and no producers yet',
  )
}

/** Whatever a stage is made of, once its options are known. */
export const open = (server: AnyStage, isOut: boolean, isIn: boolean, options: unknown): StageLoop => {
  const self = server.self
  checkBegun(options, isIn, isOut)
  const out = isOut ? new StageOut(self, keepProducer(options, isIn ? Number.POSITIVE_INFINITY : undefined)) : undefined
  const subscriptions = isIn ? keepConsumer(options) : []
  const loop = new StageLoop(self, server as unknown as StageCallbacks, out, isIn ? new StageIn(self) : undefined)
  hear(server, loop)
  for (const how of subscriptions) loop.subscribe(how)
  return loop
}

/** Subscribes a stage. */
export const subscribeIn = (loop: StageLoop, to: unknown): Subscription => {
  const { ref, pid } = loop.subscribe(keepSubscription(to, 'to'))
  return { ref, pid }
}

/** Asks for events by hand. */
export const askIn = (loop: StageLoop, { ref }: Subscription, count: number): void => {
  checkWhole('count', count, 1, 2 ** 24)
  const source = loop.in?.find(ref)
  if (source?.how.manual === false) {
    throw badArgument(TypeError, 'subscription', "one whose demand is 'manual'", 'auto')
  }
  if (source !== undefined) loop.in?.ask(source, count)
}
