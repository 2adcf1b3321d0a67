// Owns how tasks are given to whoever does them on other threads: so many are in flight, and the next is given when one has
// been answered. The same for us and for the rivals, who bring the way to have one done.

import { tasksOf } from './workloads.js'

/**
 * Gives the tasks of the row's `offload`, round after round. The figure is nanoseconds a task if the row says `perTask`, else
 * milliseconds a round.
 *
 * @param {import('./measure.js').Measure} tools
 * @param {(blocks: number) => Promise<number>} ask - has a task done
 */
export async function offload(tools, ask) {
  const { tasks, inFlight, costUs } = tasksOf(tools.word('offload'))
  const blocksPerUs = tools.number('blocksPerUs')
  let check = 0
  const round = async () => {
    let [next, sum] = [0, 0]
    const lane = async () => {
      while (next < tasks) {
        const answer = await ask(blocksPerUs * costUs(next++))
        sum += answer
      }
    }
    const start = performance.now()
    await Promise.all(Array.from({ length: inFlight }, lane))
    const ms = performance.now() - start
    check = sum % 2 ** 32
    return ms
  }
  const sample = tools.params.perTask ? await tools.perOperation(tasks, round) : await tools.rounds(tasks, round)
  return { ...sample, check }
}
