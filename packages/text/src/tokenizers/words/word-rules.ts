/**
 * Rules that rewrite a text before it is cut into words: what fastai does, and what its first scripts did.
 *
 * Each rule is optional. What a rule writes stands for what it replaced, so offsets still point into the text.
 * Source: fastai 2.7 `text/core.py`, fastai 0.7 `text.py` for the older forms.
 */
import { type AlignedText, replaceAligned, rewrite } from '../aligned-text.ts'
import { lowercase } from '../pipeline/normalizers.ts'
import { unescapeHtml } from './html-entities.ts'
import type { WordTokenNames } from './word-presets.ts'

/**
 * Names of the rules, in the order in which they are applied.
 *
 * - `html`: `<br />` is a line break, entities are characters; also the damage in IMDb's files (`#39;`, `amp;`) and
 *   WikiText's ` @-@ `, ` @.@ `, ` @,@ ` and `<unk>`.
 * - `repeated-characters`: `soooo` is `s xxrep 4 o`, from three on.
 * - `repeated-words`: `no no no` is `xxwrep 3 no`, from three on.
 * - `space-signs`: spaces around `/`, `#` and `\`.
 * - `single-spaces`: several spaces are one.
 * - `upper-case`: `HELLO` is `xxup hello`; a single letter only becomes small.
 * - `capitals`: `Hello` is `xxmaj hello`; a single letter only becomes small.
 * - `lower-case`: the rest is small.
 */
export const WORD_RULES = [
  'html',
  'repeated-characters',
  'repeated-words',
  'space-signs',
  'single-spaces',
  'upper-case',
  'capitals',
  'lower-case',
] as const

/** Name of a rule. */
export type WordRule = (typeof WORD_RULES)[number]

type Rewrite = (text: AlignedText, names: WordTokenNames) => AlignedText

/** What each rule does to a text. */
export const wordRules: { readonly [rule in WordRule]: Rewrite } = {
  html: fixHtml,
  'repeated-characters': (text, { repeatedCharacter }) =>
    replaceAligned(
      text,
      /(\S)(\1{2,})/gu,
      ([all, sign]) => ` ${repeatedCharacter} ${count(all, sign!)} ${sign} `,
    ),
  'repeated-words': (text, { repeatedWord }) =>
    replaceAligned(
      text,
      /(?<=\s|^)([\p{L}\p{M}\p{N}_]+)(?:\s+\1){2,}(?![\p{L}\p{M}\p{N}_])/gu,
      ([all, word]) => {
        return ` ${repeatedWord} ${all.split(/\s+/).length} ${word} `
      },
    ),
  'space-signs': text => replaceAligned(text, /[/#\\]/g, ([sign]) => ` ${sign} `),
  'single-spaces': text => replaceAligned(text, / {2,}/g, () => ' '),
  'upper-case': (text, { upperCase, shortestUpperCase }) =>
    markCase(text, /(?<=\s|^)[A-Z][^a-z\s]*(?=\s|$)/g, upperCase, shortestUpperCase),
  capitals: (text, { capital }) => markCase(text, /(?<=\s|^)[A-Z][^A-Z\s]*(?=\s|$)/g, capital, 2),
  'lower-case': text => lowercase(text),
}

/** Puts a mark before each match and makes it small, sign by sign, so that what is cut off it later has its own place. */
function markCase(text: AlignedText, words: RegExp, mark: string | undefined, shortest: number): AlignedText {
  const rewriter = rewrite(text)
  let at = 0
  for (const { index, 0: word } of text.text.matchAll(words)) {
    rewriter.keep(at, index)
    if (mark !== undefined && word.length >= shortest) rewriter.put(`${mark} `, index, index + word.length)
    at = index
    for (const sign of word) {
      rewriter.put(sign.toLowerCase(), at, at + sign.length)
      at += sign.length
    }
  }
  if (at === 0) return text
  rewriter.keep(at, text.text.length)
  return rewriter.finish()
}

function count(all: string, sign: string): number {
  return all.length / sign.length
}

const HTML: readonly (readonly [RegExp, string])[] = [
  [/#39;/g, "'"],
  [/amp;/g, '&'],
  [/#146;/g, "'"],
  [/nbsp;/g, ' '],
  [/#36;/g, '$'],
  [/\\n/g, '\n'],
  [/quot;/g, "'"],
  [/<br \/>/g, '\n'],
  [/\\"/g, '"'],
  [/ @\.@ /g, '.'],
  [/ @-@ /g, '-'],
  [/ @,@ /g, ','],
  [/\.\.\./g, ' …'],
]

function fixHtml(text: AlignedText, { unknown }: WordTokenNames): AlignedText {
  // Whole entities first, else `&amp;` would lose its second half to the rule for damaged ones.
  const whole = unescapeHtml(text)
  const fixed = HTML.reduce(
    (now, [pattern, replacement]) => replaceAligned(now, pattern, () => replacement),
    whole,
  )
  return replaceAligned(fixed, /<unk>/g, () => unknown)
}
