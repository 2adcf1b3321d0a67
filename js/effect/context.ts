// The asynchronous context of a fork: an executor that begins a fiber later, from its own loop, begins it as if it had been at once.
// Owns how, which whoever makes use of such contexts says. Never true here: it costs something where nobody does.

type Bind = <T>(act: () => T) => () => T

let bind: Bind = (act) => act

/** From now on executors keep contexts, by `way`. */
export const keepContexts = (way: Bind): void => {
  bind = way
}

/** `act`, to be called later in the asynchronous context of now. */
export const inContext = <T>(act: () => T): (() => T) => bind(act)
