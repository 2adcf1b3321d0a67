// Owns how js/ becomes dist/ (`npm run build:js`) and the *.d.ts of the root (`npm run dts`).

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { transform } from 'esbuild'
import { build } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))
const external = [/^node:/, /^(pino|prom-client|@opentelemetry\/api)$/]

/** What stands beside `rumpus` and shares its files: `rumpus/otp` and so on. */
const further = ['otp', 'effect', 'events', 'structured', 'sync', 'handlers', 'fibers', 'logger', 'telemetry']

/** @param {readonly string[]} names */
const entries = (names) => Object.fromEntries(names.map((name) => [name, `js/${name}.ts`]))

/** Every thread reads them, every user and every page loads them down; functions keep their names, for they are in stack traces. */
const minify = { compress: true, mangle: { toplevel: false }, codegen: { removeWhitespace: true } }

/**
 * Makes `const f = (a) => {` of a module `function f(a) {`, which is as long, so that nothing else moves. V8 does not pass over the
 * body of an arrow function in a module when it first reads one, as it does over that of any other: a millisecond for each thread. Such
 * functions are statements, too, of which who bundles the package can leave out each that it does not use.
 *
 * @satisfies {import('rolldown').Plugin}
 */
const passedOver = {
  name: 'passed-over',
  transform: {
    filter: { id: /\/js\/.*\.ts$/ },
    handler(code) {
      let text = code
      for (const statement of this.parse(code, { lang: 'ts' }).body) {
        const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
        if (declaration?.type !== 'VariableDeclaration' || declaration.declarations.length !== 1) continue
        const { id, init } = declaration.declarations[0]
        if (id.type !== 'Identifier' || init?.type !== 'ArrowFunctionExpression') continue
        if (init.body.type !== 'BlockStatement') continue
        const begins = init.start + (init.async ? 'async '.length : 0)
        const arrow = code.lastIndexOf('=>', init.body.start)
        const head = `${init.async ? 'async ' : ''}function ${id.name}`.padEnd(begins - declaration.start)
        text = `${text.slice(0, declaration.start)}${head}${text.slice(begins, arrow)}  ${text.slice(arrow + 2)}`
      }
      return text.length === code.length ? { code: text, map: null } : this.error('it is not as long as it was')
    },
  },
}

/** Characters of a line of what is built, about: Node prints the whole line from which an uncaught error was thrown. */
const LINE = 160

/** @satisfies {import('rolldown').Plugin} */
const shortLines = {
  name: 'short-lines',
  async writeBundle({ dir = '' }, written) {
    for (const fileName of Object.keys(written)) {
      // What has no map has no code but imports.
      if (written[`${fileName}.map`] === undefined) continue
      const path = join(dir, fileName)
      const [code, map] = [path, `${path}.map`].map((name) => readFileSync(name))
      const [body] = String(code).split('//# sourceMappingURL=')
      const inline = `//# sourceMappingURL=data:application/json;base64,${map?.toString('base64')}`
      const options = { minifyWhitespace: true, lineLimit: LINE, sourcemap: 'external', sourcesContent: true }
      const broken = await transform(`${body}${inline}`, /** @type {import('esbuild').TransformOptions} */ (options))
      writeFileSync(path, `${broken.code}//# sourceMappingURL=${fileName}.map\n`)
      writeFileSync(`${path}.map`, broken.map)
    }
  },
}

/** How lines are written to a file that many write to. */
const LINES = /\/js\/kernel\/(lines|pens|sink)\.ts$/
/** How a package is found that only a part needs. */
const PEER = /\/js\/kernel\/peer\.ts$/

/**
 * One file per entry, one for what the threads share, and one for a part that few load, all in one folder: `import.meta.url` has the
 * same meaning in each, and no stale chunk stays behind. Fibers have a file for what they share: who imports `rumpus` alone reads
 * nothing of it; and who imports fibers alone reads that and `leaves`, which is in all of them, so that one error has one class,
 * and nothing that needs the addon. What is shared by fibers has events, which are one more, and no part of the contract. How lines are
 * written is in a file of its own, which `rescue` needs as well: a host loads that by its place for those that a thread has left, so
 * that a program in one file stays one; `trace` is loaded in the same way where something is traced.
 *
 * @satisfies {import('rolldown').RolldownOptions}
 */
