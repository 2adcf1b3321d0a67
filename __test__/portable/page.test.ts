// Goal: rumpus/portable runs in a page, as it is built, and leaves the page its turns. Method: headless Chromium loads the file from a
// server on 127.0.0.1, runs processes, and counts what a timer and the frames get during a storm of messages.

import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { complaintsOf, describeInChromium, launch } from '../browser/chromium.ts'
import { type Served, serve } from '../browser/serve.ts'
import { root } from '../tidy/repository.ts'
import { ALL_IS_WELL } from './page.mjs'

/** What else had its turn. */
interface Turns {
  readonly ticks: number
  readonly frames: number
  readonly messages: number
}

describeInChromium('rumpus/portable in a page', () => {
  let folder = ''
  let served: Served
  let browser: Browser

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rumpus-page-'))
    await mkdir(join(folder, 'site'))
    await copyFile(`${root}dist/portable.js`, join(folder, 'site', 'portable.js'))
    await copyFile(`${root}__test__/portable/page.mjs`, join(folder, 'site', 'page.mjs'))
    await writeFile(join(folder, 'site', 'index.html'), '<!doctype html><title>portable</title><p>here')
    served = await serve(join(folder, 'site'))
    browser = await launch()
  })

  afterAll(async () => {
    await browser?.close()
    await served?.close()
    await rm(folder, { recursive: true })
  })

  async function opened(): Promise<Page> {
    const page = await browser.newPage()
    await page.goto(`${served.origin}/`)
    return page
  }

  it('runs processes of every kind, asks nobody for anything and complains of nothing', async () => {
    const page = await browser.newPage()
    const complaints = complaintsOf(page, served.origin)
    await page.goto(`${served.origin}/`)
    const seen = await page.evaluate(`Promise.all([import('/portable.js'), import('/page.mjs')])
      .then(([portable, { tryAll }]) => tryAll(portable))`)
    expect(seen).toEqual(ALL_IS_WELL)
    expect(complaints).toEqual({ errors: [], foreign: [], failed: [] })
  })

  it('leaves timers and frames their turns during a storm of messages', async () => {
    const page = await opened()
    const [idle, stormy] = (await page.evaluate(`Promise.all([import('/portable.js'), import('/page.mjs')])
      .then(async ([portable, { calm, storm }]) => [await calm(1000), await storm(portable, 1000)])`)) as [Turns, Turns]
    // Beside whatever else this machine does.
    expect(stormy.ticks).toBeGreaterThan(idle.ticks / 10)
    expect(stormy.frames).toBeGreaterThan(idle.frames / 10)
    expect(stormy.messages).toBeGreaterThan(1_000)
  })
})
