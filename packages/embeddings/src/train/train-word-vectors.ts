import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createContainer, ElmanError, type JsonValue } from '@elman/core'
import type { z } from 'zod'
import type { FastTextModel } from '../files/fasttext-model.ts'
import { embeddings } from '../plugin.ts'
import type { OnProgress } from '../progress/embedding-progress.ts'
import type { WordVectors } from '../words/word-vectors.ts'
import type { embeddingText } from './prepare-corpus.ts'
import { trainEmbedding } from './train-embedding.ts'

/** What {@link trainWordVectors} is told. */
export interface WordVectorsOptions extends z.input<typeof embeddingText> {
  /** The method and its options: `'word2vec'` (the default), `{ type: 'glove', dimensions: 50 }`, … */
  readonly method?: string | { readonly type: string; readonly [option: string]: unknown }
  /** Threads; 1 unless given. */
  readonly workers?: number
  /** 1 unless given. */
  readonly seed?: number
  readonly onProgress?: OnProgress
  readonly signal?: AbortSignal
}

/**
 * Trains word vectors of text files in one call; for runs that can be resumed see {@link trainEmbedding}.
 *
 * @example
 * const { vectors } = await trainWordVectors({ files: ['corpus.txt'], lowercase: true })
 * mostSimilar(vectors, { positive: ['king', 'woman'], negative: ['man'] })
 *
 * @returns the vectors (float32); with sub-words the model that spells unknown words; and figures: loss of each epoch,
 *   words a second
 * @throws the `CONFIG_*` and `EMBEDDING_*` codes; `EMBEDDING_ABORTED` when the signal stopped it.
 */
export async function trainWordVectors({
  method = 'word2vec',
  workers = 1,
  seed = 1,
  onProgress,
  signal,
  ...text
}: WordVectorsOptions): Promise<{
  readonly vectors: WordVectors
  readonly fastText?: FastTextModel
  readonly report: { readonly [name: string]: JsonValue }
}> {
  const directory = await mkdtemp(join(tmpdir(), 'elman-embedding-'))
  try {
    const { vectors, fastText, report } = await trainEmbedding(
      { embedding: method, text, workers, seed },
      {
        ...{ container: createContainer([embeddings]), directory, name: 'run', transient: true },
        ...(signal === undefined ? {} : { signal }),
        onEvent: event => event.kind === 'progress' && onProgress?.(event),
      },
    )
    if (vectors !== undefined) return { vectors, ...(fastText && { fastText }), report }
    throw new ElmanError('EMBEDDING_ABORTED', {
      message: 'the training was stopped before its end, and nothing was kept',
      hint: 'trainEmbedding keeps a folder from which resumeEmbedding goes on',
    })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
