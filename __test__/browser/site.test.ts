// Goal: the site of the documents and the doc comments is whole, and can be browsed and searched without any other host.
// Method: build it as `npm run docs` does, look for the page of every export and every guide, walk through it in Chromium.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesIn, read, root } from '../tidy/repository.ts'
import { describeInChromium, launch } from './chromium.ts'
import { crawl } from './crawl.ts'
import { type Served, serve } from './serve.ts'

let folder = ''
let told = ''
let served: Served

/** What the package exports, by the last line of its types. */
const exported = (types: string): string[] =>
  (/^export \{ (.*) \};?$/m.exec(types)?.[1] ?? '').split(', ').map((name) => name.replace(/^type /, ''))

/** The pages below a folder of the site, by name. */
const pagesIn = (...folders: string[]): string[] =>
  folders.flatMap((one) => readdirSync(join(folder, one)).map((name) => name.replace(/\.html$/, '')))

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rumpus-site-'))
  const built = spawnSync(process.execPath, [join(root, 'node_modules/typedoc/bin/typedoc'), '--out', folder], {
    cwd: root,
    encoding: 'utf8',
  })
  told = built.stdout + built.stderr
  expect(built.status, told).toBe(0)
  served = await serve(folder)
}, 600_000)

afterAll(async () => {
  await served?.close()
  await rm(folder, { recursive: true, force: true })
})

describe('the site', () => {
  it('is built without a warning', () => expect(told).not.toMatch(/warning|error/i))

  it('has a page for each export, and no other', () => {
    const names = exported(read('index.d.ts'))
    expect(names).toEqual(expect.arrayContaining(['run', 'Self', 'Pid', 'RumpusError']))
    const pages = pagesIn('classes', 'functions', 'interfaces', 'types').filter((name) => name.startsWith('rumpus.'))
    expect(pages.sort()).toEqual(names.map((name) => `rumpus.${name}`).sort())
  })

  it.each(['effect', 'structured', 'sync', 'fibers'])(
    'has a page for each export of rumpus/%s, and no other',
    (entry) => {
      const names = exported(read(`${entry}.d.ts`))
      expect(names.length).toBeGreaterThan(0)
      const all = pagesIn('classes', 'functions', 'interfaces', 'types', 'variables')
      const pages = all.filter((name) => name.startsWith(`rumpus_${entry}.`))
      expect(pages.sort()).toEqual(names.map((name) => `rumpus_${entry}.${name}`).sort())
    },
  )

  it('has a page for each guide, and README.md as its index', () => {
    const titles = pagesIn('documents').map(
      (name) => /<title>(.*) \| rumpus/.exec(readFileSync(join(folder, 'documents', `${name}.html`), 'utf8'))?.[1],
    )
    const headings = filesIn('docs/guides', 'md').map((path) => /^# (.*)$/m.exec(read(path))?.[1])
    expect(titles).toEqual(expect.arrayContaining(headings))
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('Erlang-style processes on every core')
  })
})

describeInChromium('the site in Chromium', () => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    browser = await launch()
    page = await browser.newPage()
  })
  afterAll(() => browser?.close())

  it('has no broken link, no complaint on the console, and nothing of another host', async () => {
    const walk = await crawl(page, served.origin, '#tsd-nav-container a')
    expect(walk.broken).toEqual([])
    expect(walk.complaints).toEqual({ errors: [], foreign: [], failed: [] })
    const pages = [...pagesIn('classes', 'documents', 'functions', 'interfaces', 'types')]
    expect(pages.filter((name) => !walk.pages.some((path) => path.endsWith(`/${name}.html`)))).toEqual([])
  }, 600_000)

  it.each([
    ['spawn', /\/interfaces\/rumpus\.(Self|Runtime)\.html#spawn$/],
    ['receive', /\/interfaces\/rumpus\.Self\.html#receive$/],
    ['transfer', /\/functions\/rumpus\.transfer\.html$/],
    ['ERR_RUMPUS_UNCROSSABLE', /\.html/],
    ['seeds', /\/documents\/Testing_with_seeds\.html/],
  ])('finds %s', async (words, target) => {
    await page.goto(`${served.origin}/index.html`)
    await page.locator('#tsd-search-trigger').click()
    await page.locator('#tsd-search-input').fill(words)
    const first = page.locator('#tsd-search-results a').first()
    await first.waitFor()
    await first.click()
    await page.waitForURL(target)
  })

  it('what is broken is noticed', async () => {
    const bad = await mkdtemp(join(tmpdir(), 'rumpus-bad-site-'))
    await writeFile(
      join(bad, 'index.html'),
      '<a href="two.html#here">a</a> <a href="two.html#gone">b</a> <a href="gone.html">c</a> <a href="x.js">d</a>',
    )
    await writeFile(
      join(bad, 'two.html'),
      '<p id="here"><a href="https://example.com/">e</a><img src="http://example.com/f.png">',
    )
    const other = await serve(bad)
    try {
      const walk = await crawl(await browser.newPage(), other.origin, 'a')
      expect(walk.broken).toEqual([
        '/index.html -> /two.html#gone',
        '/index.html -> /gone.html',
        '/index.html -> /x.js',
      ])
      expect(walk.leaving).toEqual(['https://example.com/'])
      expect(walk.complaints.foreign).toEqual(['http://example.com/f.png'])
    } finally {
      await other.close()
      await rm(bad, { recursive: true })
    }
  })
})
