// What the compiler knows of registered classes: checked by tsc (`npm run types`), run only to show that the file is no ruin.

import { type Crosses, define, registerMessage, type Self } from 'rumpus'
import { expect, expectTypeOf, it } from 'vitest'

class Known {
  #n = 1
  twice(): number {
    return this.#n * 2
  }
}

class Unknown {
  #n = 1
  twice(): number {
    return this.#n * 2
  }
}

declare module 'rumpus' {
  interface RegisteredMessages {
    known: Known
  }
}

it('RegisteredMessages lets a class with methods cross, and no other', () => {
  expectTypeOf<Crosses<{ deep: [Known] }>>().toEqualTypeOf<true>()
  expectTypeOf<Crosses<Unknown>>().toEqualTypeOf<false>()
  define(import.meta.url, 'types/known', async (_: Self<Known>) => {})
  // @ts-expect-error a class that nobody has registered
  define(import.meta.url, 'types/unknown', async (_: Self<Unknown>) => {})
  expect([new Known().twice(), new Unknown().twice()]).toEqual([2, 2])
})

it('registerMessage ties encode, decode and the class together', () => {
  const never = (): void => {
    registerMessage(Known, { encode: (known) => known.twice(), decode: () => new Known() })
    // @ts-expect-error decode takes what encode answers
    registerMessage(Known, { encode: () => 1, decode: (_: string) => new Known() })
    // @ts-expect-error decode answers an instance
    registerMessage(Known, { encode: () => 1, decode: () => new Unknown() })
    // @ts-expect-error no function
    registerMessage(Known, { encode: () => 1 })
  }
  expect(never).toBeTypeOf('function')
})
