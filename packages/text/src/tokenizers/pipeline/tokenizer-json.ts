/**
 * The parts of Hugging Face's `tokenizer.json` that are understood here, and their check. A part that is not is an
 * error that names it: a tokenizer that ignored it would give other ids without a word.
 *
 * Source: huggingface/tokenizers 0.23, serialisation of each component.
 */
import { ElmanError } from '@elman/core'
import { z } from 'zod'

const pattern = z.union([z.strictObject({ String: z.string() }), z.strictObject({ Regex: z.string() })])
const behavior = z.enum(['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'])

/** What becomes of the matches that a text is cut at. */
export type SplitBehavior = z.infer<typeof behavior>

const bare = <Type extends string>(type: Type) => z.strictObject({ type: z.literal(type) })

const normalizerLeaf = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('BertNormalizer'),
    clean_text: z.boolean().default(true),
    handle_chinese_chars: z.boolean().default(true),
    strip_accents: z.boolean().nullable().default(null),
    lowercase: z.boolean().default(true),
  }),
  bare('NFC'),
  bare('NFD'),
  bare('NFKC'),
  bare('NFKD'),
  bare('Lowercase'),
  bare('StripAccents'),
  z.strictObject({ type: z.literal('Strip'), strip_left: z.boolean(), strip_right: z.boolean() }),
  z.strictObject({ type: z.literal('Replace'), pattern, content: z.string() }),
  z.strictObject({ type: z.literal('Prepend'), prepend: z.string() }),
])

/** How a text is rewritten. */
export type NormalizerJson =
  | z.infer<typeof normalizerLeaf>
  | { readonly type: 'Sequence'; readonly normalizers: readonly NormalizerJson[] }

/** Parts that stand among pre-tokenizers, post-processors and decoders alike. */
const byteLevel = z.strictObject({
  type: z.literal('ByteLevel'),
  add_prefix_space: z.boolean().default(true),
  trim_offsets: z.boolean().default(true),
  use_regex: z.boolean().default(true),
})
const metaspace = z.strictObject({
  type: z.literal('Metaspace'),
  replacement: z.string().min(1),
  str_rep: z.string().optional(),
  add_prefix_space: z.boolean().optional(),
  prepend_scheme: z.enum(['always', 'first', 'never']).optional(),
  split: z.boolean().default(true),
})

const preTokenizerLeaf = z.discriminatedUnion('type', [
  bare('BertPreTokenizer'),
  bare('Whitespace'),
  bare('WhitespaceSplit'),
  z.strictObject({ type: z.literal('Punctuation'), behavior: behavior.default('Isolated') }),
  z.strictObject({ type: z.literal('Digits'), individual_digits: z.boolean() }),
  z.strictObject({ type: z.literal('Split'), pattern, behavior, invert: z.boolean().default(false) }),
  byteLevel,
  metaspace,
])

/** How a text is cut into words. */
export type PreTokenizerJson =
  | z.infer<typeof preTokenizerLeaf>
  | { readonly type: 'Sequence'; readonly pretokenizers: readonly PreTokenizerJson[] }

const template = z.array(
  z.union([
    z.strictObject({
      Sequence: z.strictObject({ id: z.enum(['A', 'B']), type_id: z.int().min(0).max(255) }),
    }),
    z.strictObject({ SpecialToken: z.strictObject({ id: z.string(), type_id: z.int().min(0).max(255) }) }),
  ]),
)
const idOfToken = z.tuple([z.string(), z.int().min(0)])

const postProcessorLeaf = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('TemplateProcessing'),
    single: template,
    pair: template,
    special_tokens: z.record(
      z.string(),
      z.strictObject({ id: z.string(), ids: z.array(z.int().min(0)), tokens: z.array(z.string()) }),
    ),
  }),
  z.strictObject({ type: z.literal('BertProcessing'), sep: idOfToken, cls: idOfToken }),
  z.strictObject({
    type: z.literal('RobertaProcessing'),
    sep: idOfToken,
    cls: idOfToken,
    trim_offsets: z.boolean().default(true),
    add_prefix_space: z.boolean().default(true),
  }),
  byteLevel,
])

/** One place of a template. */
export type TemplateItem = z.infer<typeof template>[number]

/** What is added around the tokens of a text. */
export type PostProcessorJson =
  | z.infer<typeof postProcessorLeaf>
  | { readonly type: 'Sequence'; readonly processors: readonly PostProcessorJson[] }

const decoderLeaf = z.discriminatedUnion('type', [
  byteLevel,
  z.strictObject({
    type: z.literal('WordPiece'),
    prefix: z.string().default('##'),
    cleanup: z.boolean().default(true),
  }),
  metaspace,
  z.strictObject({ type: z.literal('BPEDecoder'), suffix: z.string().default('</w>') }),
  bare('ByteFallback'),
  bare('Fuse'),
  z.strictObject({
    type: z.literal('Strip'),
    content: z.string().min(1),
    start: z.int().min(0),
    stop: z.int().min(0),
  }),
  z.strictObject({ type: z.literal('Replace'), pattern, content: z.string() }),
])

