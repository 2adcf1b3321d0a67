// Owns the log of this program: every thread that imports this opens the same one, and writes its own lines.

import { openLogger } from 'rumpus/logger'
import { measure } from 'rumpus/telemetry'

export const log = openLogger({ to: process.env['JOBS_LOG'] ?? 2, level: process.env['JOBS_LOG_LEVEL'] ?? 'info' })
// What each thread counts is in the metrics of the host.
measure()
