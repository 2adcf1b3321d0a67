// Owns how the suites meet the model: a model in virtual time whose crashes are kept, what is thrown, who ends why.

import { expect } from 'vitest'
import { type Crash, Model, type ModelOptions, type Self } from '../../js/model/model.ts'
import type { Down, ExitReason, Pid } from '../../js/types.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests send what types forbid
export type AnyPid = Pid<any>
// biome-ignore lint/suspicious/noExplicitAny: tests receive what they were sent
export type AnySelf = Self<any>

export interface World {
  readonly model: Model
  readonly crashes: Crash[]
}

/** A model in virtual time. */
export const world = (options: ModelOptions = {}): World => {
  const crashes: Crash[] = []
  const onCrash = (crash: Crash): void => void crashes.push(crash)
  return { model: new Model({ virtual: true, onCrash, ...options }), crashes }
}

/** Runs a body as the first process of a model in virtual time. Afterwards the books balance. */
export const inside = async <T>(
  body: (self: AnySelf, world: World) => Promise<T> | T,
  options?: ModelOptions,
): Promise<T> => {
  const made = world(options)
  try {
    return await made.model.run((self: AnySelf) => body(self, made))
  } finally {
    const { accepted, received, waiting, dropped } = made.model.messages
    expect(accepted).toBe(received + waiting + dropped.dead + dropped.died + dropped.full)
  }
}

/** Why `pid` ends. */
export const endOf = async (self: AnySelf, pid: Pid): Promise<ExitReason> => {
  const ref = self.monitor(pid)
  const down: Down = await self.receive({ match: (message) => message?.ref === ref })
  return down.reason
}

/** The next messages. */
export const take = async (self: AnySelf, count: number): Promise<unknown[]> => {
  const messages: unknown[] = []
  while (messages.length < count) messages.push(await self.receive())
  return messages
}

/** The code of what is thrown or rejected; nothing if all went well. */
export const codeOf = async (what: () => unknown): Promise<unknown> => {
  try {
    await what()
    return undefined
  } catch (error) {
    return (error as { code: unknown }).code
  }
}

/** A process that waits until it is told to end. */
export const waits = async (self: AnySelf): Promise<void> => {
  for await (const _ of self);
}
