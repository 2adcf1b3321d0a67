import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { coordinate } from '../../examples/census/coordinator.js'
import { countBatch } from '../../examples/census/count.js'
import { countSequentially } from '../../examples/census/sequential.js'
import { summarize } from '../../examples/census/tally.js'
import { walk } from '../../examples/census/walk.js'
import { seeded } from '../fixtures/random.mjs'
import { folder, generatedSources } from './fixture.ts'

type Batch = { id: number; root: string; paths: readonly string[] }
type Fate = 'answers' | 'dies' | 'answers, then dies' | 'dies, then its answer arrives'

/** Stands in for the runtime: each spawned process meets the fate chosen for it, in an order that follows from the seed. */
class Stage {
  spawned = 0
  aliveMax = 0
  readonly #fate: (batch: Batch) => Fate
  readonly #random: () => number
  readonly #alive: { pid: number; batch: Batch }[] = []
  readonly #mail: object[] = []

  constructor(seed: number, fate: (batch: Batch) => Fate) {
    this.#fate = fate
    this.#random = seeded(seed)
  }

  get self() {
    return {
      pid: 0,
      spawnMonitor: (_definition: unknown, _home: number, batch: Batch) => {
        this.#alive.push({ pid: ++this.spawned, batch: structuredClone(batch) })
        this.aliveMax = Math.max(this.aliveMax, this.#alive.length)
        return [this.spawned, -this.spawned]
      },
      receive: async (options?: { signal: AbortSignal }) => {
        await nextTurn()
        options?.signal.throwIfAborted()
        if (this.#mail.length === 0) await this.#runOne()
        return this.#mail.shift()
      },
    }
  }

  get idle() {
    return this.#alive.length + this.#mail.length === 0
  }

  async #runOne() {
    const index = Math.floor(this.#random() * this.#alive.length)
    const [process] = this.#alive.splice(index, 1)
    if (!process) throw new Error('the coordinator waits, but no process is alive')
    const { pid, batch } = process
    const fate = this.#fate(batch)
    const reason = fate === 'answers' ? { kind: 'normal' } : { kind: 'scheduler-down' }
    const mail: object[] = [{ type: 'down', ref: -pid, pid, reason }]
    if (fate !== 'dies') mail.unshift({ id: batch.id, result: await countBatch(batch.root, batch.paths) })
    this.#mail.push(...(fate === 'dies, then its answer arrives' ? mail.reverse() : mail))
  }
}

type Watch = Parameters<typeof coordinate>[4]

async function coordinated(
  stage: Stage,
  root: string,
  found?: Awaited<ReturnType<typeof walk>>,
  watch?: Partial<Watch>,
) {
  const self = stage.self as unknown as Parameters<typeof coordinate>[0]
  const worker = {} as Parameters<typeof coordinate>[1]
  const { tally } = await coordinate(self, worker, root, found ?? (await walk(root)), { inFlightMax: 4, ...watch })
  return summarize(tally, 20)
}

/** Enough bytes that the files make up several batches. */
function fixture() {
  const large = (name: string) => `${name} = 1;`.repeat(9000)
  const sources = Object.fromEntries(
    Array.from({ length: 9 }, (_, index) => [`large-${index}.js`, large(`name${index % 6}`)]),
  )
  const root = folder({ ...sources, ...generatedSources(5, 40), 'broken.js': "'" })
  return {
    root,
    wanted: async () => {
      const { files } = await walk(root)
      const paths = files.map(({ path }) => path)
      return countSequentially(root, paths, 20)
    },
  }
}

describe('coordinate', () => {
  it('comes to the sequential summary with a bounded number of processes alive', async () => {
    const { root, wanted } = fixture()
    const stage = new Stage(1, () => 'answers')
    expect(await coordinated(stage, root)).toEqual(await wanted())
    expect(stage.spawned).toBeGreaterThan(6)
    expect(stage.aliveMax).toBe(4)
    expect(stage.idle).toBe(true)
  })

  it('still does so when processes die before or after their answer', async () => {
    const { root, wanted } = fixture()
    const expected = await wanted()
    for (let seed = 1; seed <= 10; seed += 1) {
      const random = seeded(seed)
      const failures = new Map<string, number>()
      const stage = new Stage(seed, (batch) => {
        const key = batch.paths.join()
        const failed = failures.get(key) ?? 0
        if (failed === 2 || random() < 0.3) return random() < 0.5 ? 'answers' : 'answers, then dies'
        failures.set(key, failed + 1)
        return random() < 0.5 ? 'dies' : 'dies, then its answer arrives'
      })
      expect(await coordinated(stage, root), `seed ${seed}`).toEqual(expected)
    }
  })

  it('reports a file whose process always dies, with the reason, and counts all others', async () => {
    const { root, wanted } = fixture()
    const stage = new Stage(3, ({ paths }) => (paths.includes('large-4.js') ? 'dies' : 'answers'))
    const { files, problems } = await coordinated(stage, root)
    const { files: all } = await wanted()
    expect(files).toEqual({ found: all.found, counted: all.counted - 1, reported: all.reported + 1 })
    expect(problems).toContainEqual({
      path: 'large-4.js',
      code: 'gave-up',
      reason: 'its process ended 5 times, last: scheduler-down',
    })
  })

  it('reports what the search could not list, and ends at once when nothing was found', async () => {
    const problem = { path: 'closed', code: 'unreadable' as const, reason: 'cannot list the directory' }
    const { files, problems } = await coordinated(new Stage(1, () => 'dies'), '/', {
      files: [],
      problems: [problem],
      symlinks: 0,
    })
    expect([files, problems]).toEqual([{ found: 1, counted: 0, reported: 1 }, [problem]])
  })

  it('tells of every process, and of every answer that counts once', async () => {
    const { root, wanted } = fixture()
    const random = seeded(4)
    const stage = new Stage(4, () => (random() < 0.3 ? 'dies, then its answer arrives' : 'answers, then dies'))
    const [pids, sums] = [new Set<unknown>(), { files: 0, bytes: 0 }]
    const counted = (files: number, bytes: number) => {
      sums.files += files
      sums.bytes += bytes
    }
    const { files, bytes } = await coordinated(stage, root, undefined, {
      forgiven: 50,
      spawned: (pid) => pids.add(pid),
      counted,
    })
    expect(sums).toEqual({ files: files.found, bytes })
    expect({ files, bytes }).toMatchObject({ files: (await wanted()).files, bytes: (await wanted()).bytes })
    expect(pids.size).toBe(stage.spawned)
  })

  it('hands out nothing more once it is asked to stop, and rejects with the reason', async () => {
    const { root } = fixture()
    const [stage, controller] = [new Stage(1, () => 'answers'), new AbortController()]
    const counted = () => controller.abort(new Error('enough'))
    await expect(coordinated(stage, root, undefined, { signal: controller.signal, counted })).rejects.toThrow('enough')
    expect(stage.spawned).toBe(4)
  })
})
