// Owns how a site is walked through: every page that its index leads to is opened in a browser, scripts and all, and every
// link of every page is followed to its file and its place. Never true here: another host is asked.

import type { Page } from 'playwright-core'
import { type Complaints, complaintsOf } from './chromium.ts'

/** What a walk has seen. */
export interface Walk {
  /** The pages, as paths, in the order in which they were opened. */
  readonly pages: string[]
  /** Links that lead nowhere: `page -> target`. */
  readonly broken: string[]
  /** Links to other hosts, which were not followed. */
  readonly leaving: string[]
  readonly complaints: Complaints
}

/** What a page has: where its links lead, and the places that links can lead to. */
interface Seen {
  readonly links: string[]
  readonly places: string[]
}

/** What the page itself runs. */
const inPage = `({
  links: [...document.querySelectorAll('a[href]')].map((link) => link.href),
  places: [...document.querySelectorAll('[id], a[name]')].map((place) => place.id || place.getAttribute('name')),
})`

/** Opens a page, if it is there, and looks at it once it has what its scripts add. */
async function look(page: Page, url: string, added: string): Promise<Seen | undefined> {
  const response = await page.goto(url)
  if (response?.ok() !== true) return undefined
  await page.locator(added).first().waitFor({ state: 'attached' })
  return page.evaluate<Seen>(inPage)
}

/** The pages of a site by their paths, from its index on; nothing for one that is not there. */
async function open(page: Page, origin: string, added: string): Promise<Map<string, Seen | undefined>> {
  const seen = new Map<string, Seen | undefined>()
  const line = ['/index.html']
  for (let path = line.shift(); path !== undefined; path = line.shift()) {
    if (seen.has(path)) continue
    const one = await look(page, origin + path, added)
    seen.set(path, one)
    const own = (one?.links ?? []).filter((link) => link.startsWith(`${origin}/`)).map((link) => new URL(link).pathname)
    line.push(...own.filter((target) => target.endsWith('.html')))
  }
  return seen
}

/**
 * Walks through a site from its index. `added` selects what the scripts of each page add last: before that a page is not
 * whole.
 */
export async function crawl(page: Page, origin: string, added: string): Promise<Walk> {
  const complaints = complaintsOf(page, origin)
  const seen = await open(page, origin, added)
  await page.waitForLoadState('networkidle')
  const files = new Map<string, boolean>()
  const walk: Walk = { pages: [...seen.keys()], broken: [], leaving: [], complaints }
  for (const [path, one] of seen) {
    for (const link of new Set(one?.links)) {
      const { origin: to, pathname, hash } = new URL(link)
      if (to !== origin) {
        walk.leaving.push(link)
        continue
      }
      if (!seen.has(pathname) && !files.has(pathname)) files.set(pathname, (await fetch(origin + pathname)).ok)
      const target = seen.get(pathname)
      const place = decodeURIComponent(hash.slice(1))
      const there = target === undefined ? files.get(pathname) : place === '' || target.places.includes(place)
      if (there !== true) walk.broken.push(`${path} -> ${pathname}${hash}`)
    }
  }
  return walk
}
