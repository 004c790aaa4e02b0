/**
 * Character classes and patterns as the Rust tokenizers understand them (Oniguruma and Rust's Unicode tables), written
 * for JavaScript's engine. The two differ in `\s`, `\d` and `\w`, and Node 20 has no inline `(?i:…)`.
 */
import { ElmanError } from '@elman/core'

/** White space by Unicode: unlike JavaScript's `\s` with U+0085 and without U+FEFF. */
export const WHITE_SPACE = '\\p{White_Space}'
/** Letters, marks, digits, connectors: what `\w` means in Rust. */
export const WORD_CHARACTERS = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}'
/** Punctuation of BERT: Unicode's, and all signs of ASCII. */
export const PUNCTUATION = '\\p{P}!-\\/:-@\\[-`{-~'

/** A pattern as `tokenizer.json` writes it. */
export type Pattern = { readonly String: string } | { readonly Regex: string }

/**
 * The expression of a pattern, global and by code points.
 *
 * @throws `TOKENIZER_PATTERN_UNSUPPORTED`
 */
export function compilePattern(pattern: Pattern, where: string): RegExp {
  if ('String' in pattern) return new RegExp(escapePattern(pattern.String), 'gu')
  const source = pattern.Regex
  try {
    return new RegExp(translate(source), 'gu')
  } catch (error) {
    throw new ElmanError('TOKENIZER_PATTERN_UNSUPPORTED', {
      message: 'a regular expression of the tokenizer has no equal in JavaScript',
      found: source,
      where,
      hint: error instanceof Error ? error.message : String(error),
      cause: error,
    })
  }
}

/** Text as an expression that matches it alone. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

const OUTSIDE: { readonly [letter: string]: string } = {
  s: WHITE_SPACE,
  S: '\\P{White_Space}',
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  w: `[${WORD_CHARACTERS}]`,
  W: `[^${WORD_CHARACTERS}]`,
}
const INSIDE: { readonly [letter: string]: string } = { ...OUTSIDE, w: WORD_CHARACTERS }

function translate(source: string): string {
  let out = ''
  let inClass = false
  let quantified = false
  for (let at = 0; at < source.length; at++) {
    const sign = source[at]!
    if (sign === '\\') {
      const property = /^\\[pP]\{[^}]*\}/.exec(source.slice(at, at + 64))
      out += property?.[0] ?? translateEscape(source[at + 1] ?? '', inClass)
      at += property === null ? 1 : property[0].length - 1
      quantified = false
      continue
    }
    const wasQuantified = quantified
    quantified = !inClass && (/[*+?]/.test(sign) || (sign === '}' && /\{\d*,?\d*$/.test(source.slice(0, at))))
    if (inClass) {
      if (sign === '[') throw new SyntaxError('classes inside classes are not supported')
      if (sign === ']') inClass = false
      out += sign
    } else if (sign === '[') {
      inClass = true
      out += sign
    } else if (source.startsWith('(?i:', at)) {
      const end = source.indexOf(')', at)
      out += `(?:${ignoreCase(source.slice(at + 4, end))})`
      at = end
    } else if (sign === '+' && wasQuantified) {
      throw new SyntaxError('possessive quantifiers are not supported')
    } else {
      out += sign
    }
  }
  return out
}

function translateEscape(letter: string, inClass: boolean): string {
  if (inClass && letter === 'W') throw new SyntaxError('\\W inside a class is not supported')
  const known = (inClass ? INSIDE : OUTSIDE)[letter]
  if (known !== undefined) return known
  if (/[ -/:-@[-`{-~]/.test(letter)) {
    return /[\\^$.*+?()[\]{}|/]/.test(letter) || (inClass && letter === '-') ? `\\${letter}` : letter
  }
  return `\\${letter}`
}

function ignoreCase(source: string): string {
  if (/[\\[({*+?]/.test(source)) throw new SyntaxError('(?i:…) is supported around plain alternatives only')
  return source.replace(/\p{L}/gu, letter => `[${letter.toLowerCase()}${letter.toUpperCase()}]`)
}
