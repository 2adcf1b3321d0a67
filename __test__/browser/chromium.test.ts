// Goal: what browser tests stand on is sound. Method: serve a folder with a way out of it, ask for what must not be had, and
// let a page do all that would be complained about.

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { complaintsOf, describeInChromium, findChromium, launch, maySkip } from './chromium.ts'
import { type Served, serve } from './serve.ts'

let folder = ''
let served: Served

/** The status of an answer to a path that is sent as it stands: a URL would be tidied. */
const statusOf = (path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(served.origin)
    request({ hostname, port, path }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rumpus-served-'))
  const root = join(folder, 'root')
  await mkdir(join(root, 'sub'), { recursive: true })
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await mkdir(join(folder, 'root-beside'))
  await writeFile(join(folder, 'root-beside', 'secret.txt'), 'secret')
  await symlink(join(folder, 'secret.txt'), join(root, 'link.txt'))
  await writeFile(join(root, 'sub', 'index.html'), '<title>sub</title>')
  await writeFile(
    join(root, 'bad.html'),
    `<script>console.error('told'); fetch('http://example.com/x').catch(() => {}); fetch('/gone.json')</script>
     <script>throw new Error('thrown')</script>`,
  )
  served = await serve(root)
})

afterAll(async () => {
  await served.close()
  await rm(folder, { recursive: true })
})

describe('the file server', () => {
  it('has the files of its folder, and the index of a folder in it', async () => {
    expect(await statusOf('/bad.html?a#b')).toBe(200)
    expect(await statusOf('/sub/')).toBe(200)
  })

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/../root-beside/secret.txt',
    '/link.txt',
    '/%',
    '/a%00b',
    '/',
  ])('has nothing else: %s', async (path) => expect(await statusOf(path)).toBe(404))
})

describe('where Chromium is', () => {
  it('is told by CHROMIUM_PATH, or PATH, and a wrong CHROMIUM_PATH is an error', async () => {
    expect(findChromium({ CHROMIUM_PATH: process.execPath, PATH: '' })).toBe(process.execPath)
    expect(() => findChromium({ CHROMIUM_PATH: join(folder, 'none') })).toThrow(/CHROMIUM_PATH names no program/)
    const bin = join(folder, 'bin')
    await mkdir(bin)
    await symlink(process.execPath, join(bin, 'chromium-browser'))
    expect(findChromium({ PATH: bin })).toBe(join(bin, 'chromium-browser'))
  })

  it('may be nowhere, unless it must be there', () => {
    expect([maySkip({}), maySkip({ CI: 'true' }), maySkip({ RUMPUS_BROWSER: 'must' })]).toEqual([true, true, false])
  })
})

describeInChromium('a page in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch()
  })
  afterAll(() => browser?.close())

  it('is loaded, and complains of nothing', async () => {
    const page = await browser.newPage()
    const complaints = complaintsOf(page, served.origin)
    await page.goto(`${served.origin}/sub/`)
    expect(await page.title()).toBe('sub')
    expect(complaints).toEqual({ errors: [], foreign: [], failed: [] })
  })

  it('tells what it wrote, threw, missed and asked of others, and reaches none of those', async () => {
    const page = await browser.newPage()
    const complaints = complaintsOf(page, served.origin)
    await page.goto(`${served.origin}/bad.html`, { waitUntil: 'networkidle' })
    expect(complaints.errors.join('\n')).toMatch(/told/)
    expect(complaints.errors.join('\n')).toMatch(/thrown/)
    expect(complaints.foreign).toEqual(['http://example.com/x'])
    expect(complaints.failed.join('\n')).toMatch(/example\.com\/x: net::ERR_NAME_NOT_RESOLVED/)
    expect(complaints.failed.join('\n')).toMatch(/gone\.json: 404/)
    expect(served.missing).toContain('/gone.json')
  })
})
