// The program: what it is made of, and how long it may take to stop. SIGTERM drains it; the exit code says whether all went well.

import { runApplication } from 'rumpus/otp'
import { jobs, web } from './applications.js'
import { log } from './log.js'

const DRAIN_MS = 25_000

const [directory = process.env['JOBS_DIRECTORY']] = process.argv.slice(2)
const outcome = await runApplication([jobs, web], {
  config: directory === undefined ? {} : { jobs: { directory }, web: { directory } },
  deadline: DRAIN_MS,
})
log.here.info(outcome, 'stopped')
