import {
  type DescriptorOf,
  defineExtensionPoint,
  type ExtensionPoint,
  type JsonValue,
  type Run,
} from '@elman/core'
import type { EncodedCorpus } from '../corpus/encoded-corpus.ts'
import type { EmbeddingVocabulary } from '../corpus/vocabulary.ts'
import type { FastTextModel } from '../files/fasttext-model.ts'
import type { OnProgress } from '../progress/embedding-progress.ts'
import type { WordVectors } from '../words/word-vectors.ts'

/** What a method trains on, and with. */
export interface EmbeddingTask {
  /** The words that get vectors, most frequent first. */
  readonly vocabulary: EmbeddingVocabulary
  /** The text as ids of those words. */
  readonly corpus: EncodedCorpus
  /** Words in the longest sentence of the corpus, at most. */
  readonly maximumSentence: number
  /** Words that occur less often have no vector. */
  readonly minimumCount: number
  /** The run whose folder takes checkpoints and working files. */
  readonly run: Run
  /** Threads. */
  readonly workers: number
  readonly seed: number
  /** Seconds between checkpoints; undefined when nobody will go on from the run, which then leaves none. */
  readonly checkpointSeconds: number | undefined
  /** A trained model to go on from: its words are the first of the vocabulary. */
  readonly from?: TrainedMatrices | undefined
  readonly onProgress?: OnProgress | undefined
  /** Asks to stop soon, with a checkpoint. */
  readonly signal?: AbortSignal | undefined
}

/** The two matrices of a trained model: the words' own rows (then rows of sub-words), and those that predict. */
export interface TrainedMatrices {
  /** Words of the model: the first rows of each matrix. */
  readonly words: number
  readonly dimensions: number
  /** Numbers from one row to the next; those past `dimensions` are zero. */
  readonly stride: number
  readonly input: Float32Array
  readonly output: Float32Array
}

/** What a method made. */
export interface MethodResult {
  /** Whether it was stopped before its end; then there are no vectors yet, and `resume` goes on. */
  readonly outcome: 'finished' | 'interrupted'
  readonly vectors?: WordVectors
  /** The same words with their sub-words, for methods that have them. */
  readonly fastText?: FastTextModel
  /** Figures for the report: losses, speed, time. */
  readonly report: { readonly [name: string]: JsonValue }
}

/** A way to make vectors of a text. Training goes on from the run's latest checkpoint, if it has one. */
export interface EmbeddingMethod {
  /** Trains to the end, or until the signal says stop. */
  train(task: EmbeddingTask): Promise<MethodResult>
}

declare module '@elman/core' {
  interface ExtensionPoints {
    embedding: { product: EmbeddingMethod }
  }
}

/** Methods that make word vectors of a text: `word2vec`, `glove`, and those of plugins. */
export const EMBEDDING: ExtensionPoint<DescriptorOf<'embedding'>> = defineExtensionPoint('embedding')
