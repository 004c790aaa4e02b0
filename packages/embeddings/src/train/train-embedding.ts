/** One training of word vectors, from text to file: the run's folder, the corpus, the method, the result. */
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  createRun,
  describeEnvironment,
  type ElmanContainer,
  type JsonValue,
  openRun,
  type Run,
  readRunJson,
  sha256OfFile,
  writeRunJson,
} from '@elman/core'
import type { FastTextModel } from '../files/fasttext-model.ts'
import { readWordVectors } from '../files/read-word-vectors.ts'
import { writeFastText } from '../files/write-fasttext.ts'
import { writeWordVectors } from '../files/write-word-vectors.ts'
import type { EmbeddingProgress } from '../progress/embedding-progress.ts'
import type { WordVectors } from '../words/word-vectors.ts'
import type { MethodResult } from './embedding-method.ts'
import {
  type EmbeddingConfigInput,
  readEmbeddingConfig,
  readEmbeddingResult,
  resolveEmbedding,
} from './embedding-run.ts'
import { loadMatrices } from './prediction-checkpoint.ts'
import { type PreparedCorpus, prepareCorpus, reopenCorpus } from './prepare-corpus.ts'
import { readVocabulary } from './vocabulary-file.ts'

/** What happens during a training. */
export type EmbeddingEvent =
  | { readonly kind: 'run'; readonly path: string; readonly resumed: boolean }
  | {
      readonly kind: 'corpus'
      /** Words with vectors, their occurrences, and those that a model gone on from did not have. */
      readonly words: number
      readonly tokens: number
      readonly added: number
      /** Types and tokens of the text before rare words were left out. */
      readonly rawTypes: number
      readonly rawTokens: number
      readonly sentences: number
      /** Sentences that were cut because they were too long. */
      readonly cutSentences: number
    }
  | ({ readonly kind: 'progress' } & EmbeddingProgress)

/** Where and how to train. */
export interface TrainEmbeddingOptions {
  readonly container: ElmanContainer
  /** Folder of all runs; `embeddings` unless given. */
  readonly directory?: string
  /** Name of the run; made from the method and the time unless given. */
  readonly name?: string
  /** Is told what happens. */
  readonly onEvent?: (event: EmbeddingEvent) => void
  /** Asks to stop soon, with a checkpoint. */
  readonly signal?: AbortSignal
  /** Nobody will read the folder: leave neither checkpoints nor results there. Off unless given. */
  readonly transient?: boolean
}

/** A training that has ended or was stopped. */
export interface TrainedEmbedding {
  /** The run's folder. */
  readonly path: string
  readonly outcome: 'finished' | 'interrupted'
  /** The vectors, when it has finished. */
  readonly vectors?: WordVectors
  /** The model that spells unknown words, when a method with sub-words has just finished. */
  readonly fastText?: FastTextModel
  /** Figures: losses, speed, time. */
  readonly report: { readonly [name: string]: JsonValue }
}

/** File of a finished run's vectors. */
export const VECTORS_FILE = 'vectors.safetensors'

/**
 * Trains word vectors as a config says, in a new folder.
 *
 * @throws the `CONFIG_*` codes, and what reading, training and writing throw.
 */
export async function trainEmbedding(
  config: EmbeddingConfigInput,
  options: TrainEmbeddingOptions,
): Promise<TrainedEmbedding> {
  const { container, directory = 'embeddings', name } = options
  const { text } = config
  const placed = { ...config, text: { ...text, files: text.files.map(file => resolve(file)) } }
  if (config.from !== undefined) placed.from = resolve(config.from)
  const { config: complete } = resolveEmbedding(placed, container)
  const { workers, embedding } = complete
  const run = await createRun(directory, {
    stem: typeof embedding === 'string' ? embedding : embedding.type,
    config: complete as JsonValue,
    environment: describeEnvironment({
      name: 'webassembly',
      version: process.version,
      threads: workers,
      device: 'cpu',
    }),
    ...(name === undefined ? {} : { name }),
  })
  return work(run, false, options)
}

