// Owns what may be sent to a stream: colours, a line that is drawn over, or plain lines. Pure.

/** @typedef {{ isTTY?: boolean, columns?: number }} Stream */
/** @typedef {Record<string, string | undefined>} Env */
/** @typedef {ReturnType<typeof painter>} Painter */

/**
 * FORCE_COLOR stands above NO_COLOR, as in Node itself; an empty NO_COLOR says nothing.
 *
 * @param {Stream} stream
 * @param {Env} env
 */
export function wantsColor(stream, env) {
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return isLive(stream, env) && !env['NO_COLOR']
}

/** Whether a line can be drawn over: somebody watches, and the terminal can go back. @param {Stream} stream @param {Env} env */
export function isLive(stream, env) {
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}

/** @param {boolean} color */
export function painter(color) {
  /** @param {number} on @param {number} off */
  const style = (on, off) => (/** @type {string} */ text) => (color ? `\u001B[${on}m${text}\u001B[${off}m` : text)
  return { bold: style(1, 22), dim: style(2, 22), yellow: style(33, 39), green: style(32, 39) }
}

/** Names of files come from strangers: nothing in them may steer the terminal. @param {string} text */
export function printable(text) {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
}
