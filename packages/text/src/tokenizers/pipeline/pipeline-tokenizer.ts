/** A tokenizer from the parts of `tokenizer.json`: added tokens, normalizer, pre-tokenizer, model, template, decoder. */
import { ElmanError, hashConfig, type JsonValue } from '@elman/core'
import { type AlignedText, alignedText, beginOf, endOf } from '../aligned-text.ts'
import { bpeModel } from '../models/bpe.ts'
import type { TokenModel } from '../models/model.ts'
import { unigramModel } from '../models/unigram.ts'
import { wordLevelModel } from '../models/word-level.ts'
import { wordPieceModel } from '../models/word-piece.ts'
import type { EncodeOptions, Encoding, SpecialIds, Tokenizer } from '../tokenizer.ts'
import { addedTokenDividers } from './added-tokens.ts'
import { createDecoder, type Decoder } from './decoders.ts'
import { emptyList, fillTemplate, pad, type TokenList, truncate } from './encoding.ts'
import { createNormalizer } from './normalizers.ts'
import { createPostProcessor, type Place } from './post-processors.ts'
import { createPreTokenizer } from './pre-tokenizers.ts'
import { specialIds } from './special-ids.ts'
import { checkTokenizerJson, invalid, type ModelJson, type TokenizerJson } from './tokenizer-json.ts'

const KINDS = { WordPiece: 'word-piece', BPE: 'bpe', WordLevel: 'word-level', Unigram: 'unigram' } as const

/**
 * The tokenizer of a parsed `tokenizer.json`. Ids are those of Hugging Face's Rust library; offsets count UTF-16 units,
 * not code points. Of truncated texts only the first part is given; `stride` is kept but has no effect.
 *
 * @param where - File name for errors.
 * @throws `TOKENIZER_INVALID`, `TOKENIZER_PART_UNKNOWN`, `TOKENIZER_PATTERN_UNSUPPORTED`
 */
export function tokenizerFromHuggingFace(value: unknown, where = 'tokenizer.json'): Tokenizer {
  const json = checkTokenizerJson(value, where)
  const cutter = createCutter(json, where)
  const { model, names, tokens } = cutter
  const post = createPostProcessor(json.post_processor, `${where}, post_processor`)
  for (const place of [...post.single, ...post.pair]) {
    const lost = 'text' in place ? undefined : place.ids.find(id => !tokens.has(id))
    if (lost !== undefined) throw invalid(`the template adds id ${lost}, which has no token`, where)
  }
  const decoder = json.decoder === null ? spaced : createDecoder(json.decoder, `${where}, decoder`)
  const skipped = new Set(json.added_tokens.filter(({ special }) => special).map(({ id }) => id))
  const known: SpecialIds = {
    ...(model.unknown === undefined ? {} : { unknown: model.unknown }),
    ...(json.padding === null ? {} : { padding: json.padding.pad_id }),
  }
  const hash = memo(() => hashConfig(json))

  const tokenize = (text: string): TokenList => {
    const list = cutter.cut(text)
    if (post.trimOffsets) trimOffsets(list, post.prefixSpace)
    return list
  }
  const encode = (text: string, { pair, addSpecialTokens = true }: EncodeOptions = {}): Encoding => {
    const template = pair === undefined ? post.single : post.pair
    const places = addSpecialTokens ? template : template.filter(place => 'text' in place)
    const a = tokenize(text)
    const b = pair === undefined ? undefined : tokenize(pair)
    if (json.truncation === null) return fillTemplate(places, { A: a, B: b })
    return fillTemplate(places, truncate(json.truncation, addedBy(places), a, b))
  }
  const fixed = json.padding !== null && json.padding.strategy !== 'BatchLongest' ? json.padding : undefined
  return {
    kind: KINDS[json.model.type],
    vocabularySize: cutter.size,
    special: specialIds(names, known),
    get hash() {
      return hash()
    },
    encode: (text, options) =>
      fixed === undefined ? encode(text, options) : pad([encode(text, options)], fixed)[0]!,
    encodeBatch(texts, options) {
      const encodings = texts.map(text => encode(text, options))
      return json.padding === null ? encodings : pad(encodings, json.padding)
    },
    decode(ids, { skipSpecialTokens = true } = {}) {
      const kept = Array.from(ids).filter(id => !(skipSpecialTokens && skipped.has(id)))
      return decoder(kept.map(id => tokens.get(id) ?? refuseId(id, cutter.size))).join('')
    },
    idOf: token => names.get(token),
    tokenOf: id => tokens.get(id),
    toJson: () => structuredClone(json) as unknown as JsonValue,
  }
}

