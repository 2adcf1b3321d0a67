// A user's program that has none of the packages that only a part of rumpus needs; prints what it is told to install, and what it heard.

import { start } from 'rumpus'
import { openLogger } from 'rumpus/logger'
import { attach, exportMetrics, exportSpans, point } from 'rumpus/telemetry'

const runtime = await start()
/** @type {[string, string | undefined][]} */
const missing = []
for (const ask of [openLogger, () => exportMetrics(runtime), exportSpans]) {
  try {
    ask()
  } catch (error) {
    const { code, message } = /** @type {Error & { code: string }} */ (error)
    missing.push([code, /npm install ([^`]+)`/.exec(message)?.[1]])
  }
}
/** @type {string[]} */
const heard = []
attach('app', (name) => heard.push(name))
point('app:told').emit(1)
await runtime.stop()
console.log(JSON.stringify({ missing, heard }))
