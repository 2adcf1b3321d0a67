// Goal: fibers run in a page, as they are built. Method: headless Chromium loads the files from a server on 127.0.0.1 and does the work
// of the page.

import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { complaintsOf, describeInChromium, launch } from '../browser/chromium.ts'
import { type Served, serve } from '../browser/serve.ts'
import { root } from '../tidy/repository.ts'
import { ALL_IS_WELL } from './page.mjs'

const built = ['effect', 'structured', 'sync', 'events', 'choices', 'contract', 'leaves'].map(
  (name) => `dist/${name}.js`,
)

describeInChromium('fibers in a page', () => {
  let folder = ''
  let served: Served
  let browser: Browser

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rumpus-fibers-'))
    await mkdir(join(folder, 'site'))
    for (const path of [...built, '__test__/effect/page.mjs']) {
      await copyFile(root + path, join(folder, 'site', path.replace(/^.*\//, '')))
    }
    await writeFile(join(folder, 'site', 'index.html'), '<!doctype html><title>fibers</title><p>here')
    served = await serve(join(folder, 'site'))
    browser = await launch()
  })

  afterAll(async () => {
    await browser?.close()
    await served?.close()
    await rm(folder, { recursive: true })
  })

  it('run and share, ask nobody for anything and complain of nothing', async () => {
    const page = await browser.newPage()
    const complaints = complaintsOf(page, served.origin)
    await page.goto(`${served.origin}/`)
    const seen = await page.evaluate(`Promise.all(['page.mjs', 'effect.js', 'structured.js', 'sync.js', 'events.js']
      .map((name) => import('/' + name))).then(([{ tryAll }, ...entries]) => tryAll(...entries))`)
    expect(seen).toEqual(ALL_IS_WELL)
    expect(complaints).toEqual({ errors: [], foreign: [], failed: [] })
  })
})
