// Owns how the suites of processes meet `rumpus/portable` under the name `rumpus`: what they say to threads, options and numbers
// of schedulers, is left out here, because the portable runtime refuses it (`refuses.test.ts`). What then still needs a second
// thread is skipped where it stands, or left out in vitest.config.ts.

import * as portable from 'rumpus/portable'

export * from 'rumpus/portable'

type Options = Readonly<Record<string, unknown>>

const without = (options: unknown, names: readonly string[]): never => {
  if (typeof options !== 'object' || options === null) return options as never
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name))) as never
}

const forThreads = [...['schedulers', 'dedicated', 'hostWorks', 'placement', 'eager', 'stall', 'onStall'], ...['lane']]

export const run: typeof portable.run = (body, options = {}) => portable.run(body, without(options, forThreads))

export const start: typeof portable.start = (options = {}) => portable.start(without(options, forThreads))

export const simulate: typeof portable.simulate = (options, main) =>
  portable.simulate(without(options, forThreads), main)

/** A definition whose `with` leaves a scheduler's number out: there is one. */
const anywhere = <D extends { with(options: object): D }>(definition: D): D => ({
  ...definition,
  with: (options: Options) =>
    anywhere(definition.with(Number.isInteger(options['on']) ? without(options, ['on']) : options)),
})

export const define = ((...given: Parameters<typeof portable.define>) =>
  anywhere(portable.define(...given) as never)) as typeof portable.define
