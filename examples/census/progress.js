// Owns what is seen while the census runs: one line drawn over where somebody watches, else a plain line at the beginning
// of each phase and every ten seconds. It sets no timer and reads no clock but the one it is given: it draws when told that
// something was done.

/**
 * @typedef {object} Screen
 * @property {(text: string) => void} write
 * @property {boolean} live whether a line can be drawn over
 * @property {() => number} columns of the terminal, asked at each drawing
 * @property {import('./terminal.js').Painter} paint
 * @property {() => number} now milliseconds
 *
 * @typedef {{ name: string, files: number, total: number, bytes: number, start: number, ms: number }} Phase `total` is 0
 *   where nobody knows it yet
 */

const DRAW_MS = 100
const SAY_MS = 10_000
const BAR_WIDTH = 24

export class Progress {
  /** What was begun, in that order; the last may be under way. @type {Phase[]} */
  phases = []
  /** @type {Screen} */
  #screen
  #shown = 0
  #drawn = false

  /** @param {Screen} screen */
  constructor(screen) {
    this.#screen = screen
  }

  /** @param {string} name @param {number} [total] files, if that is known */
  begin(name, total = 0) {
    const { live, now, write } = this.#screen
    this.phases.push({ name, files: 0, total, bytes: 0, start: now(), ms: 0 })
    if (!live) write(`census: ${name}${total > 0 ? `, ${number(total)} files` : ''}\n`)
    this.#shown = now()
    if (live) this.#draw()
  }

  /** So many more files of the phase are done. @param {number} files @param {number} bytes */
  add(files, bytes) {
    const phase = this.phases.at(-1)
    if (phase === undefined) return
    const { live, now, write } = this.#screen
    const time = now()
    phase.files += files
    phase.bytes += bytes
    phase.ms = time - phase.start
    if (time - this.#shown < (live ? DRAW_MS : SAY_MS)) return
    this.#shown = time
    if (live) this.#draw()
    else write(`census: ${phase.name}: ${doneOf(phase)}${leftOf(phase)}\n`)
  }

  /** Takes the drawn line away, so that others may write. */
  clear() {
    if (this.#drawn) this.#screen.write('\r\u001B[K')
    this.#drawn = false
  }

  /** What was done so far, a line a phase. */
  summary() {
    return this.phases.map((phase) => `  ${phase.name}: ${doneOf(phase)}`).join('\n')
  }

  #draw() {
    const phase = this.phases.at(-1)
    if (phase === undefined) return
    const { write, columns, paint } = this.#screen
    const text = ` ${phase.name}: ${doneOf(phase)}${leftOf(phase)}`
    const bar = phase.total > 0 ? barOf(phase.files / phase.total) : ''
    // A line that is too long would wrap and could not be drawn over.
    const room = columns() - 1
    const line =
      bar.length < room ? paint.green(bar) + text.slice(0, room - bar.length) : text.slice(0, Math.max(room, 0))
    write(`\r\u001B[K${line}`)
    this.#drawn = true
  }
}

/** @param {number} share 0 to 1 */
function barOf(share) {
  const full = Math.floor(Math.min(share, 1) * BAR_WIDTH)
  return '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full)
}

/** @param {Phase} phase */
function doneOf({ files, total, bytes, ms }) {
  const parts = [total > 0 ? `${number(files)} of ${number(total)} files` : `${number(files)} files`]
  if (total > 0) parts.push(`${Math.floor((files / total) * 100)} %`)
  if (bytes > 0 && ms > 0) parts.push(`${(bytes / 1000 / ms).toFixed(1)} MB/s`)
  return parts.join(', ')
}

/** At the pace so far, once that says something: the first files wait for the threads to start. @param {Phase} phase */
function leftOf({ files, total, ms }) {
  return files >= total / 100 && files < total ? `, ${Math.ceil(((ms / files) * (total - files)) / 1000)} s left` : ''
}

/** @param {number} value */
function number(value) {
  return value.toLocaleString('en-US')
}
