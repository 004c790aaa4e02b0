/** Bytes and characters as tokens: the units of corpora behind the interface of tokenizers. */
import { hashConfig, type JsonValue } from '@elman/core'
import { createCodePointTable } from '../../vocabulary/token-table.ts'
import { buildVocabulary, type Vocabulary } from '../../vocabulary/vocabulary.ts'
import { vocabularyFromJson, vocabularyToJson } from '../../vocabulary/vocabulary-json.ts'
import { tokenUnknown } from '../models/model.ts'
import { emptyList, fillTemplate, type TokenList } from '../pipeline/encoding.ts'
import { refuseId } from '../pipeline/pipeline-tokenizer.ts'
import type { Tokenizer } from '../tokenizer.ts'
import { noText } from '../train/learn-pieces.ts'
import { pairRefused } from '../words/word-tokenizer.ts'

/**
 * A tokenizer over the 256 bytes of UTF-8: id is the byte's value, nothing is unknown, and `decode(encode(text))` is the
 * text wherever it is valid Unicode. All bytes of a character point at it.
 */
export function byteTokenizer(): Tokenizer {
  const tokens = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))
  const encoder = new TextEncoder()
  return unitTokenizer({
    kind: 'byte',
    tokens,
    unknown: undefined,
    json: { format: 'elman-byte-tokenizer', version: 1 },
    cut(sign) {
      return [...encoder.encode(sign)]
    },
    join: ids => new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(ids)),
  })
}

/**
 * A tokenizer over the code points of a vocabulary of unit character.
 *
 * @throws (from `encode`) `TOKENIZER_TOKEN_UNKNOWN` for a character that it lacks, if it has no `<unk>`
 */
export function characterTokenizer(vocabulary: Vocabulary): Tokenizer {
  return unitTokenizer({
    kind: 'character',
    tokens: vocabulary.tokens,
    unknown: vocabulary.unknown,
    json: { format: 'elman-character-tokenizer', version: 1, vocabulary: vocabularyToJson(vocabulary) },
    cut(sign) {
      const id = vocabulary.idOf(sign) ?? vocabulary.unknown
      if (id === undefined) throw tokenUnknown(sign)
      return [id]
    },
    join: ids => ids.map(id => vocabulary.tokens[id]!).join(''),
  })
}

/**
 * Learns the characters of texts, most frequent first, with `<unk>` for others.
 *
 * @throws `TOKENIZER_NO_TEXT`
 */
export function trainCharacterTokenizer(
  texts: Iterable<string>,
  { minimumCount = 1 }: { readonly minimumCount?: number } = {},
): Tokenizer {
  const table = createCodePointTable()
  for (const text of texts) for (const sign of text) table.add(sign.codePointAt(0)!)
  if (table.tokens.length === 0) throw noText()
  return characterTokenizer(
    buildVocabulary(table, { unit: 'character', lines: 'none' }, { minimumCount, unknown: true }),
  )
}

/** @throws `TOKENIZER_INVALID`, `VOCABULARY_INVALID` */
export function characterTokenizerFromJson(json: object, where: string): Tokenizer {
  return characterTokenizer(vocabularyFromJson('vocabulary' in json ? json.vocabulary : undefined, where))
}

interface UnitParts {
  readonly kind: string
  readonly tokens: readonly string[]
  readonly unknown: number | undefined
  readonly json: JsonValue
  /** Ids of one code point. */
  cut(sign: string): readonly number[]
  join(ids: readonly number[]): string
}

function unitTokenizer({ kind, tokens, unknown, json, cut, join }: UnitParts): Tokenizer {
  const ids = new Map(tokens.map((token, id) => [token, id]))
  const hash = hashConfig(json)
  const tokenize = (text: string): TokenList => {
    const list = emptyList()
    let at = 0
    let word = 0
    for (const sign of text) {
      for (const id of cut(sign)) {
        list.ids.push(id)
        list.tokens.push(tokens[id]!)
        list.offsets.push(at, at + sign.length)
        list.words.push(word)
      }
      at += sign.length
      word += 1
    }
    return list
  }
  const encode: Tokenizer['encode'] = (text, { pair } = {}) => {
    if (pair !== undefined) throw pairRefused(kind)
    return fillTemplate([{ text: 'A', typeId: 0 }], { A: tokenize(text), B: undefined })
  }
  return {
    kind,
    vocabularySize: tokens.length,
    special: unknown === undefined ? {} : { unknown },
    hash,
    encode,
    encodeBatch: (texts, options) => texts.map(text => encode(text, options)),
    decode: list =>
      join(Array.from(list, id => (tokens[id] === undefined ? refuseId(id, tokens.length) : id))),
    idOf: token => ids.get(token),
    tokenOf: id => tokens[id],
    toJson: () => structuredClone(json),
  }
}
