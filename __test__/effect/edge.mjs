// Owns a context with nothing but the globals of the web, as edge runtimes have it: loads the built fibers there, with the files that
// they import, has them do the work of the page, and writes what came of it to stdout.

import { readFile } from 'node:fs/promises'
import { createContext, SourceTextModule } from 'node:vm'

const web = { AbortController, AbortSignal, MessageChannel, queueMicrotask, setTimeout, clearTimeout }
const context = createContext({ ...web })
/** @type {Map<string, Promise<SourceTextModule>>} */
const modules = new Map()

/**
 * A module of the context, one for each file; of a file and of nothing else.
 *
 * @param {URL} url
 */
const moduleOf = (url) => {
  const known = modules.get(url.href)
  if (known !== undefined) return known
  const module = readFile(url, 'utf8').then((text) => new SourceTextModule(text, { context, identifier: url.href }))
  modules.set(url.href, module)
  return module
}

/**
 * @param {URL} url
 * @returns {Promise<any>}
 */
const load = async (url) => {
  const module = await moduleOf(url)
  if (module.status === 'unlinked') {
    await module.link((specifier, from) => moduleOf(new URL(specifier, from.identifier)))
  }
  await module.evaluate()
  return module.namespace
}

const entry = (/** @type {string} */ name) => load(new URL(`../../dist/${name}.js`, import.meta.url))
const [effect, structured] = [await entry('effect'), await entry('structured')]
const [sync, events] = [await entry('sync'), await entry('events')]
const { tryAll } = await load(new URL('page.mjs', import.meta.url))
const seen = await tryAll(effect, structured, sync, events)
process.stdout.write(JSON.stringify({ seen, files: [...modules.keys()].map((url) => url.split('/').at(-1)).sort() }))
