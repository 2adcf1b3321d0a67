// A scheduler thread as its host keeps it: the Worker that sits in a seat, how it was started and what is known of it. Owns
// how a Worker is started and ended; decides neither when.

import type { Worker } from 'node:worker_threads'
import { builtin } from '../builtin.ts'
import { threadEntry } from '../native/built.ts'
import { nowMs } from './clock.ts'
import type { SchedulerData } from './notes.ts'

/** Flags of the host that decide how modules load and errors look: a scheduler thread has them too. Others are the process's. */
const FLAGS_KEPT =
  /^--(import|require|loader|experimental-loader|conditions|enable-source-maps|preserve-symlinks|no-warnings|trace-(deprecation|env|exit|promises|sync-io|tls|uncaught|warnings)|disable-warning|experimental-(strip|transform|detect|default|import|vm)|no-experimental-(strip|detect|require))|^-[rC]$/
/** Those of them that take the next argument as their value. */
const FLAGS_WITH_VALUE = /^(--(import|require|loader|experimental-loader|conditions|disable-warning)|-[rC])$/

/** What is known of the thread of one seat. */
export interface Thread {
  worker: Worker | undefined
  ready: boolean
  startedMs: number
  /** The module it is loading. */
  loading: string | undefined
  /** It was told to end. */
  told: boolean
  /** Its end is no news: nothing lives there any more, or what does is being killed. */
  going: boolean
  failures: number
  pause: NodeJS.Timeout | undefined
  /** Why we end it. */
  ending: Error | undefined
  /** For which tenancy of a dedicated seat it was started. */
  tenancy: number
  /** The one definition that it is to load; every one if there is none. */
  only: number | undefined
}

/** Nobody sits there yet. */
export const newThread = (): Thread => ({
  worker: undefined,
  ready: false,
  startedMs: 0,
  loading: undefined,
  told: false,
  going: false,
  failures: 0,
  pause: undefined,
  ending: undefined,
  tenancy: 0,
  only: undefined,
})

/** A thread is about to be started: nothing is known of it. */
export const renew = (thread: Thread): void => {
  thread.pause = undefined
  thread.ready = false
  thread.told = false
  thread.going = false
  thread.loading = undefined
  thread.ending = undefined
  thread.startedMs = nowMs()
}

/** Starts a thread. */
export const startWorker = (name: string, data: SchedulerData, heapMb: number): Worker => {
  const { Worker } = builtin('node:worker_threads')
  return new Worker(threadEntry, {
    name,
    workerData: data,
    transferList: [data.links],
    execArgv: flagsFor(process.execArgv),
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  })
}

/** What of the host's own flags a scheduler thread is started with. */
const flagsFor = (given: readonly string[]): string[] => {
  const kept: string[] = []
  for (let i = 0; i < given.length; i++) {
    const flag = given[i]
    const value = FLAGS_WITH_VALUE.test(flag) ? given[++i] : undefined
    if (FLAGS_KEPT.test(flag)) kept.push(flag, ...(value === undefined ? [] : [value]))
  }
  return kept
}

/** Ends a thread: one that has not gone by itself within `limitMs` is terminated. */
export const endWorker = (worker: Worker, limitMs: number): Promise<void> =>
  new Promise((resolve) => {
    worker.ref()
    const limit = setTimeout(() => void worker.terminate(), limitMs)
    worker.once('exit', () => {
      clearTimeout(limit)
      resolve()
    })
  })
