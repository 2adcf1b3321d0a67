// Owns how lines are logged in the logger row: bursts to a file of its own, of which only the calls count.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LINES, order } from './workloads.js'

/**
 * Has `contestant` measure itself with a file of its own.
 *
 * @template Sample
 * @param {import('./measure.js').Measure} tools
 * @param {(path: string, measured: (log: { info(data: object, text: string): void }, flushed: () => Promise<unknown>) => Promise<import('./measure.js').Sample>) => Promise<Sample>} contestant
 */
export async function bursts(tools, contestant) {
  const folder = mkdtempSync(join(tmpdir(), 'rumpus-bench-'))
  try {
    return await contestant(join(folder, 'bench.log'), (log, flushed) =>
      tools.perOperation(LINES.burst * LINES.bursts, async () => {
        let ms = 0
        for (let burst = 0; burst < LINES.bursts; burst++) {
          const start = performance.now()
          for (let n = 0; n < LINES.burst; n++) log.info(order(n), LINES.text)
          ms += performance.now() - start
          await flushed()
        }
        return ms
      }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