/** How tokens become text again. */
export type DecoderJson =
  | z.infer<typeof decoderLeaf>
  | { readonly type: 'Sequence'; readonly decoders: readonly DecoderJson[] }

/** Tokens by id: a plain record, whose values are the ids 0 … n - 1 with gaps allowed. */
const vocabulary = z.custom<{ readonly [token: string]: number }>(
  isVocabulary,
  'a record of tokens with their ids',
)

function isVocabulary(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.values(value).every(id => Number.isInteger(id) && id >= 0 && id < 2 ** 24)
}

const wordPiece = z.strictObject({
  type: z.literal('WordPiece'),
  unk_token: z.string().default('[UNK]'),
  continuing_subword_prefix: z.string().default('##'),
  max_input_chars_per_word: z.int().min(1).default(100),
  vocab: vocabulary,
})
const bpe = z.strictObject({
  type: z.literal('BPE'),
  dropout: z
    .union([z.null(), z.literal(0)], 'null or 0: with BPE dropout a text has no fixed ids')
    .default(null),
  unk_token: z.string().nullable().default(null),
  continuing_subword_prefix: z.string().nullable().default(null),
  end_of_word_suffix: z.string().nullable().default(null),
  fuse_unk: z.boolean().default(false),
  byte_fallback: z.boolean().default(false),
  ignore_merges: z.boolean().default(false),
  vocab: vocabulary,
  merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
})
const wordLevel = z.strictObject({
  type: z.literal('WordLevel'),
  vocab: vocabulary,
  unk_token: z.string().default('<unk>'),
})
const unigram = z.strictObject({
  type: z.literal('Unigram'),
  unk_id: z.int().min(0).nullable().default(null),
  vocab: z.array(z.tuple([z.string(), z.number()])).min(1),
  byte_fallback: z.boolean().default(false),
})

/** Of the rest of a word always the longest piece. */
export type WordPieceJson = z.infer<typeof wordPiece>
/** Pairs of symbols merged in a fixed order. */
export type BpeJson = z.infer<typeof bpe>
/** Words as tokens. */
export type WordLevelJson = z.infer<typeof wordLevel>
/** The most probable cut. */
export type UnigramJson = z.infer<typeof unigram>
/** How words are cut into tokens. */
export type ModelJson = WordPieceJson | BpeJson | WordLevelJson | UnigramJson

const addedToken = z.strictObject({
  id: z
    .int()
    .min(0)
    .max(2 ** 24),
  content: z.string().min(1),
  single_word: z.boolean().default(false),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  normalized: z.boolean().default(true),
  special: z.boolean().default(false),
})

/** A token that is found in a text before anything else happens to it. */
export type AddedTokenJson = z.infer<typeof addedToken>

const truncation = z.strictObject({
  direction: z.enum(['Left', 'Right']).default('Right'),
  max_length: z.int().min(0),
  strategy: z.enum(['LongestFirst', 'OnlyFirst', 'OnlySecond']).default('LongestFirst'),
  stride: z.int().min(0).default(0),
})
const padding = z.strictObject({
  strategy: z.union([z.literal('BatchLongest'), z.strictObject({ Fixed: z.int().min(0) })]),
  direction: z.enum(['Left', 'Right']).default('Right'),
  pad_to_multiple_of: z.int().min(1).nullable().default(null),
  pad_id: z.int().min(0),
  pad_type_id: z.int().min(0).max(255).default(0),
  pad_token: z.string(),
})

/** How long encodings may be. */
export type TruncationJson = z.infer<typeof truncation>
/** How short encodings are filled. */
export type PaddingJson = z.infer<typeof padding>

/** A whole `tokenizer.json`, defaults filled in. */
export interface TokenizerJson {
  readonly version: string
  readonly truncation: TruncationJson | null
  readonly padding: PaddingJson | null
  readonly added_tokens: readonly AddedTokenJson[]
  readonly normalizer: NormalizerJson | null
  readonly pre_tokenizer: PreTokenizerJson | null
  readonly post_processor: PostProcessorJson | null
  readonly decoder: DecoderJson | null
  readonly model: ModelJson
}

const TOP = [
  'version',
  'truncation',
  'padding',
  'added_tokens',
  'normalizer',
  'pre_tokenizer',
  'post_processor',
]
const KEYS: readonly string[] = [...TOP, 'decoder', 'model']

interface Section {
  readonly kind: string
  /** Types that have no parts, by their schema. */
  readonly leaf: z.ZodType & { readonly options: readonly z.ZodObject[] }
  /** Key of the parts of a `Sequence`. */
  readonly parts?: string
}

