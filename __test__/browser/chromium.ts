// Owns how tests meet a browser: where Chromium is, a headless one, pages that tell what went wrong in them. Never true
// here: something is downloaded; the browser talks to anybody but 127.0.0.1.

import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium as driver, type Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const places = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** Whether a path is a file that this user may run. */
function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** The path of Chromium or Chrome: `CHROMIUM_PATH`, which then must be right, or what `PATH` and the usual places have. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.CHROMIUM_PATH) {
    if (!runs(env.CHROMIUM_PATH)) throw new Error(`CHROMIUM_PATH names no program: ${env.CHROMIUM_PATH}`)
    return env.CHROMIUM_PATH
  }
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [...found, ...places].find(runs)
}

export const chromium: string | undefined = findChromium()

/** Whether tests may be skipped where no browser is: not where somebody has said that there must be one. */
export const maySkip = (env: NodeJS.ProcessEnv = process.env): boolean => env.RUMPUS_BROWSER !== 'must'

const NONE = 'no Chromium here: install one, or name it in CHROMIUM_PATH'

/** `describe` for what needs a browser: without one its tests are skipped, and stderr has the reason; or they fail. */
export function describeInChromium(title: string, body: () => void): void {
  if (chromium !== undefined) return void describe(title, body)
  if (!maySkip()) return void describe(title, () => it('has a browser', () => expect.fail(NONE)))
  console.error(`${title}: skipped, ${NONE}`)
  describe.skip(title, body)
}

/** Starts a headless Chromium, which finds no host but 127.0.0.1. Without its sandbox: that refuses root, and the pages are ours. */
export async function launch(): Promise<Browser> {
  if (chromium === undefined) throw new Error('launching needs Chromium: none was found')
  return driver.launch({
    executablePath: chromium,
    headless: true,
    chromiumSandbox: false,
    args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--disable-dev-shm-usage', '--disable-gpu'],
  })
}

/** What went wrong in a page, or went elsewhere. */
export interface Complaints {
  /** What it wrote to the console as an error or a warning, and what it threw. */
  readonly errors: string[]
  /** What it asked of others than `origin`. */
  readonly foreign: string[]
  /** What it asked for and did not get. */
  readonly failed: string[]
}

/** Listens to a page from now on: the lists grow. */
export function complaintsOf(page: Page, origin: string): Complaints {
  const complaints: Complaints = { errors: [], foreign: [], failed: [] }
  page.on('console', (message) => {
    if (/^(error|warning)$/.test(message.type())) complaints.errors.push(`${page.url()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.errors.push(`${page.url()}: ${error.stack ?? error.message}`))
  page.on('request', (request) => {
    const own = request.url().startsWith(`${origin}/`) || /^(data|blob|about):/.test(request.url())
    if (!own) complaints.foreign.push(request.url())
  })
  page.on('requestfailed', (request) => complaints.failed.push(`${request.url()}: ${request.failure()?.errorText}`))
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.failed.push(`${response.url()}: ${response.status()}`)
  })
  return complaints
}
