import { ElmanError } from '@elman/core'
import type { DecodePolicy } from '../read/decode-utf8.ts'
import { createWordSplitter } from '../units/split-words.ts'
import { type TextCounts, type TokenizeRule, tokenize } from '../units/tokenize.ts'
import { createCodePointTable, createWordTable } from '../vocabulary/token-table.ts'
import {
  buildVocabulary,
  END_OF_SENTENCE,
  type Vocabulary,
  type VocabularyRules,
} from '../vocabulary/vocabulary.ts'
import { createIdBuffer } from './id-buffer.ts'

/** A text as ids of a vocabulary. */
export interface EncodedText extends TextCounts {
  readonly ids: Int32Array
  /** Tokens that the vocabulary lacks; `<unk>` stands in for them. A `<unk>` of the text itself is none. */
  readonly outOfVocabulary: number
}

/**
 * Builds the vocabulary of a training text and encodes it, in one pass over the text.
 *
 * @param name - File name for errors.
 * @throws what {@link tokenize} and {@link buildVocabulary} throw, `TEXT_OUT_OF_VOCABULARY`, `TEXT_TOO_MANY_TOKENS`
 */
export async function encodeTrainingText(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  name: string,
  form: TokenizeRule,
  rules: VocabularyRules,
): Promise<{ vocabulary: Vocabulary; text: EncodedText }> {
  const words = createWordTable()
  const codes = createCodePointTable()
  const table = form.unit === 'word' ? words : codes
  const buffer = createIdBuffer()
  const counts = await tokenize(source, name, form, {
    word: word => buffer.push(words.add(word)),
    code: code => buffer.push(codes.add(code)),
    lineEnd: () => buffer.push(words.add(END_OF_SENTENCE)),
  })
  const vocabulary = buildVocabulary(table, form, rules)
  const final = new Int32Array(table.tokens.length)
  let outOfVocabulary = 0
  table.tokens.forEach((token, first) => {
    const id = vocabulary.idOf(token)
    if (id === undefined) outOfVocabulary += table.counts[first]!
    final[first] = id ?? unknownOf(vocabulary, token, name)
  })
  const ids = buffer.take()
  for (let position = 0; position < ids.length; position++) ids[position] = final[ids[position]!]!
  return { vocabulary, text: { ids, ...counts, outOfVocabulary } }
}

/**
 * Encodes a text by a vocabulary made before.
 *
 * @throws what {@link tokenize} throws, `TEXT_OUT_OF_VOCABULARY`, `TEXT_TOO_MANY_TOKENS`
 */
export async function encodeText(
  vocabulary: Vocabulary,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  name: string,
  decode: DecodePolicy = {},
): Promise<EncodedText> {
  const buffer = createIdBuffer()
  let outOfVocabulary = 0
  const add = (token: string): void => {
    const id = vocabulary.idOf(token)
    if (id === undefined) outOfVocabulary += 1
    buffer.push(id ?? unknownOf(vocabulary, token, name))
  }
  const { unit, lines } = vocabulary
  const counts = await tokenize(
    source,
    name,
    { unit, lines, decode },
    {
      word: add,
      code: unit === 'byte' ? code => buffer.push(code) : code => add(String.fromCodePoint(code)),
      lineEnd: () => add(END_OF_SENTENCE),
    },
  )
  return { ids: buffer.take(), ...counts, outOfVocabulary }
}

/**
 * Ids of a string. An unterminated last line gets no `<eos>`, so that what is encoded can be continued.
 *
 * @throws `TEXT_OUT_OF_VOCABULARY` for a token that is unknown to a vocabulary without `<unk>`.
 */
export function encode(vocabulary: Vocabulary, text: string): Int32Array {
  if (vocabulary.unit === 'byte') return Int32Array.from(new TextEncoder().encode(text))
  const ids: number[] = []
  const add = (token: string): void => {
    ids.push(vocabulary.idOf(token) ?? unknownOf(vocabulary, token, 'the given text'))
  }
  if (vocabulary.unit === 'character') {
    for (const character of text.replaceAll('\r\n', '\n')) add(character)
    return Int32Array.from(ids)
  }
  const splitter = createWordSplitter(vocabulary.lines, 'the given text', add, () => add(END_OF_SENTENCE))
  splitter.push(text)
  splitter.end(false)
  return Int32Array.from(ids)
}

/**
 * The text of ids: words with spaces between and a line break for each `<eos>`, characters as they are, bytes
 * decoded as UTF-8 with U+FFFD for what is not.
 *
 * @throws `TEXT_UNKNOWN_ID` when an id is not of the vocabulary.
 */
export function decode(vocabulary: Vocabulary, ids: ArrayLike<number>): string {
  for (let position = 0; position < ids.length; position++) checkId(vocabulary, ids[position]!, position)
  if (vocabulary.unit === 'byte')
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(ids))
  const pieces: string[] = []
  let lineStart = true
  for (let position = 0; position < ids.length; position++) {
    const id = ids[position]!
    const isBreak = id === vocabulary.endOfSentence
    if (vocabulary.unit === 'word' && !isBreak && !lineStart) pieces.push(' ')
    pieces.push(isBreak ? '\n' : vocabulary.tokens[id]!)
    lineStart = isBreak
  }
  return pieces.join('')
}

function checkId(vocabulary: Vocabulary, id: number, position: number): void {
  if (Number.isInteger(id) && id >= 0 && id < vocabulary.size) return
  throw new ElmanError('TEXT_UNKNOWN_ID', {
    message: `id ${position} of a text is not of its vocabulary`,
    expected: `0 to ${vocabulary.size - 1}`,
    found: String(id),
  })
}

function unknownOf(vocabulary: Vocabulary, token: string, where: string): number {
  if (vocabulary.unknown !== undefined) return vocabulary.unknown
  throw new ElmanError('TEXT_OUT_OF_VOCABULARY', {
    message: `${JSON.stringify(token)} is not in the vocabulary, which has no <unk>`,
    where,
    hint: 'set vocabulary.unknown to true, or take a training text that has all tokens',
  })
}
