// Goal: whoever is asked to stop says what was done, and goes. Method: real signals to real children over a tree that takes
// many seconds to count, and a terminal of its own where the system can give one.

import { spawnSync } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { linkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { countSequentially } from '../../examples/census/sequential.js'
import { Stopped, stopSignal } from '../../examples/census/stop.js'
import { MAIN, startChild } from './child.ts'
import { folder, generatedSources } from './fixture.ts'

const STOP = new URL('../../examples/census/stop.js', import.meta.url).href

/** Long to count, soon written: one file of a million tokens under many names. */
function endless(): string {
  const root = folder({ 'a.js': 'a;'.repeat(1_000_000) })
  for (let i = 0; i < 60; i += 1) linkSync(join(root, 'a.js'), join(root, `b${i}.js`))
  return root
}

const start = (...argv: string[]) => startChild(process.execPath, [MAIN, ...argv])

describe('a census that is asked to stop', () => {
  it.each([
    ['SIGINT', 130, []],
    ['SIGTERM', 143, []],
    ['SIGINT', 130, ['--chaos', '3']],
  ] as const)('by %s ends with %i and says what was done, %j', async (name, wanted, argv) => {
    const child = start(endless(), '--json', '--schedulers', '2', ...argv)
    await child.said('counting on 2 schedulers')
    child.process.kill(name)
    const { code, signal, stdout, stderr } = await child.ended
    expect([code, signal, stdout]).toEqual([wanted, null, ''])
    const done = stderr.slice(stderr.indexOf(`census: stopped by ${name}; done so far:\n`)).split('\n')
    expect(done.slice(2)).toEqual([
      expect.stringMatching(/^ {2}reading each once: 61 of 61 files, 100 %/),
      expect.stringMatching(/^ {2}counting on 2 schedulers: \d+ of 61 files, \d+ %/),
      '',
    ])
    expect(done[1]).toMatch(/^ {2}looking for sources in .+: 61 files$/)
    expect(stderr).not.toMatch(/rumpus:|Error/)
  })

  it('stops while it looks around, too', async () => {
    const child = start(endless(), '--schedulers', '1')
    await child.said('looking for sources')
    child.process.kill('SIGINT')
    const { code, stderr } = await child.ended
    expect([code, stderr]).toEqual([130, expect.stringContaining('stopped by SIGINT; done so far:\n')])
  })

  it('stops in a plain loop, too', async () => {
    const [root, stop] = [folder({ 'a.js': 'a', 'b.js': '', 'c.js': "'" }), new AbortController()]
    const told: number[] = []
    const counted = async (bytes: number) => {
      if (told.push(bytes) === 2) stop.abort(new Stopped('SIGINT'))
      stop.signal.throwIfAborted()
    }
    await expect(countSequentially(root, ['a.js', 'b.js', 'c.js'], 1, counted)).rejects.toThrow('stopped by SIGINT')
    expect(told).toEqual([1, 0])
  })

  it('is ended at once by a second signal', async () => {
    const program = `import { stopSignal } from ${JSON.stringify(STOP)}
      stopSignal(process).addEventListener('abort', () => console.log('heard'))
      setInterval(() => {}, 1000)
      console.log('ready')`
    const child = startChild(process.execPath, ['--input-type=module', '-e', program])
    await child.said('ready')
    child.process.kill('SIGINT')
    await child.said('heard')
    child.process.kill('SIGTERM')
    expect(await child.ended).toMatchObject({ code: null, signal: 'SIGTERM' })
  })

  it('hears one signal only, of either kind', () => {
    const source = new EventEmitter()
    const signal = stopSignal(source)
    expect([signal.aborted, source.eventNames()]).toEqual([false, ['SIGINT', 'SIGTERM']])
    source.emit('SIGTERM', 'SIGTERM')
    expect(signal.reason).toBeInstanceOf(Stopped)
    expect([signal.reason.message, signal.reason.exitCode]).toEqual(['stopped by SIGTERM', 143])
    expect(source.eventNames()).toEqual([])
  })
})

describe('a census whose reader has gone', () => {
  it('ends without a word, as `| head` expects', async () => {
    const child = start(folder(generatedSources(3, 20)), '--schedulers', '1')
    child.process.stdout?.destroy()
    const { code, stderr } = await child.ended
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('Error')])
  })
})

/** A terminal is borrowed from util-linux's `script`; others have other arguments. */
const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).stdout?.includes('util-linux')

describe.skipIf(!hasScript)('a census on a terminal', () => {
  const onTerminal = (argv: readonly string[], env: Record<string, string> = {}) =>
    startChild('script', ['-qec', [process.execPath, MAIN, ...argv].join(' '), '/dev/null'], { TERM: 'xterm', ...env })

  it('draws a bar over itself, in colours, and takes it away', async () => {
    const { code, stdout } = await onTerminal([folder(generatedSources(3, 20)), '--schedulers', '1']).ended
    expect(code).toBe(0)
    expect(stdout).toContain(`\r\u001B[K\u001B[32m${'░'.repeat(24)}\u001B[39m counting on 1 scheduler: 0 of 20 files`)
    expect(stdout).toContain('\r\u001B[K\u001B[1mCensus of')
  })

  it('has no colours where NO_COLOR says so, and no bar where the terminal cannot go back', async () => {
    const root = folder(generatedSources(3, 20))
    const plain = await onTerminal([root, '--schedulers', '1'], { NO_COLOR: '1' }).ended
    expect(plain.stdout).toContain('\r\u001B[K░')
    expect(plain.stdout).not.toMatch(/\u001B\[\d+m/)
    const dumb = await onTerminal([root, '--schedulers', '1'], { TERM: 'dumb' }).ended
    expect(dumb.stdout).toContain('census: counting on 1 scheduler, 20 files')
    expect(dumb.stdout).not.toContain('\u001B')
  })

  it('hears Ctrl-C', async () => {
    const child = onTerminal([endless(), '--schedulers', '1'])
    await child.said('counting on 1 scheduler')
    child.process.stdin?.write('\u0003')
    const { code, stdout } = await child.ended
    expect([code, stdout]).toEqual([130, expect.stringContaining('\r\u001B[Kcensus: stopped by SIGINT; done so far:')])
  })
})
