// Owns how the tests run: in child processes, against the built package, which Node itself loads. Whatever speaks of
// processes runs on both lanes.

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const onBothLanes = ['process', 'border', 'journeys', 'random'].map((room) => `__test__/${room}/**/*.test.ts`)

export default defineConfig({
  resolve: { alias: { rumpus: fileURLToPath(new URL('./dist/index.js', import.meta.url)) } },
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
    ],
  },
})
