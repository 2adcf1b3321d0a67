// A million children of one process, all alive at once, on the host and on another scheduler: each hears what it is told and
// is heard of, and one of a million costs little more than one of a hundred thousand.

import { Down, define, run as runRumpus, send } from 'rumpus'
import { check } from './windows.js'

const FEW = 100_000
const MANY = 1_000_000
const LIMIT_TIMES = 3

/**
 * @typedef {import('rumpus').Self<any>} Self
 * @typedef {import('rumpus').Pid<any>} Pid
 */

/** Microseconds of CPU a child: spawned, told to end, heard of twice. @param {Self} self @param {number} count */
async function costOf(self, count) {
  const before = process.cpuUsage()
  /** @type {Pid[]} */
  const pids = []
  for (let i = 0; i < count; i++) {
    const [pid] = self.spawnMonitor(async (/** @type {Self} */ me) => send(self.pid, await me.receive()))
    pids.push(pid)
  }
  for (const pid of pids) send(pid, pid)
  const [said, ended] = [new Set(), new Set()]
  for (let i = 0; i < 2 * count; i++) {
    const message = await self.receive()
    if (message instanceof Down) ended.add(message.pid)
    else said.add(message)
  }
  if (said.size !== count || ended.size !== count)
    throw new Error(`${said.size} and ${ended.size} of ${count} were heard`)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}

async function parentBody(/** @type {Self} */ self, /** @type {Pid} */ to) {
  const few = await costOf(self, FEW)
  send(to, (await costOf(self, MANY)) / few)
}

const parent = define(import.meta.url, 'parent', parentBody)

export const run = () =>
  runRumpus(
    async (/** @type {Self} */ self) => {
      /** @type {import('./windows.js').Check[]} */
      const checks = []
      for (const where of ['on the host', 'on another scheduler']) {
        if (where === 'on the host') self.spawn((/** @type {Self} */ me) => parentBody(me, self.pid))
        else self.spawn(parent.with({ on: 1 }), self.pid)
        const times = await self.receive()
        checks.push(check(`cost of one of ${MANY} children ${where}`, times, LIMIT_TIMES, `× that of one of ${FEW}`))
      }
      return checks
    },
    { heapMb: 4096 },
  )