export const bundle = {
  input: entries(['index', 'scheduler-thread', 'rescue', 'trace', ...further]),
  external,
  plugins: [passedOver, shortLines],
  platform: 'node',
  transform: { target: 'node20.19', define: { RUMPUS_VERSION: JSON.stringify(version) } },
  output: {
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    minify,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    codeSplitting: {
      groups: [
        { name: 'leaves', test: /\/js\/(errors|options|pid|show|model\/dice)\.ts$/, priority: 3 },
        { name: 'contract', test: /\/js\/effect\//, priority: 2 },
        // Lines in which fibers stand serve the parties of choices, for what is shared here and across cores.
        { name: 'choices', test: /\/js\/(events\/|sync\/waiters\.ts$)/, priority: 2 },
        {
          name: 'shared',
          test: (/** @type {string} */ id) => !LINES.test(id) && !PEER.test(id),
          minShareCount: 2,
          priority: 1,
        },
        { name: 'lines', test: LINES },
        { name: 'peer', test: PEER },
      ],
    },
  },
}

/**
 * The same processes on one thread, in one file that stands by itself: a page loads it as it is, and the native runtime's files
 * are what they are without it.
 *
 * @satisfies {import('rolldown').RolldownOptions}
 */
export const portable = {
  input: entries(['portable']),
  plugins: [shortLines],
  platform: 'neutral',
  transform: { target: 'es2022' },
  output: {
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    minify,
  },
}

/** @param {string} name */
const ofMsgpackr = (name) => readFileSync(new URL(`node_modules/msgpackr/${name}`, import.meta.url), 'utf8')

/**
 * What packs nested values, without its native accelerator, which would be a second addon in every thread, and without code made at
 * run time: a file of its own, for a thread loads it with the first such value. Who installs Rumpus installs no other package so.
 *
 * @satisfies {import('rolldown').RolldownOptions & { output: import('rolldown').OutputOptions }}
 */
export const msgpackr = {
  input: { msgpackr: 'msgpackr/index-no-eval' },
  platform: 'node',
  output: {
    dir: 'dist',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    minify: true,
    postBanner: `/*! msgpackr ${JSON.parse(ofMsgpackr('package.json')).version}\n\n${ofMsgpackr('LICENSE')}*/`,
  },
}

/** Whose types are in surfaces of their own; those of all other rooms of js/ are in that of `rumpus`. */
const rooms = ['portable', ...further]
const js = new URL('js/', import.meta.url).href

/**
 * Has a surface take from the others what is theirs: a pid of the one entry is a pid to the compiler of the other.
 *
 * @param {string} entry
 */
const elsewhere = (entry) => ({
  name: 'what others have',
  resolveId: {
    order: /** @type {const} */ ('pre'),
    handler(/** @type {string} */ id, /** @type {string | undefined} */ importer) {
      if (importer === undefined || !id.startsWith('.')) return undefined
      const [room = ''] = new URL(id, pathToFileURL(importer)).href.replace(js, '').split(/[./]/)
      const home = rooms.includes(room) ? room : 'index'
      return home === entry ? undefined : { id: `./${home}.js`, external: true }
    },
  },
})

/**
 * The public surface of an entry, rolled up from the sources file by file (hence `isolatedDeclarations`), without a compiler.
 *
 * @param {string} entry
 * @returns {import('rolldown').RolldownOptions & { output: import('rolldown').OutputOptions }}
 */
const surfaceOf = (entry) => ({
  input: entries([entry]),
  external,
  platform: 'node',
  plugins: [elsewhere(entry), dts({ oxc: true, emitDtsOnly: true })],
  output: {
    dir: '.',
    format: 'esm',
    // `AsyncDisposable` is in no lib of a program's unless it asks; then it would need to know that we do.
    postBanner: '// Generated from js/ by `npm run dts`. Do not edit.\n/// <reference lib="esnext.disposable" />\n',
  },
})

/** The public surfaces: what `NAME.d.ts` is made of, by its name. */
export const surfaces = Object.fromEntries(['index', ...rooms].map((entry) => [entry, surfaceOf(entry)]))

// As a program it is silent unless something is wrong; rolldown's own command would list every file that it wrote.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const configs = process.argv[2] === 'dts' ? Object.values(surfaces) : [bundle, portable, msgpackr]
  await build(configs.map((config) => ({ ...config, logLevel: /** @type {const} */ ('warn') })))
}