const SECTIONS = {
  normalizer: { kind: 'normalizer', leaf: normalizerLeaf, parts: 'normalizers' },
  pre_tokenizer: { kind: 'pre-tokenizer', leaf: preTokenizerLeaf, parts: 'pretokenizers' },
  post_processor: { kind: 'post-processor', leaf: postProcessorLeaf, parts: 'processors' },
  decoder: { kind: 'decoder', leaf: decoderLeaf, parts: 'decoders' },
  model: { kind: 'model', leaf: z.discriminatedUnion('type', [wordPiece, bpe, wordLevel, unigram]) },
} satisfies { readonly [key: string]: Section }

/** Sequences inside sequences; no real file has more than two. */
const MAXIMUM_DEPTH = 16

/**
 * Checks parsed JSON and fills in what older files leave out.
 *
 * @param where - File name for errors.
 * @throws `TOKENIZER_INVALID`, `TOKENIZER_PART_UNKNOWN`
 */
export function checkTokenizerJson(json: unknown, where: string): TokenizerJson {
  if (!isRecord(json)) throw invalid('not an object', where)
  const unknown = Object.keys(json).find(key => !KEYS.includes(key))
  if (unknown !== undefined) throw partUnknown('key', unknown, KEYS, where)
  const section = (key: keyof typeof SECTIONS) => {
    const value = json[key] ?? null
    return value === null ? null : checkPart(value, SECTIONS[key], key, where, 0)
  }
  const model = isRecord(json.model)
    ? { ...json.model, type: json.model.type ?? guessModel(json.model) }
    : json.model
  if (model === undefined || model === null) throw invalid('no model', where)
  return {
    version: parse(z.string().default('1.0'), json.version, 'version', where),
    truncation: parse(truncation.nullable().default(null), json.truncation, 'truncation', where),
    padding: parse(padding.nullable().default(null), json.padding, 'padding', where),
    added_tokens: parse(z.array(addedToken).default([]), json.added_tokens, 'added_tokens', where),
    normalizer: section('normalizer') as NormalizerJson | null,
    pre_tokenizer: section('pre_tokenizer') as PreTokenizerJson | null,
    post_processor: section('post_processor') as PostProcessorJson | null,
    decoder: section('decoder') as DecoderJson | null,
    model: checkPart(model, SECTIONS.model, 'model', where, 0) as ModelJson,
  }
}

/** Files from before 2021 do not name their model. */
function guessModel(model: { readonly [key: string]: unknown }): string {
  if (Array.isArray(model.merges)) return 'BPE'
  if (Array.isArray(model.vocab)) return 'Unigram'
  return 'continuing_subword_prefix' in model ? 'WordPiece' : 'WordLevel'
}

function checkPart(value: unknown, section: Section, path: string, where: string, depth: number): unknown {
  const { kind, leaf, parts } = section
  if (!isRecord(value)) throw invalid(`${path} is not an object`, where)
  if (depth > MAXIMUM_DEPTH) throw invalid(`${path} is nested more than ${MAXIMUM_DEPTH} deep`, where)
  const types = leaf.options.map(option => String((option.shape.type as z.ZodLiteral<string>).value))
  if (parts !== undefined && value.type === 'Sequence') {
    const list = value[parts]
    if (!Array.isArray(list)) throw invalid(`${path}.${parts} is not a list`, where)
    const checked = list.map((part, i) => checkPart(part, section, `${path}.${parts}.${i}`, where, depth + 1))
    return { type: 'Sequence', [parts]: checked }
  }
  if (typeof value.type !== 'string' || !types.includes(value.type)) {
    const known = parts === undefined ? types : [...types, 'Sequence']
    throw partUnknown(kind, String(value.type), known, `${where}, ${path}`)
  }
  return parse(leaf, value, path, where)
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, path: string, where: string) {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data as z.output<Schema>
  const first = parsed.error.issues[0]!
  const place = [path, ...first.path.map(String)].join('.')
  throw invalid(`${place}: ${first.message}`, where)
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function partUnknown(kind: string, found: string, known: readonly string[], where: string): ElmanError {
  return new ElmanError('TOKENIZER_PART_UNKNOWN', {
    message: `the tokenizer has a ${kind} that is not supported`,
    expected: known.join(', '),
    found: JSON.stringify(found),
    where,
    hint: 'without it the ids would be others; convert the tokenizer or leave it to its own library',
  })
}

/** The error for a file that contradicts itself. */
export function invalid(found: string, where: string): ElmanError {
  return new ElmanError('TOKENIZER_INVALID', {
    message: 'not a usable tokenizer file',
    found,
    where,
    hint: 'was it written by Hugging Face tokenizers (tokenizer.json) or by elman?',
  })
}
