/** Tokens are words, with the special tokens and rules of ULMFiT's language models. */
import { ElmanError, hashConfig } from '@elman/core'
import { z } from 'zod'
import { compareCodePoints } from '../../vocabulary/compare-code-points.ts'
import { alignedText, beginOf, endOf } from '../aligned-text.ts'
import { emptyList, fillTemplate, type TokenList } from '../pipeline/encoding.ts'
import { refuseId } from '../pipeline/pipeline-tokenizer.ts'
import type { Place } from '../pipeline/post-processors.ts'
import { specialIds } from '../pipeline/special-ids.ts'
import { invalid } from '../pipeline/tokenizer-json.ts'
import type { Tokenizer } from '../tokenizer.ts'
import { noText } from '../train/learn-pieces.ts'
import { joinWords } from './join-words.ts'
import { wordSplitter } from './split-text.ts'
import { WORD_PRESETS, type WordPreset, type WordPresetName } from './word-presets.ts'
import { WORD_RULES, wordRules } from './word-rules.ts'

const preset = z.enum(Object.keys(WORD_PRESETS) as [WordPresetName, ...WordPresetName[]])
const rules = z.array(z.enum(WORD_RULES))
const split = z.enum(['white-space', 'punctuation'])

/** Options of {@link trainWordTokenizer}. */
export const wordTokenizerConfig = z.strictObject({
  preset: preset.default('fastai-v2').describe('names of the special tokens, their ids, and the rules'),
  rules: rules
    .optional()
    .describe("rules for text, in place of the preset's; always applied in the fixed order"),
  split: split.default('punctuation').describe('what divides words'),
  maximumSize: z
    .int()
    .min(16)
    .max(2 ** 24 - 1)
    .default(60_000)
    .describe('tokens in all'),
  minimumCount: z.int().min(1).default(3).describe('rarer words are unknown'),
})

/** The file form of a word tokenizer. */
export const wordTokenizerJson = z.strictObject({
  format: z.literal('elman-word-tokenizer'),
  version: z.literal(1),
  preset,
  rules,
  split,
  tokens: z
    .array(z.string().min(1))
    .min(1)
    .max(2 ** 24 - 1),
})

/** The file form of a word tokenizer. */
export type WordTokenizerJson = z.infer<typeof wordTokenizerJson>

/**
 * Learns the words of texts: special tokens first, then the most frequent words, equals by code point. (Python's
 * `Counter.most_common`, which fastai uses, takes equals in the order of their first appearance.)
 *
 * @throws `TOKENIZER_NO_TEXT`
 */
export function trainWordTokenizer(
  texts: Iterable<string>,
  options: z.input<typeof wordTokenizerConfig> = {},
): Tokenizer {
  const config = wordTokenizerConfig.parse(options)
  const { first, names, rules: own }: WordPreset = WORD_PRESETS[config.preset]
  const head = first.includes(names.beginning) ? first : [...first, names.beginning]
  const form = { preset: config.preset, rules: config.rules ?? [...own], split: config.split }
  const words = createWordReader(form)
  const counts = new Map<string, number>()
  for (const text of texts) {
    for (const { text: word } of words(text)) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  if (counts.size === 0) throw noText()
  for (const token of head) counts.delete(token)
  const learned = [...counts]
    .filter(([, count]) => count >= config.minimumCount)
    .sort(([a, m], [b, n]) => n - m || compareCodePoints(a, b))
    .slice(0, Math.max(0, config.maximumSize - head.length))
  const tokens = [...head, ...learned.map(([word]) => word)]
  return wordTokenizer(
    { format: 'elman-word-tokenizer', version: 1, ...form, tokens },
    'the trained tokenizer',
  )
}

/**
 * The word tokenizer of parsed JSON. `encode` puts the beginning token before each text unless `addSpecialTokens` is
 * false.
 *
 * @param where - File name for errors.
 * @throws `TOKENIZER_INVALID`
 */
export function wordTokenizer(value: unknown, where = 'the tokenizer'): Tokenizer {
  const parsed = wordTokenizerJson.safeParse(value)
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error), where)
  const json = parsed.data
  const { names } = WORD_PRESETS[json.preset]
  const ids = new Map(json.tokens.map((token, id) => [token, id]))
  if (ids.size !== json.tokens.length) throw invalid('a token appears twice', where)
  const unknown = ids.get(names.unknown)
  const beginning = ids.get(names.beginning)
  if (unknown === undefined) throw invalid(`no token ${names.unknown}`, where)
  const read = createWordReader(json)
  const start: readonly Place[] =
    beginning === undefined ? [] : [{ ids: [beginning], tokens: [names.beginning], typeId: 0 }]
  const A: Place = { text: 'A', typeId: 0 }
  const hash = hashConfig(json)
  const special = specialIds(ids, { unknown })

  const tokenize = (text: string): TokenList => {
    const list = emptyList()
    for (const piece of read(text)) {
      const id = ids.get(piece.text) ?? unknown
      list.words.push(list.ids.length)
      list.ids.push(id)
      list.tokens.push(json.tokens[id]!)
      list.offsets.push(beginOf(piece, 0), endOf(piece, piece.text.length))
    }
    return list
  }
  const encode: Tokenizer['encode'] = (text, { pair, addSpecialTokens = true } = {}) => {
    if (pair !== undefined) throw pairRefused('word')
    return fillTemplate(addSpecialTokens ? [...start, A] : [A], { A: tokenize(text), B: undefined })
  }
  return {
    kind: 'word',
    vocabularySize: json.tokens.length,
    special,
    hash,
    encode,
    encodeBatch: (texts, options) => texts.map(text => encode(text, options)),
    decode(list, { skipSpecialTokens = true } = {}) {
      const tokens = Array.from(list, id => json.tokens[id] ?? refuseId(id, json.tokens.length))
      return skipSpecialTokens ? joinWords(tokens, names) : tokens.join(' ')
    },
    idOf: token => ids.get(token),
    tokenOf: id => json.tokens[id],
    toJson: () => structuredClone(json),
  }
}

/** Rewrites and cuts texts. */
function createWordReader(form: Pick<WordTokenizerJson, 'preset' | 'rules' | 'split'>) {
  const { names } = WORD_PRESETS[form.preset]
  const rewrites = WORD_RULES.filter(rule => form.rules.includes(rule)).map(rule => wordRules[rule])
  const cut = wordSplitter(form.split)
  return (text: string) => cut(rewrites.reduce((now, rewriteBy) => rewriteBy(now, names), alignedText(text)))
}

/** The error for a second text where none can be. */
export function pairRefused(kind: string): ElmanError {
  return new ElmanError('TOKENIZER_NO_PAIRS', {
    message: `a ${kind} tokenizer has no template for two texts`,
    hint: 'encode the texts one by one, or use a WordPiece tokenizer',
  })
}
