/** Normalizers of `tokenizer.json`: rewrite a text before it is cut, and remember where each unit came from. */
import { type AlignedText, replaceAligned, rewrite, sliceAligned } from '../aligned-text.ts'
import type { NormalizerJson } from './tokenizer-json.ts'
import { compilePattern } from './unicode-pattern.ts'

/** Rewrites a text. */
export type Normalizer = (text: AlignedText) => AlignedText

/** @throws `TOKENIZER_PATTERN_UNSUPPORTED` */
export function createNormalizer(json: NormalizerJson, where: string): Normalizer {
  switch (json.type) {
    case 'Sequence': {
      const parts = json.normalizers.map((part, i) => createNormalizer(part, `${where}.normalizers.${i}`))
      return text => parts.reduce((so_far, part) => part(so_far), text)
    }
    case 'BertNormalizer':
      return bertNormalizer(json)
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD': {
      const form = json.type
      return text => unicodeForm(text, form)
    }
    case 'Lowercase':
      return lowercase
    case 'StripAccents':
      return text => replaceAligned(text, /\p{M}+/gu, () => '')
    case 'Strip':
      return text => strip(text, json.strip_left, json.strip_right)
    case 'Replace': {
      const pattern = compilePattern(json.pattern, where)
      return text => replaceAligned(text, pattern, () => json.content)
    }
    case 'Prepend':
      return text => prepend(text, json.prepend)
  }
}

/** Cleaning, spaces around Chinese characters, accents off, lower case: the basic tokenizer of BERT. */
function bertNormalizer(options: Extract<NormalizerJson, { type: 'BertNormalizer' }>): Normalizer {
  const stripAccents = options.strip_accents ?? options.lowercase
  return text => {
    let now = text
    if (options.clean_text) {
      now = replaceAligned(now, UNCLEAN, ([found]) => (/[\t\n\r\p{Z}]/u.test(found) ? ' ' : ''))
    }
    if (options.handle_chinese_chars) now = replaceAligned(now, CHINESE, ([found]) => ` ${found} `)
    if (stripAccents) now = replaceAligned(unicodeForm(now, 'NFD'), /\p{Mn}+/gu, () => '')
    return options.lowercase ? lowercase(now) : now
  }
}

/** Control and unassigned characters, which go, and white space that is no plain space, which becomes one. */
const UNCLEAN = /[\p{C}\ufffd\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/gu

/** CJK unified ideographs with their extensions A … E and compatibility blocks, as in BERT's tokenization.py. */
const CHINESE =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b820}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu

/** Code point by code point, so that a final sigma is a sigma as in the Rust tokenizers. */
export function lowercase(text: AlignedText): AlignedText {
  if (/^[\0-\x7f]*$/.test(text.text)) return { ...text, text: text.text.toLowerCase() } // each sign keeps its place
  return replaceAligned(text, /\p{Changes_When_Lowercased}/gu, ([found]) => found.toLowerCase())
}

/** ASCII, a starter with its marks, or the jamos of one Hangul syllable: what a Unicode form rewrites together. */
const CLUSTER =
  /[\0-\x7f]+(?!\p{M})|(?:[\u1100-\u1112][\u1161-\u1175]?[\u11a8-\u11c2]?|[\uac00-\ud7a3][\u11a8-\u11c2]?|[\s\S])\p{M}*/gu

function unicodeForm(text: AlignedText, form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): AlignedText {
  const whole = text.text.normalize(form)
  if (whole === text.text) return text
  const pieces = replaceAligned(text, CLUSTER, ([found]) => found.normalize(form))
  if (pieces.text === whole) return pieces
  const coarse = rewrite(text) // clusters that the expression does not know: all of it stands for all of it
  coarse.put(whole, 0, text.text.length)
  return coarse.finish()
}

function strip(text: AlignedText, left: boolean, right: boolean): AlignedText {
  const begin = left ? /^\p{White_Space}*/u.exec(text.text)![0].length : 0
  let end = text.text.length
  if (right) while (end > begin && /\p{White_Space}/u.test(text.text[end - 1]!)) end -= 1
  return begin === 0 && end === text.text.length ? text : sliceAligned(text, begin, end)
}

function prepend(text: AlignedText, before: string): AlignedText {
  if (text.text === '') return text
  const rewriter = rewrite(text)
  rewriter.put(before, 0, text.text.codePointAt(0)! > 0xffff ? 2 : 1)
  rewriter.keep(0, text.text.length)
  return rewriter.finish()
}
