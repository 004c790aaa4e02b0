import { join } from 'node:path'
import type { Run } from '@elman/core'
import { z } from 'zod'
import { countWords } from '../corpus/count-words.ts'
import { type EncodedCorpus, encodeCorpus, openEncodedCorpus } from '../corpus/encoded-corpus.ts'
import type { TextOptions } from '../corpus/text-options.ts'
import { buildEmbeddingVocabulary, type EmbeddingVocabulary, extendVocabulary } from '../corpus/vocabulary.ts'
import { readPhrases } from '../phrases/phrase-file.ts'
import type { OnProgress } from '../progress/embedding-progress.ts'
import { readVocabulary, writeVocabulary } from './vocabulary-file.ts'

/** Which text, cut and counted how. */
export const embeddingText = z.strictObject({
  files: z.array(z.string()).min(1).describe('text files, plain or gzip, read as one text'),
  lowercase: z.boolean().default(false).describe('turn letters into lower case'),
  wordsOnly: z.boolean().default(false).describe('drop tokens without a letter or digit'),
  leaveOut: z.array(z.string()).default([]).describe('tokens to leave out, such as <unk>'),
  lines: z
    .enum(['sentence', 'ignore'])
    .default('sentence')
    .describe('whether a line ends a sentence, over which windows do not reach'),
  maximumSentence: z.int().min(2).max(10_000).default(1000).describe('longer sentences are cut into pieces'),
  phrases: z.string().optional().describe('file of phrases, whose words are joined'),
  minimumCount: z.int().min(1).default(5).describe('rarer words get no vector'),
  maximumSize: z.int().min(1).optional().describe('keep only so many words, the most frequent'),
})

/** Complete options of the text. */
export type EmbeddingText = z.infer<typeof embeddingText>

/** The words of a text, and the text as their ids. */
export interface PreparedCorpus {
  readonly vocabulary: EmbeddingVocabulary
  readonly corpus: EncodedCorpus
  /** Words that the model gone on from did not have. */
  readonly added: number
}

const IDS = 'corpus.ids'

/**
 * Reads the text twice: counts its words, then writes it as ids into the run's folder.
 *
 * @param known - Words of a model to go on from; they keep their places, and new ones follow.
 */
export async function prepareCorpus(
  run: Pick<Run, 'path'>,
  { files, minimumCount, maximumSize, phrases, ...text }: EmbeddingText,
  { known, onProgress, signal }: PrepareOptions = {},
): Promise<PreparedCorpus> {
  const options: TextOptions & { onProgress?: OnProgress; signal?: AbortSignal } = {
    ...text,
    ...(phrases === undefined ? {} : { phrases: await readPhrases(phrases) }),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  }
  const counts = await countWords(files, options)
  const rules = { minimumCount, ...(maximumSize === undefined ? {} : { maximumSize }) }
  const extended = known === undefined ? undefined : extendVocabulary(known, counts, rules)
  const vocabulary = extended ?? buildEmbeddingVocabulary(counts, rules)
  const corpus = await encodeCorpus(files, vocabulary, join(run.path, IDS), options)
  // Last, so that a vocabulary in the folder tells that the ids are there too.
  await writeVocabulary(run, vocabulary)
  return { vocabulary, corpus, added: extended?.added ?? 0 }
}

/** What {@link prepareCorpus} may be given besides the text. */
export interface PrepareOptions {
  readonly known?: EmbeddingVocabulary | undefined
  readonly onProgress?: OnProgress | undefined
  readonly signal?: AbortSignal | undefined
}

/** What {@link prepareCorpus} left in a run's folder. */
export async function reopenCorpus(run: Pick<Run, 'path'>): Promise<PreparedCorpus> {
  const vocabulary = await readVocabulary(run)
  const corpus = await openEncodedCorpus(join(run.path, IDS), { vocabulary })
  return { vocabulary, corpus, added: 0 }
}
