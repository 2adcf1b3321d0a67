// Owns how the tests debug a program: Node with `--inspect-brk` on a port of 127.0.0.1 that is free, and a client of its protocol,
// because Node 20 has no WebSocket of its own. A thread of the program is a session within that of its main thread.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

type Params = Record<string, unknown>
// biome-ignore lint/suspicious/noExplicitAny: what the protocol answers is looked at by whoever asks
type Answer = any

/** What is said to one isolate, and by it. */
export class Session {
  private readonly write: (text: string) => void
  private last = 0
  private readonly answers = new Map<number, (message: Answer) => void>()
  private readonly events: { method: string; params: Answer }[] = []
  private heard = (): void => {}

  constructor(write: (text: string) => void) {
    this.write = write
  }

  /** Takes a message of the isolate. */
  take(text: string): void {
    const message = JSON.parse(text)
    if (message.id === undefined) {
      this.events.push(message)
      this.heard()
    } else this.answers.get(message.id)?.(message)
  }

  async ask(method: string, params: Params = {}): Promise<Answer> {
    const id = ++this.last
    const answer = new Promise<Answer>((resolve) => this.answers.set(id, resolve))
    this.write(JSON.stringify({ id, method, params }))
    const { result, error } = await answer
    if (error !== undefined) throw new Error(`${method}: ${error.message}`)
    return result
  }

  /** The next event of this name that is `wanted`; those of other names wait. */
  async event(method: string, wanted: (params: Answer) => boolean = () => true): Promise<Answer> {
    for (;;) {
      const at = this.events.findIndex((event) => event.method === method && wanted(event.params))
      if (at >= 0) return this.events.splice(at, 1)[0]?.params
      await new Promise<void>((resolve) => {
        const before = this.heard
        this.heard = () => {
          before()
          resolve()
        }
      })
    }
  }

  /** Whether such an event has come and waits. */
  has(method: string): boolean {
    return this.events.some((event) => event.method === method)
  }

  /** Has it pause at a line of a file; the first pause of `--inspect-brk` is passed. */
  async breakAt(urlRegex: string, lineNumber: number): Promise<void> {
    await this.ask('Debugger.enable')
    await this.ask('Debugger.setBreakpointByUrl', { urlRegex, lineNumber })
  }

  /** The value of an expression where it is paused. */
  async evaluate(callFrameId: string, expression: string): Promise<unknown> {
    const { result } = await this.ask('Debugger.evaluateOnCallFrame', { callFrameId, expression, returnByValue: true })
    return result.value
  }
}

/** A program that is debugged. */
export interface Inspected {
  readonly main: Session
  /** The session of the first thread whose title fits. */
  readonly thread: (title: RegExp) => Promise<Session>
  /** Lines of stdout as they come. */
  readonly line: (wanted: RegExp) => Promise<string>
  readonly exit: Promise<number | null>
  readonly stderr: () => string
}

const PROGRAMS = new URL('../fixtures/programs/', import.meta.url)

/** Starts a program of the fixtures, which waits in its first line. */
export async function inspected(
  path: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Inspected> {
  const file = fileURLToPath(new URL(path, PROGRAMS))
  const child = spawn(process.execPath, ['--inspect-brk=127.0.0.1:0', file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exit = once(child, 'close').then(([code]) => code as number | null)
  const out = said(child.stdout)
  const err = said(child.stderr)
  const [, url] = /ws:\/\/127\.0\.0\.1:(\d+\/\S+)/.exec(await err.line(/ws:\/\//)) as RegExpExecArray
  const socket = await connect(`http://127.0.0.1:${url}`)
  onTestFinished(() => void socket.destroy())
  const main = new Session((text) => void socket.write(frameOf(text)))
  readFrames(socket, (text) => main.take(text))
  const threads = new Map<string, Session>()
  void (async () => {
    for (;;) {
      const { sessionId, message } = await main.event('NodeWorker.receivedMessageFromWorker')
      threads.get(sessionId)?.take(message)
    }
  })()
  const thread = async (title: RegExp): Promise<Session> => {
    const { sessionId } = await main.event('NodeWorker.attachedToWorker', ({ workerInfo }) =>
      title.test(workerInfo.title),
    )
    const session = new Session((message) => void main.ask('NodeWorker.sendMessageToWorker', { sessionId, message }))
    threads.set(sessionId, session)
    return session
  }
  return { main, thread, line: out.line, exit, stderr: err.all }
}

/** Goes on from the first line of the program. */
export async function begin({ main }: Inspected): Promise<void> {
  await main.ask('Debugger.enable')
  await main.ask('Runtime.runIfWaitingForDebugger')
  await main.event('Debugger.paused')
  await main.ask('Debugger.resume')
}

interface Said {
  readonly all: () => string
  readonly line: (wanted: RegExp) => Promise<string>
}

function said(stream: NodeJS.ReadableStream): Said {
  let text = ''
  let heard = (): void => {}
  stream.on('data', (chunk) => {
    text += chunk
    heard()
  })
  const line = async (wanted: RegExp): Promise<string> => {
    for (;;) {
      const found = text.split('\n').find((one) => wanted.test(one))
      if (found !== undefined) return found
      await new Promise<void>((resolve) => (heard = resolve))
    }
  }
  return { all: () => text, line }
}

function connect(url: string): Promise<Socket> {
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
  }
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers })
    asked.on('upgrade', (_, socket) => resolve(socket as Socket))
    asked.on('error', reject)
    asked.end()
  })
}

/** A text as a client frames it (RFC 6455): masked, here with nothing. */
function frameOf(text: string): Buffer {
  const payload = Buffer.from(text)
  const { length } = payload
  const head = length < 126 ? [0x81, 0x80 | length] : [0x81, 0x80 | 126, length >> 8, length & 255]
  if (length > 65_535) throw new RangeError('a message is too long for this client')
  return Buffer.concat([Buffer.from(head), Buffer.alloc(4), payload])
}

/** Hands on the texts that a server frames. */
function readFrames(socket: Socket, hear: (text: string) => void): void {
  let rest = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      if (rest.length < 2) return
      const short = (rest[1] as number) & 127
      const head = short === 126 ? 4 : short === 127 ? 10 : 2
      if (rest.length < head) return
      const length = short === 126 ? rest.readUInt16BE(2) : short === 127 ? Number(rest.readBigUInt64BE(2)) : short
      if (rest.length < head + length) return
      const text = String(rest.subarray(head, head + length))
      const isText = ((rest[0] as number) & 15) === 1
      rest = rest.subarray(head + length)
      if (isText) hear(text)
    }
  })
}
