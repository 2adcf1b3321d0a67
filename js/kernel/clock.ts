// The clock by which threads and timers are dated. Node's global `performance` reads the same one, but has each thread load a module
// first.

const { hrtime } = process

/** Milliseconds since some moment that is the same for all threads; they never go back. */
export const nowMs = (): number => {
  const [seconds, nanoseconds] = hrtime()
  return seconds * 1e3 + nanoseconds / 1e6
}
