// Owns how the tests run: in child processes, against the built package, which Node itself loads.

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: { rumpus: fileURLToPath(new URL('./dist/index.js', import.meta.url)) } },
  test: {
    include: ['__test__/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    maxConcurrency: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    server: { deps: { external: [/\/dist\//, /\/examples\//] } },
  },
})
