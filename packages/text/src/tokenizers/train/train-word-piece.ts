/** WordPiece of BERT, learned from texts. */
import { z } from 'zod'
import { tokenizerFromHuggingFace } from '../pipeline/pipeline-tokenizer.ts'
import type { NormalizerJson, TemplateItem } from '../pipeline/tokenizer-json.ts'
import type { Tokenizer } from '../tokenizer.ts'
import { countWords, learnPieces } from './learn-pieces.ts'
import { specialToken, vocabularyRecord } from './trained-json.ts'

/** Special tokens in BERT's order; ids 0 … 4. */
export const BERT_TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const

/** Options of {@link trainWordPiece}. */
export const wordPieceConfig = z.strictObject({
  vocabularySize: z
    .int()
    .min(6)
    .max(1_000_000)
    .default(8000)
    .describe('tokens in all, the five special ones included'),
  minimumCount: z.int().min(1).default(2).describe('rarer pairs are not merged'),
  maximumAlphabet: z
    .int()
    .min(1)
    .default(1000)
    .describe('only so many of the most frequent characters get a token'),
  score: z
    .enum(['count', 'likelihood'])
    .default('count')
    .describe(
      'which pair is merged next: the most frequent, or the one with the largest count(ab)/(count(a)·count(b))',
    ),
  lowercase: z.boolean().default(true),
  stripAccents: z.boolean().optional().describe('whether accents go; as lowercase unless given'),
  spaceChinese: z.boolean().default(true).describe('whether each Chinese character is a word'),
})

/**
 * Trains WordPiece with BERT's rules for text and `[CLS] A [SEP] B [SEP]`.
 *
 * Google's trainer was never released. `score: 'count'` is what Hugging Face's `WordPieceTrainer` does (BPE with a
 * prefix), and gives better pieces at small sizes; `likelihood` is the score that the WordPiece papers describe, which
 * prefers rare characters that always stand together.
 *
 * @throws `TOKENIZER_VOCABULARY_TOO_SMALL`, `TOKENIZER_NO_TEXT`
 */
export function trainWordPiece(
  texts: Iterable<string>,
  options: z.input<typeof wordPieceConfig> = {},
): Tokenizer {
  const config = wordPieceConfig.parse(options)
  const normalizer: NormalizerJson = {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: config.spaceChinese,
    strip_accents: config.stripAccents ?? null,
    lowercase: config.lowercase,
  }
  const pieces = learnPieces(countWords(texts, normalizer, { type: 'BertPreTokenizer' }), {
    ...config,
    special: BERT_TOKENS,
    alphabet: [],
    prefix: '##',
    suffix: '',
  })
  const place = (id: string, type_id: number): TemplateItem => ({ SpecialToken: { id, type_id } })
  const first: TemplateItem[] = [place('[CLS]', 0), { Sequence: { id: 'A', type_id: 0 } }, place('[SEP]', 0)]
  const named = (token: string, id: number) => [token, { id: token, ids: [id], tokens: [token] }] as const
  return tokenizerFromHuggingFace({
    version: '1.0',
    added_tokens: BERT_TOKENS.map(specialToken),
    normalizer,
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: first,
      pair: [...first, { Sequence: { id: 'B', type_id: 1 } }, place('[SEP]', 1)],
      special_tokens: Object.fromEntries([named('[CLS]', 2), named('[SEP]', 3)]),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: { type: 'WordPiece', unk_token: '[UNK]', vocab: vocabularyRecord(pieces.tokens) },
  })
}
