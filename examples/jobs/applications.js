// The two parts of the program, in the order of their needs: the queue with its attempts, and the web server. Owns what each is
// configured by, what stands under which supervisor, and how each stops.

import { application, Store, supervisor } from 'rumpus/otp'
import { log } from './log.js'
import { Queue } from './queue.js'
import { Spool } from './spool.js'
import { listen, makeServer, metricsOf } from './web.js'

/** So many outcomes, and results of attempts, are kept in memory; the directory has all outcomes. */
const ENTRIES = 10_000

export const jobs = application({
  name: 'jobs',
  config: {
    directory: { type: 'string', env: 'JOBS_DIRECTORY' },
    workers: { type: 'integer', default: 4, min: 1, env: 'JOBS_WORKERS' },
    attempts: { type: 'integer', default: 3, min: 1, env: 'JOBS_ATTEMPTS' },
    pauseMs: { type: 'integer', default: 200, min: 0, env: 'JOBS_PAUSE_MS' },
    timeoutMs: { type: 'integer', default: 60_000, min: 1, env: 'JOBS_TIMEOUT_MS' },
    scanMs: { type: 'integer', default: 1_000, min: 10, env: 'JOBS_SCAN_MS' },
    settleMs: { type: 'integer', default: 10_000, min: 0, env: 'JOBS_SETTLE_MS' },
  },
  start: (self, { config }) => {
    for (const name of ['results', 'outcomes']) {
      Store.create(self.runtime, { name, maxEntries: ENTRIES, overflow: 'drop-oldest' })
    }
    const attempts = supervisor({ strategy: 'dynamic', maxChildren: config.workers })
    return {
      // A queue that begins anew must not meet the attempts of the last one.
      strategy: 'one_for_all',
      maxRestarts: 5,
      children: [
        { id: 'attempts', start: attempts, name: 'attempts' },
        { id: 'queue', start: Queue, name: 'queue', args: [new Spool(config.directory, config.settleMs), config] },
      ],
    }
  },
  drain: async (self) => {
    const status = await self.call('queue', 'drain', { timeout: Number.POSITIVE_INFINITY })
    log.here.info(status, 'drained')
  },
})

export const web = application({
  name: 'web',
  needs: ['jobs'],
  config: {
    directory: { type: 'string', env: 'JOBS_DIRECTORY' },
    port: { type: 'integer', default: 8080, min: 0, max: 65_535, env: 'JOBS_PORT' },
  },
  readiness: 'told',
  start: (self, { config, applications, ready }) => {
    const metrics = metricsOf(self.runtime)
    const server = makeServer({ spool: new Spool(config.directory), register: metrics.register, applications })
    return async (/** @type {import('rumpus').Self<never>} */ me) => {
      try {
        const port = await listen(server, config.port)
        log.of(me).info({ port }, 'listening')
        ready()
        await me.receive()
      } finally {
        server.close()
        server.closeAllConnections()
        metrics.close()
      }
    }
  },
})