/** Text as it stands in `tokenizer.json`: two spaces of indent, tokens in the order of their ids. */
export function writeTokenizerJson(tokenizer: Tokenizer): string {
  return `${JSON.stringify(checkTokenizerJson(tokenizer.toJson(), 'the tokenizer'), null, 2)}\n`
}

/** Without a decoder tokens are words. */
const spaced: Decoder = tokens => [tokens.join(' ')]

interface Cutter {
  readonly model: TokenModel
  /** Ids of all tokens, added ones too. */
  readonly names: ReadonlyMap<string, number>
  readonly tokens: ReadonlyMap<number, string>
  readonly size: number
  cut(text: string): TokenList
}

function createCutter(json: TokenizerJson, where: string): Cutter {
  const model = createModel(json.model, `${where}, model`)
  const names = new Map(model.vocabulary.ids)
  const tokens = new Map(model.vocabulary.tokens)
  for (const { content, id } of json.added_tokens) {
    const other = tokens.get(id)
    if (other !== undefined && other !== content) {
      throw invalid(`added token ${JSON.stringify(content)} has id ${id} of ${JSON.stringify(other)}`, where)
    }
    names.set(content, id)
    tokens.set(id, content)
  }
  let size = 0
  for (const id of tokens.keys()) size = Math.max(size, id + 1)
  const normalizer =
    json.normalizer === null ? undefined : createNormalizer(json.normalizer, `${where}, normalizer`)
  const preTokenizer =
    json.pre_tokenizer === null
      ? undefined
      : createPreTokenizer(json.pre_tokenizer, `${where}, pre_tokenizer`)
  const dividers = addedTokenDividers(json.added_tokens, normalizer)
  return {
    model,
    names,
    tokens,
    size,
    cut(text) {
      const list = emptyList()
      let word = 0
      for (const raw of dividers.raw(alignedText(text))) {
        if (raw.id !== undefined) {
          addToken(list, raw.id, raw.piece, tokens, word++)
          continue
        }
        for (const { piece, id } of dividers.normalized(normalizer?.(raw.piece) ?? raw.piece)) {
          if (id !== undefined) {
            addToken(list, id, piece, tokens, word++)
            continue
          }
          for (const part of preTokenizer?.(piece) ?? [piece]) {
            if (part.text !== '') addWord(list, part, model, word++)
          }
        }
      }
      return list
    },
  }
}

function createModel(json: ModelJson, where: string): TokenModel {
  switch (json.type) {
    case 'WordPiece':
      return wordPieceModel(json, where)
    case 'BPE':
      return bpeModel(json, where)
    case 'WordLevel':
      return wordLevelModel(json, where)
    case 'Unigram':
      return unigramModel(json, where)
  }
}

function addWord(list: TokenList, piece: AlignedText, model: TokenModel, word: number): void {
  const { ids, spans } = model.cut(piece.text)
  ids.forEach((id, i) => {
    list.ids.push(id)
    list.tokens.push(model.vocabulary.tokens.get(id)!)
    list.offsets.push(beginOf(piece, spans[2 * i]!), endOf(piece, spans[2 * i + 1]!))
    list.words.push(word)
  })
}

function addToken(
  list: TokenList,
  id: number,
  piece: AlignedText,
  tokens: ReadonlyMap<number, string>,
  word: number,
): void {
  list.ids.push(id)
  list.tokens.push(tokens.get(id)!)
  list.offsets.push(beginOf(piece, 0), endOf(piece, piece.text.length))
  list.words.push(word)
}

/** Takes the spaces that byte-level tokens begin and end with out of their offsets, as the Rust library counts them. */
function trimOffsets({ tokens, offsets }: TokenList, prefixSpace: boolean): void {
  tokens.forEach((token, i) => {
    const begin = offsets[2 * i]!
    const end = offsets[2 * i + 1]!
    const leading = /^[Ġ\s]*/.exec(token)![0].length
    const trailing = /[Ġ\s]*$/.exec(token)![0].length
    const added = prefixSpace && leading > 0 && (i === 0 || begin === 0) ? 1 : 0
    offsets[2 * i] = Math.min(begin + leading - added, end)
    if (end >= trailing) offsets[2 * i + 1] = Math.max(end - trailing, offsets[2 * i]!)
  })
}

function addedBy(places: readonly Place[]): number {
  return places.reduce((sum, place) => sum + ('text' in place ? 0 : place.ids.length), 0)
}

function memo<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** The error for an id that no token has. */
export function refuseId(id: number, size: number): never {
  throw new ElmanError('TOKENIZER_ID_UNKNOWN', {
    message: 'an id has no token',
    expected: `an id of the tokenizer, which are below ${size}`,
    found: String(id),
    hint: 'were these ids made by another tokenizer? compare the hashes',
  })
}
