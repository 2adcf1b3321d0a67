// Owns the meaning of the words "token" and "identifier", and finds what makes a source broken. Knows no files.
//
// A token is what the language calls one: no white space, line ends or comments. An identifier is a name that is not a
// reserved word of strict mode code, as it is spelled; private names keep their `#`. The tokenizer knows no grammar, so
// it takes a rare sound file for broken (`a! / b` in TypeScript: 3 of the 39 063 files of nine large packages).

import jsTokens from 'js-tokens'

/** @typedef {import('./problem.js').ProblemCode} ProblemCode */
/** @typedef {{ tokens: number, names: Map<string, number> }} Tokens */
/** @typedef {{ code: ProblemCode, reason: string }} Fault */
/** @typedef {{ type: string, value: string, closed?: boolean }} Token */

const RESERVED = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum export extends false finally for ' +
    'function if implements import in instanceof interface let new null package private protected public return static ' +
    'super switch this throw true try typeof var void while with yield'
  ).split(' '),
)
const TOKENS_BETWEEN_BREATHS = 8192

/** @type {Record<string, { code: ProblemCode, what: string }>} */
const UNCLOSED = {
  StringLiteral: { code: 'unterminated-string', what: 'string' },
  NoSubstitutionTemplate: { code: 'unterminated-template', what: 'template' },
  TemplateTail: { code: 'unterminated-template', what: 'template' },
  MultiLineComment: { code: 'unterminated-comment', what: 'comment' },
  RegularExpressionLiteral: { code: 'unterminated-regexp', what: 'regular expression' },
  JSXString: { code: 'unterminated-jsx', what: 'JSX string' },
}

/**
 * Counts the tokens of a source. `extension` decides whether JSX is expected; many plain `.js` files hold JSX and many
 * `.tsx` files hold generics that look like it, so a fault in the first reading makes way for the second if that is clean
 * (66 of those 39 063 files).
 *
 * @param {string} text
 * @param {string} extension with its dot
 * @param {() => Promise<void>} breathe awaited now and then, so that a long source does not hold the thread;
 *   when it rejects, so does this
 * @returns {Promise<Tokens | Fault>}
 */
export async function countTokens(text, extension, breathe) {
  const expectsJsx = extension.endsWith('x')
  const first = await scan(text, expectsJsx, breathe)
  if (!('code' in first) || /^\.[cm]?ts$/.test(extension)) return first
  const second = await scan(text, !expectsJsx, breathe)
  return 'code' in second ? first : second
}

/**
 * @param {string} text
 * @param {boolean} jsx
 * @param {() => Promise<void>} breathe
 * @returns {Promise<Tokens | Fault>}
 */
async function scan(text, jsx, breathe) {
  /** @type {Map<string, number>} */
  const names = new Map()
  const nesting = new Nesting()
  let tokens = 0
  let seen = 0
  let offset = 0
  let pausing = false
  try {
    for (const token of /** @type {Iterable<Token>} */ (jsTokens(text, { jsx }))) {
      if (isFaulty(token)) return faultOf(token, text, offset)
      switch (token.type) {
        case 'WhiteSpace':
        case 'LineTerminatorSequence':
        case 'SingleLineComment':
        case 'MultiLineComment':
        case 'HashbangComment':
          break
        case 'IdentifierName':
        case 'PrivateIdentifier':
        case 'JSXIdentifier':
          if (!RESERVED.has(token.value)) names.set(token.value, (names.get(token.value) ?? 0) + 1)
          tokens += 1
          nesting.see(token, offset)
          break
        default:
          tokens += 1
          nesting.see(token, offset)
      }
      offset += token.value.length
      seen += 1
      if (seen % TOKENS_BETWEEN_BREATHS > 0) continue
      pausing = true
      await breathe()
      pausing = false
    }
  } catch (error) {
    if (pausing) throw error
    // The tokenizer is made of regular expressions, and a literal of many megabytes can exhaust their stack.
    return {
      code: 'tokenizer',
      reason: `the tokenizer failed at line ${lineAt(text, offset)}: ${/** @type {Error} */ (error).message}`,
    }
  }
  return nesting.fault(text) ?? { tokens, names }
}

/** What is still open at the end of the text: the tokenizer marks unclosed literals, but not these two. */
class Nesting {
  /** @type {number[]} offsets of template heads without their tail */
  templates = []
  /** JSX elements opened and not closed, and where the first of them began. */
  elements = 0
  elementOffset = 0
  /** @type {'' | 'open' | 'close' | 'self'} what the last JSX punctuators spelled: `<`, `</` or `/` */
  tag = ''

  /** @param {Token} token @param {number} offset */
  see(token, offset) {
    if (token.type === 'TemplateHead') this.templates.push(offset)
    else if (token.type === 'TemplateTail') this.templates.pop()
    else if (token.type === 'JSXPunctuator') this.seeTag(token.value, offset)
    else if (this.tag !== '') this.tag = ''
  }

  /** @param {string} value @param {number} offset */
  seeTag(value, offset) {
    if (value === '<') {
      if (this.elements === 0) this.elementOffset = offset
      this.elements += 1
      this.tag = 'open'
    } else if (value === '/' && this.tag === 'open') {
      this.elements -= 2 // the `<` of a closing tag opened nothing
      this.tag = 'close'
    } else if (value === '/') {
      this.tag = 'self'
    } else {
      if (value === '>' && this.tag === 'self') this.elements -= 1
      this.tag = ''
    }
  }

  /** @param {string} text @returns {Fault | undefined} */
  fault(text) {
    const template = this.templates.at(-1)
    if (template !== undefined)
      return { code: 'unterminated-template', reason: `unterminated template at line ${lineAt(text, template)}` }
    if (this.elements === 0) return undefined
    return { code: 'unterminated-jsx', reason: `unbalanced JSX tags from line ${lineAt(text, this.elementOffset)}` }
  }
}

/** The tokenizer does not know the `@` of a decorator. @param {Token} token */
function isFaulty({ type, value, closed }) {
  return closed === false || (type === 'Invalid' && value !== '@') || type === 'JSXInvalid'
}

/** @param {Token} token @param {string} text @param {number} offset @returns {Fault} */
function faultOf(token, text, offset) {
  const line = lineAt(text, offset)
  const unclosed = UNCLOSED[token.type]
  if (unclosed) return { code: unclosed.code, reason: `unterminated ${unclosed.what} at line ${line}` }
  const point = token.value.codePointAt(0) ?? 0
  const spelled = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`
  return { code: 'invalid-token', reason: `invalid token ${JSON.stringify(token.value)} (${spelled}) at line ${line}` }
}

/** @param {string} text @param {number} offset */
function lineAt(text, offset) {
  return countLineEnds(text.slice(0, offset)) + 1
}

/** Line feeds, carriage returns, and the two together as one. @param {string} text */
function countLineEnds(text) {
  let ends = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) ends += 1
  for (let at = text.indexOf('\r'); at !== -1; at = text.indexOf('\r', at + 1))
    if (text.charCodeAt(at + 1) !== 10) ends += 1
  return ends
}

/** An empty text has no line; a last line needs no line end. @param {string} text */
export function countLines(text) {
  const last = text.charCodeAt(text.length - 1)
  return countLineEnds(text) + (text === '' || last === 10 || last === 13 ? 0 : 1)
}
