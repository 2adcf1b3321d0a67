// Owns how the tests run: in child processes, against the built package, which Node itself loads. Whatever speaks of
// processes runs on both lanes.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const rooms = ['process', 'border', 'journeys', 'random', 'logger', 'telemetry'].map(
  (room) => `__test__/${room}/**/*.test.ts`,
)
const onBothLanes = [...rooms, '__test__/otp/store*.test.ts']

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
const inHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Suites of processes that speak of nothing but threads. */
const ofThreads = [
  'crash-reports', // of programs of their own, and of scheduler threads; the model's are in __test__/model
  'dedicated', // threads of one's own
  'life-table', // needs bodies that keep threads, so that others have not begun
  'stall', // the watchdog
  'trace', // what schedulers tell
  'channels', // their births and ends
  'one-thread', // the native runtime on its host
].map((suite) => `__test__/process/${suite}.test.ts`)

export default defineConfig({
  // Tests of single sources see what the build writes into them.
  define: { RUMPUS_VERSION: JSON.stringify(version) },
  resolve: {
    alias: [
      { find: /^rumpus$/, replacement: inHere('./dist/index.js') },
      { find: /^rumpus\/(\w+)$/, replacement: inHere('./dist/$1.js') },
    ],
  },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    maxConcurrency: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    server: { deps: { external: [/\/dist\//, /\/examples\//, /\/__test__\/fixtures\//] } },
    projects: [
      { extends: true, test: { name: 'js lane', include: ['__test__/**/*.test.ts'] } },
      { extends: true, test: { name: 'native lane', include: onBothLanes, env: { RUMPUS_LANE: 'native' } } },
      {
        extends: true,
        resolve: { alias: [{ find: /^rumpus$/, replacement: inHere('./__test__/portable/as-rumpus.ts') }] },
        test: {
          name: 'portable',
          include: ['__test__/process/**/*.test.ts'],
          exclude: ofThreads,
          env: { RUMPUS_ONE_THREAD: '1' },
          // Fixtures too meet the portable runtime.
          server: { deps: { inline: [/\/__test__\/fixtures\//] } },
        },
      },
    ],
  },
})
