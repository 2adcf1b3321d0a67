// The file of a trace, as hosts keep it: begun by the first runtime of this thread that traces into it, gone on with by others,
// closed with the last and opened again for the next. At every moment it is a JSON array but for its closing bracket, which
// readers of the format do without. Never is one file written by two hosts on different threads: each has its own name.

import { builtin } from '../../builtin.ts'
import { isolate } from '../kernels.ts'
import { newPart, salvage, type TracePart } from './part.ts'

const { closeSync, fstatSync, ftruncateSync, openSync, writeSync } = builtin('node:fs')
const { basename, parse, resolve } = builtin('node:path')
const { isMainThread, threadId } = builtin('node:worker_threads')

const END = '\n]\n'

/** The file that `name` means on this thread. */
const pathOf = (name: string): string => {
  const path = resolve(name.replaceAll('%p', String(process.pid)))
  if (isMainThread) return path
  const { dir, name: stem, ext } = parse(path)
  return resolve(dir, `${stem}-${threadId}${ext}`)
}

export class TraceFile {
  private readonly path: string
  private file: number | undefined
  private users = 0
  private readonly parts = new Set<TracePart>()
  private readonly onExit = (): void => this.close()

  constructor(path: string) {
    this.path = path
  }

  /** A runtime traces here from now on. */
  open(): void {
    this.users++
    if (this.file !== undefined) return
    try {
      this.file = this.begin()
    } catch (error) {
      this.users--
      throw error
    }
    traces().set(this.path, this)
    process.once('exit', this.onExit)
  }

  /** Opened to append, by everyone; emptied first by whoever begins it, which is done again if it is not what it was. */
  private begin(): number {
    if (!traces().has(this.path)) closeSync(openSync(this.path, 'w'))
    const file = openSync(this.path, 'a')
    const { size } = fstatSync(file)
    if (size > END.length) ftruncateSync(file, size - END.length)
    else writeSync(file, `[\n${processName()}`)
    return file
  }

  /** A part for a thread. */
  part(): TracePart {
    const part = newPart(this.path)
    this.parts.add(part)
    return part
  }

  /** The thread of a part has ended. */
  over(part: TracePart): void {
    this.parts.delete(part)
    this.attempt((file) => salvage(part, file))
  }

  /** A runtime has stopped. */
  release(): void {
    if (--this.users === 0) this.close()
  }

  private close(): void {
    if (this.file === undefined) return
    process.off('exit', this.onExit)
    for (const part of this.parts) this.over(part)
    this.attempt((file) => writeSync(file, END))
    this.attempt(closeSync)
    this.file = undefined
  }

  /** Nothing that is traced may fail of it. */
  private attempt(what: (file: number) => void): void {
    if (this.file === undefined) return
    try {
      what(this.file)
    } catch (error) {
      process.stderr.write(`rumpus: the trace in ${this.path} is not whole: ${(error as Error).message}\n`)
    }
  }
}

/** The traces of this isolate, those of another copy of the package among them. */
const traces = (): Map<string, TraceFile> => {
  isolate.traces ??= new Map()
  return isolate.traces as Map<string, TraceFile>
}

/** Opens the trace `name` for one more runtime; throws what the system does. */
export const openTrace = (name: string): TraceFile => {
  const path = pathOf(name)
  const file = traces().get(path) ?? new TraceFile(path)
  file.open()
  return file
}

const processName = (): string => {
  const name = `node ${basename(process.argv[1] ?? '')}`.trim()
  return JSON.stringify({ ph: 'M', name: 'process_name', pid: process.pid, tid: 0, args: { name } })
}