/** Goes on with a run that was stopped; a run that has finished gives its result. */
export async function resumeEmbedding(
  path: string,
  options: Omit<TrainEmbeddingOptions, 'directory' | 'name'>,
): Promise<TrainedEmbedding> {
  return work(await openRun(path), true, options)
}

async function work(run: Run, resumed: boolean, options: WorkOptions): Promise<TrainedEmbedding> {
  const { onEvent, signal } = options
  try {
    onEvent?.({ kind: 'run', path: run.path, resumed })
    const done = await readEmbeddingResult(run)
    if (done === undefined) return await train(run, options)
    const { vectors } = await readWordVectors(join(run.path, VECTORS_FILE))
    return { path: run.path, outcome: 'finished', vectors, report: done.report }
  } catch (error) {
    // What was stopped before it could leave a checkpoint is begun again by resuming.
    if (signal?.aborted === true && error === signal.reason)
      return { path: run.path, outcome: 'interrupted', report: {} }
    throw error
  } finally {
    run.close()
  }
}

async function train(
  run: Run,
  { container, onEvent, signal, transient = false }: WorkOptions,
): Promise<TrainedEmbedding> {
  const { config, method } = resolveEmbedding(await readEmbeddingConfig(run.path), container)
  const { workers, seed, text } = config
  const checkpointSeconds = transient ? undefined : config.checkpointSeconds
  const before = config.from === undefined ? undefined : { path: config.from }
  const from = before && (await loadMatrices(before))
  const onProgress = onEvent && ((progress: EmbeddingProgress) => onEvent({ kind: 'progress', ...progress }))
  const prepared =
    (await readRunJson(run, 'vocabulary.json')) === undefined
      ? await prepareCorpus(run, text, {
          ...{ onProgress, signal },
          known: before && (await readVocabulary(before)),
        })
      : await reopenCorpus(run)
  onEvent?.(corpusEvent(prepared))
  const result = await method.train({
    ...{
      vocabulary: prepared.vocabulary,
      corpus: prepared.corpus,
      minimumCount: text.minimumCount,
      maximumSentence: text.maximumSentence,
    },
    ...{ run, workers, seed, checkpointSeconds, from, onProgress, signal },
  })
  if (result.outcome === 'finished' && !transient) await finish(run, prepared, result)
  const { outcome, vectors, fastText, report } = result
  return { path: run.path, outcome, report, ...(vectors && { vectors }), ...(fastText && { fastText }) }
}

type WorkOptions = Pick<TrainEmbeddingOptions, 'container' | 'onEvent' | 'signal' | 'transient'>

function corpusEvent({ vocabulary, corpus, added }: PreparedCorpus): EmbeddingEvent {
  const { words, tokens, rawTypes, rawTokens } = vocabulary
  const { sentences, cutSentences } = corpus
  return { kind: 'corpus', words: words.count, tokens, added, rawTypes, rawTokens, sentences, cutSentences }
}

/** Writes vectors, then the result that says they are there, then removes the working copy of the text. */
async function finish(
  run: Run,
  { corpus }: PreparedCorpus,
  { vectors, fastText, report }: MethodResult,
): Promise<void> {
  if (vectors === undefined) return
  const file = join(run.path, VECTORS_FILE)
  await writeWordVectors(file, vectors, { format: 'safetensors' })
  if (fastText !== undefined) await writeFastText(join(run.path, 'model.bin'), fastText)
  await writeRunJson(run, 'result.json', {
    outcome: 'finished',
    words: vectors.count,
    dimensions: vectors.dimensions,
    tokens: corpus.tokens,
    corpusSha256: corpus.sha256,
    vectorsSha256: (await sha256OfFile(file)).sha256,
    report,
  })
  for (const path of [corpus.path, `${corpus.path}.json`]) await rm(path, { force: true })
}
