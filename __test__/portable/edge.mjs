// Owns a context with nothing but the globals of the web, as edge runtimes have it: loads the built portable runtime and the work of
// the page there, and writes what came of it to stdout.

import { readFile } from 'node:fs/promises'
import { createContext, SourceTextModule } from 'node:vm'

const web = {
  ...{ AbortController, AbortSignal, console, DOMException, Event, EventTarget, MessageChannel, performance },
  ...{ queueMicrotask, setTimeout, clearTimeout, setInterval, clearInterval, structuredClone, URL },
}
const context = createContext({ ...web })

/**
 * @param {URL} url
 * @returns {Promise<any>}
 */
const load = async (url) => {
  const module = new SourceTextModule(await readFile(url, 'utf8'), { context, identifier: url.href })
  await module.link(() => {
    throw new Error('it imports something')
  })
  await module.evaluate()
  return module.namespace
}

const portable = await load(new URL('../../dist/portable.js', import.meta.url))
const { calm, storm, tryAll } = await load(new URL('page.mjs', import.meta.url))
const absent = new SourceTextModule(
  `export const missing = ['process', 'Buffer', 'setImmediate', 'global', 'require']
    .filter((name) => globalThis[name] === undefined)`,
  { context },
)
await absent.link(() => {
  throw new Error('it imports something')
})
await absent.evaluate()
const seen = await tryAll(portable)
const [idle, stormy] = [await calm(500), await storm(portable, 500)]
process.stdout.write(JSON.stringify({ seen, idle, stormy, missing: /** @type {any} */ (absent.namespace).missing }))
