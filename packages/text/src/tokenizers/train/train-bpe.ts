/** Byte-pair encoding, learned from texts: over bytes as GPT-2 has it, or over words with an end-of-word mark. */
import { z } from 'zod'
import { BYTE_CHARACTERS } from '../pipeline/byte-alphabet.ts'
import { tokenizerFromHuggingFace } from '../pipeline/pipeline-tokenizer.ts'
import type { NormalizerJson, PreTokenizerJson } from '../pipeline/tokenizer-json.ts'
import type { Tokenizer } from '../tokenizer.ts'
import { countWords, learnPieces } from './learn-pieces.ts'
import { specialToken, vocabularyRecord } from './trained-json.ts'

/** Options of {@link trainByteBpe}. */
export const byteBpeConfig = z.strictObject({
  vocabularySize: z
    .int()
    .min(256)
    .max(1_000_000)
    .default(8000)
    .describe('tokens in all, the 256 bytes included'),
  minimumCount: z.int().min(1).default(2).describe('rarer pairs are not merged'),
  addPrefixSpace: z
    .boolean()
    .default(false)
    .describe('whether the first word gets a space, as the others have one'),
  special: z.array(z.string().min(1)).default(['<|endoftext|>']).describe('special tokens, ids from 0'),
})

/**
 * Trains byte-level BPE: every text has tokens, nothing is unknown, and `decode(encode(text))` is the text.
 * Merges and ids are those of Hugging Face's `BpeTrainer` with the byte alphabet.
 *
 * @throws `TOKENIZER_VOCABULARY_TOO_SMALL`, `TOKENIZER_NO_TEXT`
 */
export function trainByteBpe(
  texts: Iterable<string>,
  options: z.input<typeof byteBpeConfig> = {},
): Tokenizer {
  const { vocabularySize, minimumCount, addPrefixSpace, special } = byteBpeConfig.parse(options)
  const part = {
    type: 'ByteLevel',
    add_prefix_space: addPrefixSpace,
    trim_offsets: true,
    use_regex: true,
  } as const
  const pieces = learnPieces(countWords(texts, null, part), {
    special,
    alphabet: BYTE_CHARACTERS,
    maximumAlphabet: undefined,
    prefix: '',
    suffix: '',
    vocabularySize,
    minimumCount,
    score: 'count',
  })
  return tokenizerFromHuggingFace({
    version: '1.0',
    added_tokens: special.map(specialToken),
    pre_tokenizer: part,
    post_processor: { ...part, trim_offsets: false },
    decoder: part,
    model: { type: 'BPE', vocab: vocabularyRecord(pieces.tokens), merges: pieces.merges },
  })
}

/** Options of {@link trainWordBpe}. */
export const wordBpeConfig = z.strictObject({
  vocabularySize: z.int().min(2).max(1_000_000).default(8000).describe('tokens in all'),
  minimumCount: z.int().min(1).default(2).describe('rarer pairs are not merged'),
  maximumAlphabet: z
    .int()
    .min(1)
    .optional()
    .describe('only so many of the most frequent characters get a token'),
  lowercase: z.boolean().default(false),
  split: z
    .enum(['white-space', 'punctuation'])
    .default('punctuation')
    .describe('whether signs are words of their own'),
  endOfWord: z.string().min(1).default('</w>').describe('mark behind the last piece of a word'),
  special: z
    .array(z.string().min(1))
    .min(1)
    .default(['<unk>'])
    .describe('special tokens, ids from 0; the first stands for unknown characters'),
})

/**
 * Trains BPE over words with an end-of-word mark (Sennrich et al. 2016). White space is not kept; `decode` puts one
 * space between words.
 *
 * @throws `TOKENIZER_VOCABULARY_TOO_SMALL`, `TOKENIZER_NO_TEXT`
 */
export function trainWordBpe(
  texts: Iterable<string>,
  options: z.input<typeof wordBpeConfig> = {},
): Tokenizer {
  const config = wordBpeConfig.parse(options)
  const normalizer: NormalizerJson | null = config.lowercase ? { type: 'Lowercase' } : null
  const preTokenizer: PreTokenizerJson = {
    type: config.split === 'punctuation' ? 'BertPreTokenizer' : 'WhitespaceSplit',
  }
  const pieces = learnPieces(countWords(texts, normalizer, preTokenizer), {
    ...config,
    alphabet: [],
    maximumAlphabet: config.maximumAlphabet,
    prefix: '',
    suffix: config.endOfWord,
    score: 'count',
  })
  return tokenizerFromHuggingFace({
    version: '1.0',
    added_tokens: config.special.map(specialToken),
    normalizer,
    pre_tokenizer: preTokenizer,
    decoder: { type: 'BPEDecoder', suffix: config.endOfWord },
    model: {
      type: 'BPE',
      unk_token: config.special[0],
      end_of_word_suffix: config.endOfWord,
      vocab: vocabularyRecord(pieces.tokens),
      merges: pieces.merges,
    },
  })
}
