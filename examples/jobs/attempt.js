// One attempt at one job: a process of its own, on whichever core has room. When it fails, nothing else does, and the queue, which
// monitors it, decides what is next. What it has found lies in the store when it ends, so the end itself is the news. It lies there
// under its own pid: one that was killed, whatever its body still does, cannot speak for the next, or for another job of the same name.

import { define } from 'rumpus'
import { Store } from 'rumpus/otp'
import { span } from 'rumpus/telemetry'
import { log } from './log.js'
import { work } from './work.js'

/**
 * What is known of a job that is over, by its id.
 *
 * @typedef {{ readonly status: 'done', readonly attempt: number, readonly value: unknown }
 *   | { readonly status: 'failed', readonly attempt: number, readonly error: string }} Outcome
 */

/** What attempts have found, by their pids, until the queue takes it. @type {Store<import('rumpus').Pid<never>, { readonly value: unknown }>} */
export const results = new Store('results')

/** Outcomes, by the ids of jobs: the queue writes them, and every core reads them. @type {Store<string, Outcome>} */
export const outcomes = new Store('outcomes')

const working = span('jobs:attempt')

export const attempt = define(
  import.meta.url,
  'attempt',
  async (/** @type {import('rumpus').Self<'go'>} */ self, /** @type {import('./work.js').Attempt} */ job) => {
    const { id, kind } = job
    await self.receive()
    log.of(self).debug({ job: id, kind, attempt: job.attempt }, 'attempt')
    const value = await working.run(() => work(job, self.signal), { data: { kind } })
    results.put(self.pid, { value })
  },
)
