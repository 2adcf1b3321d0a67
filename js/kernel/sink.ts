// Where lines are written: a file, opened to append, or a descriptor that is there. Owns that they arrive whole, whoever else writes
// there: by one call each time to a file, with the pen to what is none. Never blocks its thread but in `writeNow`.

import { builtin } from '../builtin.ts'
import { Pen } from './pens.ts'

const { closeSync, fstatSync, openSync, write, writeSync } = builtin('node:fs')
const { open } = builtin('node:fs/promises')
const { isatty } = builtin('node:tty')

/** What cannot take more now is tried again after so many milliseconds, each time twice as many up to the most. */
const AGAIN_MS = 1
const AGAIN_MOST_MS = 50
const AGAIN = new Set<unknown>(['EAGAIN', 'EBUSY', 'EINTR', 'EWOULDBLOCK'])
/** So much others may have written behind lines that are looked for in a file, in bytes. */
const LOOKED_BACK = 2 ** 24
/** So long a pipe has to take what is on its way to it. */
const FLYING_MS = 20
const LINE_END = Buffer.from('\n')

export class Sink {
  /** For whoever writes here when this thread has gone. */
  readonly to: string | number
  private fd: number
  /** Of what is no file. */
  private pen: Pen | undefined
  /** All who have the same path hear by it that they must open it anew. */
  private readonly door: Pen | undefined
  private opened = 0
  /** The line before is not whole. */
  private isTorn = false
  private isWriting = false

  /** Throws what the system says if it cannot be opened. */
  constructor(to: string | number) {
    this.to = to
    this.fd = typeof to === 'number' ? to : openSync(to, 'a')
    this.pen = penOf(this.fd)
    this.door = typeof to === 'number' ? undefined : new Pen(to)
    this.opened = this.door?.opened ?? 0
  }

  /** Has every thread that writes here open the path anew: what was there has been moved. */
  reopen(): void {
    this.door?.reopen()
  }

  /** Writes whole lines; `done` is called once, later. One at a time. */
  write(lines: Buffer, done: (error: NodeJS.ErrnoException | null) => void): void {
    this.isWriting = true
    this.begin(lines, AGAIN_MS, (error) => {
      this.isWriting = false
      done(error)
    })
  }

  private begin(lines: Buffer, waited: number, done: (error: NodeJS.ErrnoException | null) => void): void {
    const { pen } = this
    if (pen !== undefined && !pen.take()) return later(waited, (next) => this.begin(lines, next, done))
    try {
      this.openAnew()
    } catch (error) {
      pen?.give()
      setImmediate(done, error as NodeJS.ErrnoException)
      return
    }
    const end = (error: NodeJS.ErrnoException | null, written: number): void => {
      this.isTorn = error !== null && written > 0
      // Who comes next must not go on with the half of a line.
      if (pen !== undefined && !this.isTorn) pen.write(false)
      pen?.give()
      done(error)
    }
    const torn = this.isTorn || pen?.isTorn === true
    pen?.write(true)
    writeAll(this.fd, torn ? Buffer.concat([LINE_END, lines]) : lines, 0, AGAIN_MS, end)
  }

  /** Opens the path anew if somebody has said so. */
  private openAnew(): void {
    const { door, to } = this
    if (door === undefined || typeof to === 'number' || door.opened === this.opened) return
    this.opened = door.opened
    const fd = openSync(to, 'a')
    closeSync(this.fd)
    this.fd = fd
    this.pen = penOf(fd)
  }

  /** Whether lines that come behind those which are being written would mix with them. */
  get mustWait(): boolean {
    return this.isWriting && this.pen !== undefined
  }

  /** Writes now, on this thread; false if that was not possible within `ms` milliseconds. */
  writeNow(lines: Uint8Array, ms: number): boolean {
    const until = performance.now() + ms
    const { pen } = this
    while (pen !== undefined && !pen.take()) if (!pause(until)) return false
    // Of what is on its way nobody will hear any more, but most pipes have taken it by then.
    if (this.mustWait) Atomics.wait(still, 0, 0, FLYING_MS)
    const torn = this.isTorn || pen?.isTorn === true
    const bytes = torn && !this.isWriting ? Buffer.concat([LINE_END, lines]) : lines
    pen?.write(true)
    let at = 0
    while (at < bytes.length) {
      try {
        at += writeSync(this.fd, bytes, at)
      } catch (error) {
        if (AGAIN.has((error as NodeJS.ErrnoException).code) && pause(until)) continue
        this.isTorn = at > 0
        break
      }
    }
    if (this.isWriting) return at === bytes.length
    if (at === bytes.length || at === 0) pen?.write(false)
    pen?.give()
    return at === bytes.length
  }

  /** Whether these lines are not among the last of a file; of what can only be written nobody can tell. */
  async lacks(lines: Buffer): Promise<boolean> {
    if (this.pen !== undefined) return false
    const file = await open(typeof this.to === 'string' ? this.to : `/proc/self/fd/${this.to}`, 'r').catch(
      () => undefined,
    )
    if (file === undefined) return false
    try {
      const { size } = await file.stat()
      const tail = Buffer.alloc(Math.min(size, lines.length + LOOKED_BACK))
      const { bytesRead } = await file.read(tail, 0, tail.length, size - tail.length)
      return !tail.subarray(0, bytesRead).includes(lines)
    } finally {
      await file.close()
    }
  }

  close(): void {
    if (typeof this.to !== 'number') closeSync(this.fd)
  }
}

const writeAll = (
  fd: number,
  bytes: Buffer,
  at: number,
  waited: number,
  end: (error: NodeJS.ErrnoException | null, written: number) => void,
): void => {
  write(fd, bytes, at, bytes.length - at, null, (error, count) => {
    if (error !== null && AGAIN.has(error.code)) return later(waited, (next) => writeAll(fd, bytes, at, next, end))
    if (error !== null) return end(error, at)
    if (at + count === bytes.length) return end(null, bytes.length)
    writeAll(fd, bytes, at + count, AGAIN_MS, end)
  })
}

const later = (ms: number, then: (next: number) => void): void => {
  setTimeout(then, ms, Math.min(2 * ms, AGAIN_MOST_MS)).unref()
}

const still = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))

/** Stops the thread for a moment; false if it is too late for that. */
const pause = (until: number): boolean => {
  if (performance.now() >= until) return false
  Atomics.wait(still, 0, 0, AGAIN_MS)
  return true
}

/** What is no file can take the half of a line; but for devices that are no terminals, which have no end. */
const penOf = (fd: number): Pen | undefined => {
  const stat = fstatSync(fd)
  if (stat.isFile() || (stat.isCharacterDevice() && !isatty(fd))) return undefined
  return new Pen(`${stat.dev}:${stat.ino}`)
}
