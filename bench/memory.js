// Owns memory at rest: how much of it the operating system has given this process, native parts included, once the garbage
// is collected.

import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Collections before a look, and the pause after each, in which V8 gives pages back. */
const SETTLE = { times: 4, pauseMs: 50 }

/** Answers a function that collects, settles and answers bytes; V8 shows its collector only if it is asked. */
export function memoryWatch() {
  setFlagsFromString('--expose-gc')
  /** @type {() => void} */
  const collect = runInNewContext('gc')
  return async () => {
    for (let i = 0; i < SETTLE.times; i++) {
      collect()
      await sleep(SETTLE.pauseMs)
    }
    return process.memoryUsage().rss
  }
}
