/** Pre-tokenizers of `tokenizer.json`: cut a normalised text into words, which a model then cuts into tokens. */
import { type AlignedText, replaceAligned, rewrite, sliceAligned } from '../aligned-text.ts'
import { toByteAlphabet } from './byte-alphabet.ts'
import type { PreTokenizerJson, SplitBehavior } from './tokenizer-json.ts'
import { compilePattern, PUNCTUATION, WHITE_SPACE, WORD_CHARACTERS } from './unicode-pattern.ts'

/** Cuts one piece into pieces; empty ones are left out. */
export type PreTokenizer = (piece: AlignedText) => AlignedText[]

/** @throws `TOKENIZER_PATTERN_UNSUPPORTED` */
export function createPreTokenizer(json: PreTokenizerJson, where: string): PreTokenizer {
  switch (json.type) {
    case 'Sequence': {
      const parts = json.pretokenizers.map((part, i) =>
        createPreTokenizer(part, `${where}.pretokenizers.${i}`),
      )
      return piece => parts.reduce((pieces, part) => pieces.flatMap(part), [piece])
    }
    case 'BertPreTokenizer':
      return matching(`[^${WHITE_SPACE}${PUNCTUATION}]+|[${PUNCTUATION}]`)
    case 'Whitespace':
      return matching(`[${WORD_CHARACTERS}]+|[^${WORD_CHARACTERS}${WHITE_SPACE}]+`)
    case 'WhitespaceSplit':
      return matching(`[^${WHITE_SPACE}]+`)
    case 'Punctuation':
      return splitter(new RegExp(`[${PUNCTUATION}]`, 'gu'), json.behavior, false)
    case 'Digits':
      return splitter(/\p{N}/gu, json.individual_digits ? 'Isolated' : 'Contiguous', false)
    case 'Split':
      return splitter(compilePattern(json.pattern, where), json.behavior, json.invert)
    case 'ByteLevel':
      return byteLevel(json)
    case 'Metaspace':
      return metaspace(json)
  }
}

/** GPT-2's words: contractions, then letters, numbers or other signs with one space before them, then white space. */
export const GPT2_WORDS = `'(?:[stmd]|re|ve|ll)| ?\\p{L}+| ?\\p{N}+| ?[^${WHITE_SPACE}\\p{L}\\p{N}]+|${WHITE_SPACE}+(?!\\P{White_Space})|${WHITE_SPACE}+`

function byteLevel(json: Extract<PreTokenizerJson, { type: 'ByteLevel' }>): PreTokenizer {
  const words = matching(GPT2_WORDS)
  return piece => {
    const spaced = json.add_prefix_space && !piece.text.startsWith(' ') ? withBefore(piece, ' ') : piece
    return (json.use_regex ? words(spaced) : [spaced]).map(toByteAlphabet)
  }
}

function metaspace(json: Extract<PreTokenizerJson, { type: 'Metaspace' }>): PreTokenizer {
  const { replacement } = json
  const scheme = json.prepend_scheme ?? (json.add_prefix_space === false ? 'never' : 'always')
  const cut = splitter(compilePattern({ String: replacement }, 'Metaspace'), 'MergedWithNext', false)
  return piece => {
    const marked = replaceAligned(piece, / /g, () => replacement)
    const wanted = scheme === 'always' || (scheme === 'first' && piece.start === 0)
    const whole = wanted && !marked.text.startsWith(replacement) ? withBefore(marked, replacement) : marked
    return json.split ? cut(whole) : [whole]
  }
}

function withBefore(piece: AlignedText, before: string): AlignedText {
  if (piece.text === '') return piece
  const rewriter = rewrite(piece)
  rewriter.put(before, 0, piece.text.codePointAt(0)! > 0xffff ? 2 : 1)
  rewriter.keep(0, piece.text.length)
  return rewriter.finish()
}

/** Keeps the matches alone. */
function matching(source: string): PreTokenizer {
  const pattern = new RegExp(source, 'gu')
  return piece =>
    Array.from(piece.text.matchAll(pattern), match =>
      sliceAligned(piece, match.index, match.index + match[0].length),
    )
}

interface Segment {
  readonly from: number
  readonly to: number
  readonly isMatch: boolean
}

/** Cuts at matches, which are then removed, left alone, or joined to a neighbour. */
export function splitter(pattern: RegExp, behavior: SplitBehavior, invert: boolean): PreTokenizer {
  return piece => {
    const segments: Segment[] = []
    let done = 0
    const add = (from: number, to: number, isMatch: boolean) => {
      if (to > from) segments.push({ from, to, isMatch: isMatch !== invert })
    }
    for (const match of piece.text.matchAll(pattern)) {
      add(done, match.index, false)
      done = match.index + match[0].length
      add(match.index, done, true)
    }
    add(done, piece.text.length, false)
    return join(segments, behavior).map(({ from, to }) => sliceAligned(piece, from, to))
  }
}

function join(segments: readonly Segment[], behavior: SplitBehavior): readonly Segment[] {
  if (behavior === 'Isolated') return segments
  if (behavior === 'Removed') return segments.filter(({ isMatch }) => !isMatch)
  const out: Segment[] = []
  for (const segment of segments) {
    const last = out.at(-1)
    if (last !== undefined && belongsTo(last, segment, behavior)) {
      out[out.length - 1] = { from: last.from, to: segment.to, isMatch: segment.isMatch }
    } else {
      out.push(segment)
    }
  }
  return out
}

function belongsTo(last: Segment, next: Segment, behavior: SplitBehavior): boolean {
  if (behavior === 'Contiguous') return last.isMatch === next.isMatch
  if (behavior === 'MergedWithPrevious') return next.isMatch && !last.isMatch
  return last.isMatch && !next.isMatch
}
