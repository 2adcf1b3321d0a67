// Owns how the census is asked to stop: Ctrl-C and SIGTERM become one AbortSignal. Nothing here ends the process.
//
// Only the first is heard. From then on the process has no handler, so a second one ends it at once, by the system's own
// doing and therefore also while this thread is busy.

/** @type {Record<string, number>} 128 and the signal's number, as shells have it */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 }

/** Why the census stopped: somebody asked. */
export class Stopped extends Error {
  /** @param {string} signal */
  constructor(signal) {
    super(`stopped by ${signal}`)
    this.name = 'Stopped'
    this.exitCode = EXIT_CODES[signal] ?? 1
  }
}

/**
 * @param {Pick<NodeJS.EventEmitter, 'on' | 'off'>} source the process
 * @returns {AbortSignal} its reason is a `Stopped`
 */
export function stopSignal(source) {
  const controller = new AbortController()
  /** @param {string} name */
  const hear = (name) => {
    for (const each of Object.keys(EXIT_CODES)) source.off(each, hear)
    controller.abort(new Stopped(name))
  }
  for (const each of Object.keys(EXIT_CODES)) source.on(each, hear)
  return controller.signal
}
