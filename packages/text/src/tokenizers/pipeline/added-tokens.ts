/**
 * Added tokens: found in a text before it is cut, longest first. Those with `normalized` are looked for in the
 * normalised text, in their own normalised form; the others in the text as it came.
 */
import { type AlignedText, alignedText, sliceAligned } from '../aligned-text.ts'
import type { Normalizer } from './normalizers.ts'
import type { AddedTokenJson } from './tokenizer-json.ts'
import { escapePattern, WORD_CHARACTERS } from './unicode-pattern.ts'

/** A part of a text: an added token, or what is between two. */
export interface Section {
  readonly piece: AlignedText
  readonly id: number | undefined
}

/** Divides a text. */
export type Divider = (piece: AlignedText) => Section[]

/** A divider for the tokens that are looked for in the raw text, and one for those of the normalised text. */
export function addedTokenDividers(
  tokens: readonly AddedTokenJson[],
  normalizer: Normalizer | undefined,
): { readonly raw: Divider; readonly normalized: Divider } {
  const normal = (content: string): string => normalizer?.(alignedText(content)).text ?? content
  return {
    raw: divider(tokens.filter(token => !token.normalized)),
    normalized: divider(
      tokens.filter(token => token.normalized).map(token => ({ ...token, content: normal(token.content) })),
    ),
  }
}

function divider(tokens: readonly AddedTokenJson[]): Divider {
  const byContent = new Map<string, AddedTokenJson>()
  for (const token of tokens) if (token.content !== '') byContent.set(token.content, token)
  if (byContent.size === 0) return piece => [{ piece, id: undefined }]
  const contents = [...byContent.keys()].sort((a, b) => b.length - a.length)
  const pattern = new RegExp(contents.map(escapePattern).join('|'), 'gu')
  return piece => {
    const { text } = piece
    const sections: Section[] = []
    let done = 0
    for (const match of text.matchAll(pattern)) {
      const token = byContent.get(match[0])!
      let from = match.index
      let to = from + match[0].length
      if (from < done) continue // a token before took the white space that this one begins with
      if (token.single_word && touchesWord(text, from, to)) continue
      if (token.lstrip) while (from > done && isSpace(text, from - 1)) from -= 1
      if (token.rstrip) while (to < text.length && isSpace(text, to)) to += 1
      if (from > done) sections.push({ piece: sliceAligned(piece, done, from), id: undefined })
      sections.push({ piece: sliceAligned(piece, from, to), id: token.id })
      done = to
    }
    if (done < text.length) sections.push({ piece: sliceAligned(piece, done, text.length), id: undefined })
    return sections
  }
}

const WORD_BEFORE = new RegExp(`[${WORD_CHARACTERS}]$`, 'u')
const WORD_AFTER = new RegExp(`^[${WORD_CHARACTERS}]`, 'u')

function touchesWord(text: string, from: number, to: number): boolean {
  return WORD_BEFORE.test(text.slice(Math.max(0, from - 2), from)) || WORD_AFTER.test(text.slice(to, to + 2))
}

function isSpace(text: string, at: number): boolean {
  return /\p{White_Space}/u.test(text[at]!)
}
