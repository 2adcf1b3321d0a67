// node --inspect: processes can be stopped and looked at, on the host and on scheduler threads, which have names; who stands at a
// breakpoint is not ended for it; and all can be had in one isolate.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { begin, inspected, type Session } from './inspected.ts'

const FILE = 'debugged-bodies\\.mjs$'
const lines = readFileSync(new URL('../fixtures/debugged-bodies.mjs', import.meta.url), 'utf8').split('\n')
const lineOf = (words: string): number => lines.findIndex((line) => line.endsWith(`// ${words}`))

interface Frame {
  readonly callFrameId: string
  readonly functionName: string
  readonly location: { readonly scriptId: string; readonly lineNumber: number }
}

/** The top frame of a session that pauses at a breakpoint in that line; a thread that was to wait stands before its first once. */
async function paused(session: Session, line: number): Promise<Frame> {
  for (;;) {
    const { callFrames, hitBreakpoints } = await session.event('Debugger.paused')
    const [frame] = callFrames as Frame[]
    if (frame === undefined) throw new Error('it pauses nowhere')
    if (hitBreakpoints.length > 0) {
      const { scriptId, lineNumber } = frame.location
      const { url } = await session.event('Debugger.scriptParsed', (script) => script.scriptId === scriptId)
      expect([url, lineNumber]).toEqual([expect.stringMatching(FILE), line])
      return frame
    }
    await session.ask('Debugger.resume')
  }
}

describe('debugger', () => {
  it('pauses in a body on the host, sees its variables, and goes on', async () => {
    const program = await inspected('debugged.mjs', ['near'])
    const { main } = program
    await main.breakAt(FILE, lineOf('another breakpoint'))
    await begin(program)
    const frame = await paused(main, lineOf('another breakpoint'))
    expect(frame.functionName).toBe('near')
    expect(await main.evaluate(frame.callFrameId, 'one * other')).toBe(440)
    await main.evaluate(frame.callFrameId, 'one = 100')
    await main.ask('Debugger.resume')
    expect(await program.line(/^sum/)).toBe('sum 122')
  })

  it('pauses in a definition on a scheduler thread, whose target has its name; it stalls and is not ended', async () => {
    const program = await inspected('debugged.mjs', ['far'])
    const { main } = program
    await main.ask('NodeWorker.enable', { waitForDebuggerOnStart: true })
    await begin(program)
    const thread = await program.thread(/rumpus:1/)
    await thread.breakAt(FILE, lineOf('a breakpoint'))
    await thread.ask('Runtime.runIfWaitingForDebugger')
    const frame = await paused(thread, lineOf('a breakpoint'))
    const report = JSON.parse((await program.line(/^stall .*"scheduler":1/)).slice('stall '.length))
    expect(report).toMatchObject({ scheduler: 1, ended: false, debugged: true })
    expect(await thread.evaluate(frame.callFrameId, 'one + other')).toBe(42)
    await thread.ask('Debugger.resume')
    expect(await program.line(/^sum/)).toBe('sum 42')
  })

  it('stops a body that keeps its thread, wherever it is', async () => {
    const program = await inspected('debugged.mjs', ['stuck'])
    await program.main.ask('NodeWorker.enable', { waitForDebuggerOnStart: false })
    await begin(program)
    const thread = await program.thread(/rumpus:1/)
    expect(await program.line(/^begun/)).toBe('begun')
    await program.line(/^stall .*"scheduler":1/)
    await thread.ask('Debugger.enable')
    await thread.ask('Debugger.pause')
    const { callFrames } = await thread.event('Debugger.paused')
    const frame = (callFrames as Frame[]).find(({ functionName }) => functionName !== 'now')
    await thread.evaluate(frame?.callFrameId ?? '', 'stand.goesOn = false')
    await thread.ask('Debugger.resume')
    expect(await program.line(/^let go/)).toBe('let go')
  })

  it('with RUMPUS_SCHEDULERS=0 pauses in a definition in the isolate of the host, and no thread is there', async () => {
    const program = await inspected('debugged.mjs', ['far'], { RUMPUS_SCHEDULERS: '0' })
    const { main } = program
    await main.ask('NodeWorker.enable', { waitForDebuggerOnStart: false })
    await main.breakAt(FILE, lineOf('a breakpoint'))
    await begin(program)
    const frame = await paused(main, lineOf('a breakpoint'))
    expect(await main.evaluate(frame.callFrameId, 'one + other')).toBe(42)
    await main.ask('Debugger.stepOver')
    const { callFrames } = await main.event('Debugger.paused')
    expect(callFrames[0].location.lineNumber).toBe(lineOf('a breakpoint') + 1)
    await main.ask('Debugger.resume')
    expect(await program.line(/^sum/)).toBe('sum 42')
    expect(main.has('NodeWorker.attachedToWorker')).toBe(false)
  })
})
