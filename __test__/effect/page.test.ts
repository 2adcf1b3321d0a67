// Goal: fibers run in a page, as they are built, and the executors that run there keep the contract there. Method: headless Chromium loads
// the files from a server on 127.0.0.1, does the work of the page, and runs the programs of `conformance.test.ts`.

import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { complaintsOf, describeInChromium, launch } from '../browser/chromium.ts'
import { type Served, serve } from '../browser/serve.ts'
import { root } from '../tidy/repository.ts'
import { everywhere } from './executor.ts'
import type { Ran } from './in-page.ts'
import { obligations } from './obligations.ts'
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
    // The programs, which find what is built where the page has it.
    await build({
      entryPoints: [`${root}__test__/effect/in-page.ts`],
      outfile: join(folder, 'site', 'in-page.js'),
      bundle: true,
      format: 'esm',
      external: ['rumpus/*'],
      logLevel: 'error',
    })
    const map = JSON.stringify({ imports: { 'rumpus/effect': '/effect.js' } })
    await writeFile(
      join(folder, 'site', 'index.html'),
      `<!doctype html><title>fibers</title><script type="importmap">${map}</script><p>here`,
    )
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

  it('keep what executors owe, each of the obligations on each of the executors', async () => {
    const page = await browser.newPage()
    const complaints = complaintsOf(page, served.origin)
    await page.goto(`${served.origin}/`)
    const ran = (await page.evaluate(`import('/in-page.js').then(({ runAll }) => runAll())`)) as Ran
    const all = everywhere.flatMap(({ name }) => Object.keys(obligations).map((what) => `${name}: ${what}`))
    expect(ran).toEqual({ kept: all, broken: [] })
    expect(complaints).toEqual({ errors: [], foreign: [], failed: [] })
  })
})
