// Owns the shape of a reported file: where, which kind (for programs), why (for people). A plain object, so that it
// crosses threads as it is.

/**
 * @typedef {'unreadable' | 'not-a-file' | 'too-large' | 'invalid-utf8' | 'unterminated-string' | 'unterminated-template'
 *   | 'unterminated-comment' | 'unterminated-regexp' | 'unterminated-jsx' | 'invalid-token' | 'tokenizer' | 'gave-up'} ProblemCode
 * @typedef {{ path: string, code: ProblemCode, reason: string }} Problem
 */

/**
 * @param {string} path
 * @param {ProblemCode} code
 * @param {string} reason
 * @returns {Problem}
 */
export function problem(path, code, reason) {
  return { path, code, reason }
}
