// Asks a runtime with default options how many schedulers it has, in a process of its own.

import { start } from 'rumpus'

export async function run() {
  const runtime = await start()
  const schedulers = runtime.inspect().schedulers.length - 1
  await runtime.stop()
  return schedulers
}
