// Owns how disturbed a while was: the share of it that a thread of ours was ready to run and got no core (the kernel's
// `schedstat`), and how much of one core others took meanwhile. On systems without these accounts both are unknown.

import { readdirSync, readFileSync } from 'node:fs'
import { resourceUsage } from 'node:process'

/** Above this share of a window the figure is worth a warning. */
export const NOISE_MAX = 0.02

const TICK_MS = 10

/**
 * @typedef {object} Disturbance
 * @property {number} waitedMs - the worst thread's wait for a core; NaN if unknown
 * @property {number} runDelay - the same as a share of the time
 * @property {number} foreign - cores that others, the hypervisor among them, had meanwhile; NaN if unknown
 * @property {number} stolenMs - for how long the hypervisor kept a core from the machine; NaN if unknown
 */

/** Watches this process from its making on. */
export class NoiseWatch {
  #since = performance.now()
  #delays = delaysByThread()
  #machineMs = machineBusyMs()
  #stolenMs = stolenMs()
  #ownMs = ownBusyMs()

  /** @returns {Disturbance} */
  read() {
    const ms = performance.now() - this.#since
    let worst = 0
    for (const [thread, ns] of delaysByThread()) worst = Math.max(worst, ns - (this.#delays.get(thread) ?? 0))
    const others = machineBusyMs() - this.#machineMs - (ownBusyMs() - this.#ownMs)
    const waitedMs = this.#delays.size === 0 ? Number.NaN : worst / 1e6
    const foreign = Math.max(0, others / ms)
    return { waitedMs, runDelay: waitedMs / ms, foreign, stolenMs: stolenMs() - this.#stolenMs }
  }
}

/**
 * Whether others disturbed a while: our threads waited, and somebody else had the core. Where only our own threads were in
 * each other's way, the wait is ours to answer for.
 *
 * @param {Disturbance} disturbance
 */
export function isDisturbed({ runDelay, foreign }) {
  return runDelay > NOISE_MAX && foreign > NOISE_MAX
}

/** Nanoseconds that each thread of this process has waited for a core. */
function delaysByThread() {
  /** @type {Map<string, number>} */
  const delays = new Map()
  for (const thread of listOrNone('/proc/self/task')) {
    const waited = readOrNone(`/proc/self/task/${thread}/schedstat`).split(' ')[1]
    if (waited !== undefined) delays.set(thread, Number(waited))
  }
  return delays
}

/** Milliseconds that all cores together were in use, those stolen by the hypervisor included. */
function machineBusyMs() {
  const [user, nice, system, , , irq, softirq, steal] = machineMs()
  return Number(user) + Number(nice) + Number(system) + Number(irq) + Number(softirq) + Number(steal)
}

function stolenMs() {
  return Number(machineMs()[7])
}

/** What all cores together spent their time on, by kind. */
function machineMs() {
  const [, ...ticks] = readOrNone('/proc/stat').split('\n', 1)[0]?.split(/\s+/) ?? []
  return ticks.map((count) => Number(count) * TICK_MS)
}

function ownBusyMs() {
  const { userCPUTime, systemCPUTime } = resourceUsage()
  return (userCPUTime + systemCPUTime) / 1000
}

/** @param {string} path */
function listOrNone(path) {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/** @param {string} path */
function readOrNone(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // the thread has ended, or this system keeps no such account
  }
}
