// How things of ours are shown where somebody looks at them, by console.log and the like: one short line in place of what they are made of.
// It belongs to prototypes, and no type knows of it: nothing that is hot carries anything. Never throws.

const SHOWN = Symbol.for('nodejs.util.inspect.custom')

/** From now on things with this prototype are shown as `show` says. */
export const showAs = <T extends object>(prototype: T, show: (thing: T) => string): void => {
  Object.defineProperty(prototype, SHOWN, {
    configurable: true,
    writable: true,
    value(this: T) {
      // The prototype itself is asked, too.
      return this === prototype ? 'a prototype' : show(this)
    },
  })
}
