// A hundred thousand dynamic children of one supervisor stopped at once, some of which throw in terminate and some of which ignore it: each
// costs little more than one of ten thousand, all are gone when the longest of their times is over, and the scheduler is not kept meanwhile.

import { exit, run as runRumpus } from 'rumpus'
import { Server, startChild, startSupervisor } from 'rumpus/otp'
import { check } from './windows.js'

const FEW = 10_000
const MANY = 100_000
const LIMIT_TIMES = 2
const TRIES = 3
const SHUTDOWN_MS = 500
/** How long no turn may be taken: an interval that is late by more was kept waiting. */
const LATE_LIMIT_MS = 1_000
const BEAT_MS = 5

/** @typedef {import('rumpus').Self<any>} Self */

class Idle extends Server {}
class Throws extends Server {
  /** @override */
  terminate() {
    throw new Error('in terminate')
  }
}

const ignores = async (/** @type {Self} */ me) => {
  me.trapExit()
  for (;;) await me.receive()
}

/** @param {number} n */
const startOf = (n) => (n % 1_000 === 0 ? ignores : n % 1_000 === 1 ? Throws : Idle)

/** Microseconds of CPU a child, and the longest pause, in milliseconds. @param {Self} self @param {number} count */
async function costOf(self, count) {
  const top = await startSupervisor(self, { strategy: 'dynamic' }, { link: false })
  for (let n = 0; n < count; ) {
    const some = Array.from({ length: 1_000 }, () => startChild(top, { start: startOf(n++), shutdown: SHUTDOWN_MS }))
    await Promise.all(some)
  }
  let [last, late] = [performance.now(), 0]
  const beat = setInterval(() => {
    late = Math.max(late, performance.now() - last - BEAT_MS)
    last = performance.now()
  }, BEAT_MS)
  const ref = self.monitor(top)
  const before = process.cpuUsage()
  exit(top, 'shutdown')
  await self.receive({ match: (/** @type {any} */ message) => message?.ref === ref })
  const { user, system } = process.cpuUsage(before)
  clearInterval(beat)
  return { us: (user + system) / count, late }
}

export const run = () =>
  runRumpus(
    async (/** @type {Self} */ self) => {
      let [times, late] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
      for (let i = 0; i < TRIES; i++) {
        const few = await costOf(self, FEW)
        const many = await costOf(self, MANY)
        times = Math.min(times, many.us / few.us)
        late = Math.min(late, many.late)
      }
      return [
        check(`cost of one of ${MANY} dynamic children stopped at once`, times, LIMIT_TIMES, `× that of one of ${FEW}`),
        check(`longest pause of the scheduler while ${MANY} are stopped`, late, LATE_LIMIT_MS, 'ms'),
      ]
    },
    { schedulers: 1, onCrash: () => {}, stall: false, heapMb: 4096 },
  )
