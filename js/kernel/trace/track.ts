// A track of a trace: the events of one line in the picture, as the Trace Event Format has them. Owns their text and the clock,
// which is one for all threads. On one track they are written in the order of their time, and slices lie within each other.

import type { PartWriter } from './part.ts'

/** Microseconds of the system's monotonic clock, the same for every thread. */
export const monotonicUs = (): number => {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e6 + nanoseconds / 1e3
}

/** What an arrow stands for. */
export const ARROW_MESSAGE = 0
export const ARROW_TIMER = 1
export const ARROW_SIGNAL = 2
export const ARROW_SPAWN = 3
const ARROWS = ['message', 'timer', 'signal', 'spawn']

export class Track {
  readonly now: () => number
  private readonly writer: PartWriter
  private readonly place: string

  constructor(writer: PartWriter, tid: number, now: () => number) {
    this.writer = writer
    this.now = now
    this.place = `"pid":${process.pid},"tid":${tid}`
  }

  /** How the track is called, and where among the others it stands. */
  name(name: string, rank: number): void {
    this.writer.line(`{"ph":"M","name":"thread_name",${this.place},"args":{"name":${JSON.stringify(name)}}}`)
    this.writer.line(`{"ph":"M","name":"thread_sort_index",${this.place},"args":{"sort_index":${rank}}}`)
  }

  /** A slice begins. `name` and `args` are JSON, here and below. */
  begin(name: string, category: string, args = '{}', at: number = this.now()): void {
    this.writer.line(`{"ph":"B","name":${name},"cat":"${category}",${this.place},"ts":${at.toFixed(3)},"args":${args}}`)
  }

  /** The slice that began last ends; its `args` are added to those it began with. */
  end(args = '{}'): void {
    this.writer.line(`{"ph":"E",${this.place},"ts":${this.now().toFixed(3)},"args":${args}}`)
  }

  /** Something happens, and takes no time. */
  instant(name: string, category: string, args = '{}'): void {
    const at = this.now().toFixed(3)
    this.writer.line(`{"ph":"i","s":"t","name":"${name}","cat":"${category}",${this.place},"ts":${at},"args":${args}}`)
  }

  /** An arrow leaves the slice that is open; its kind and its number are those of one arrow only. */
  leave(kind: number, id: number, at: number = this.now()): void {
    this.writer.line(`{"ph":"s",${named(kind)},"id":${id},${this.place},"ts":${at.toFixed(3)}}`)
  }

  /** It ends at the slice that is open. */
  arrive(kind: number, id: number): void {
    this.writer.line(`{"ph":"f","bp":"e",${named(kind)},"id":${id},${this.place},"ts":${this.now().toFixed(3)}}`)
  }

  /** The life of a process begins or ends: slices of their own, which one thread may begin and another end. */
  life(phase: 'b' | 'e', pid: number, name: string, args: string, at: number = this.now()): void {
    const id = `"0x${pid.toString(16)}"`
    this.writer.line(
      `{"ph":"${phase}","name":${name},"cat":"process","id":${id},${this.place},"ts":${at.toFixed(3)},"args":${args}}`,
    )
  }
}

const named = (kind: number): string => `"name":"${ARROWS[kind]}","cat":"${ARROWS[kind]}"`
