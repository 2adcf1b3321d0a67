// Owns how js/ becomes dist/ (`npm run build:js`) and index.d.ts (`npm run dts`).

import { dts } from 'rolldown-plugin-dts'

const external = [/^node:/, /^msgpackr/]

/**
 * One file per thread entry and one for what they share, all in one folder: `import.meta.url` has the same meaning in
 * each, and no stale chunk stays behind.
 *
 * @satisfies {import('rolldown').RolldownOptions}
 */
export const bundle = {
  input: { index: 'js/index.ts', 'scheduler-thread': 'js/scheduler-thread.ts' },
  external,
  platform: 'node',
  transform: { target: 'node20.19' },
  output: {
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] },
  },
}

/**
 * The public surface, rolled up from the sources file by file (hence `isolatedDeclarations`), without a compiler.
 *
 * @satisfies {import('rolldown').RolldownOptions}
 */
export const surface = {
  input: { index: 'js/index.ts' },
  external,
  platform: 'node',
  plugins: [dts({ oxc: true, emitDtsOnly: true })],
  output: {
    dir: '.',
    format: 'esm',
    postBanner: '// Generated from js/ by `npm run dts`. Do not edit.\n',
  },
}

export default process.env.TARGET === 'dts' ? surface : bundle
