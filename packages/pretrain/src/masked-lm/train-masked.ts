/** The training of a masked language model from its config to a finished run: checkpoints, resume, scores. */
import { join } from 'node:path'
import {
  batchesOf,
  type Checkpoint,
  createRun,
  describeBackend,
  describeEnvironment,
  ElmanError,
  type JsonValue,
  loadCheckpoint,
  type MetricsWriter,
  OPTIMIZER,
  openMetrics,
  openRun,
  type Parameters,
  passesOf,
  type Run,
  random,
  readRunJson,
  rewindRun,
  SCHEDULE,
  type TrainPosition,
  type TrainResult,
  train,
  writeRunJson,
} from '@elman/core'
import {
  datasetsOf,
  loadTokenizer,
  type SplitName,
  saveTokenizer,
  TOKENIZER,
  type Tokenizer,
} from '@elman/text'
import { checkpointParameters } from '../experiment/checkpoint-parameters.ts'
import type { ExperimentListener } from '../experiment/experiment-events.ts'
import type { ExperimentOptions, NewExperimentOptions } from '../experiment/run-experiment.ts'
import { parameterCount } from '../language-model/language-model.ts'
import { type CorpusTexts, readCorpusTexts } from './corpus-texts.ts'
import { tooLong } from './encoder.ts'
import { maximumPredictions } from './mask-tokens.ts'
import { maskedBatches } from './masked-batches.ts'
import { createMaskedEvaluator, type MaskedScore, NOT_CAUSAL } from './masked-evaluator.ts'
import { type MaskedExperiment, resolveMaskedExperiment } from './masked-experiment.ts'
import { maskedLanguageModel } from './masked-model.ts'
import { maskedObjective } from './masked-objective.ts'
import { maskedRecord, maskedTestBefore, pseudoRecord } from './masked-records.ts'
import { maskedTokenIds } from './special-tokens.ts'
import { encodeDocuments, type TokenDocuments } from './token-documents.ts'

/** Name of the tokenizer's file in a run and beside exported weights. */
export const TOKENIZER_FILE = 'tokenizer.json'

/** How a training ended; `best.score` is the masked loss on `valid`. */
export interface MaskedResult extends Omit<TrainResult, 'parameters'> {
  /** Absolute path of the run's folder. */
  readonly path: string
  /** The test split by the best checkpoint; absent when interrupted or without such a split. */
  readonly test: MaskedScore | undefined
}

interface Prepared {
  readonly run: Run
  readonly config: MaskedExperiment
  readonly texts: CorpusTexts
  readonly tokenizer: Tokenizer
  readonly checkpoint: Checkpoint | undefined
}

/**
 * Trains a masked language model in a new folder.
 *
 * @param config - As `resolveMaskedExperiment` gives it.
 * @throws as `planCorpus`, `createRun` and `train`; `MASKED_LM_TOKENIZER`, `MASKED_LM_TOO_LONG`, `MASKED_LM_NO_TEXT`,
 *   `MASKED_LM_ONE_DOCUMENT`
 */
export async function runMaskedExperiment(
  config: MaskedExperiment,
  options: NewExperimentOptions,
): Promise<MaskedResult> {
  const { directory, name, baseDirectory = process.cwd(), backend, container } = options
  const texts = await readCorpusTexts(config.corpus, { baseDirectory, datasets: datasetsOf(container) })
  const recipe = container.create(TOKENIZER, config.tokenizer, { path: 'tokenizer' })
  const tokenizer = await recipe.prepare({ texts: texts.lines.train, baseDirectory })
  maskedTokenIds(tokenizer) // refused before there is a run
  const complete = { ...config, corpus: texts.config as MaskedExperiment['corpus'] }
  const run = await createRun(directory, {
    ...(name === undefined ? {} : { name }),
    stem: `masked-lm-${texts.name}`,
    config: complete as unknown as JsonValue,
    environment: describeEnvironment(describeBackend(backend), {
      packages: ['@elman/text', '@elman/layers-attention', '@elman/pretrain'],
    }),
  })
  try {
    await saveTokenizer(tokenizer, join(run.path, TOKENIZER_FILE))
    const { fingerprint } = texts
    await writeRunJson(run, 'data.json', {
      name: texts.name,
      baseDirectory,
      fingerprint,
      tokenizer: tokenizer.hash,
    })
    return await execute({ run, config: complete, texts, tokenizer, checkpoint: undefined }, options, false)
  } finally {
    run.close()
  }
}

/**
 * Goes on with a run from its newest whole checkpoint; a finished run is only completed by what it lacks.
 *
 * @throws as {@link runMaskedExperiment}; `RUN_NOT_FOUND`, `RUN_LOCKED`, `CHECKPOINT_DAMAGED`, `CORPUS_CHANGED`
 */
export async function resumeMaskedExperiment(
  path: string,
  options: ExperimentOptions,
): Promise<MaskedResult> {
  const run = await openRun(path)
  try {
    const config = resolveMaskedExperiment(run.config, options.container, `${run.name}/config.json`)
    const data = ((await readRunJson(run, 'data.json')) ?? {}) as {
      readonly baseDirectory?: string
      readonly fingerprint?: string
    }
    const { baseDirectory = process.cwd(), fingerprint } = data
    const texts = await readCorpusTexts(config.corpus, {
      ...{ baseDirectory, datasets: datasetsOf(options.container) },
    })
    if (fingerprint !== undefined && fingerprint !== texts.fingerprint)
      throw changed(fingerprint, texts.fingerprint, run.path)
    const tokenizer = await loadTokenizer(join(run.path, TOKENIZER_FILE))
    const checkpoint = await rewindRun(run)
    return await execute({ run, config, texts, tokenizer, checkpoint }, options, true)
  } finally {
    run.close()
  }
}

async function execute(
  prepared: Prepared,
  options: ExperimentOptions,
  resumed: boolean,
): Promise<MaskedResult> {
  const { run } = prepared
  await options.onEvent?.({ kind: 'run', run, resumed })
  const metrics = openMetrics(run)
  try {
    return await trainMasked(prepared, metrics, options)
  } finally {
    metrics.close()
  }
}

async function trainMasked(
  { run, config, texts, tokenizer, checkpoint }: Prepared,
  metrics: MetricsWriter,
  { backend, container, onEvent, signal }: ExperimentOptions,
): Promise<MaskedResult> {
  const emit: ExperimentListener = event => onEvent?.(event)
  const { length, masking, shortSequences, seed } = config
  if (length > config.model.positions) throw tooLong(length, config.model.positions)
  const special = maskedTokenIds(tokenizer)
  const splits = Object.fromEntries(
    Object.entries(texts.lines).map(([split, lines]) => [
      split,
      encodeDocuments(lines!, tokenizer, config.documents, config.sentences),
    ]),
  ) as { readonly train: TokenDocuments } & { readonly [split in SplitName]?: TokenDocuments }
  const { vocabularySize } = tokenizer
  const model = maskedLanguageModel(config.model, vocabularySize)
  const { epochs, steps, batch, optimizer: _, schedule, earlyStopping, ...settings } = config.train
  const optimizer = container.create(OPTIMIZER, config.train.optimizer, { path: 'train.optimizer' })
  const { nextSentence } = config.model
  const source = maskedBatches(splits.train, {
    ...{ batch, length, nextSentence, shortSequences, masking, special, vocabularySize, seed },
  })
  const objective = maskedObjective(model, {
    ...{ batch, time: length, predictions: maximumPredictions(length, masking.rate) },
  })
  const key = random.key(seed)
  const parameters = objective.init(random.foldIn(key, 'parameters'))
  const tokens = Object.fromEntries(Object.entries(splits).map(([split, { ids }]) => [split, ids.length]))
  await emit({ kind: 'corpus', name: texts.name, tokens, vocabularySize, droppedTokens: 0 })
  await emit({ kind: 'model', parameters: parameterCount(parameters) })
  const { rate, wholeWords } = masking
  const { pseudoSentences, batch: scored } = config.evaluate
  const evaluator = createMaskedEvaluator(backend, model, {
    special,
    length,
    batch: scored,
    rate,
    wholeWords,
  })
  const score = async (current: Parameters, split: SplitName, at: TrainPosition) => {
    const documents = splits[split]!
    const unknown = documents.ids.filter(id => id === special.unknown).length / documents.ids.length
    const found = await evaluator.score(current, documents)
    const records = [maskedRecord(found, split, at, unknown)]
    if (pseudoSentences > 0) {
      const sentences = firstSentences(documents, pseudoSentences)
      records.push(pseudoRecord(await evaluator.pseudoPerplexity(current, sentences), split, at, unknown))
    }
    return { found, records }
  }
  try {
    const result = await train({
      ...{ backend, objective, optimizer, key, run, metrics, checkpoint, signal, source, ...settings },
      schedule: container.create(SCHEDULE, schedule, { path: 'train.schedule' }),
      steps: steps ?? Math.ceil(batchesOf(source, epochs) / settings.accumulate),
      parameters,
      ...(earlyStopping === undefined
        ? {}
        : { earlyStopping: { rule: 'no-gain' as const, ...earlyStopping } }),
      listeners: [
        async event => {
          if (event.kind === 'start' && event.step === 0)
            metrics.write({ kind: 'event', step: 0, name: 'start', message: `losses are ${NOT_CAUSAL}` })
          await emit(event)
        },
      ],
      ...(splits.valid === undefined
        ? {}
        : {
            async evaluate(current, at) {
              const { found, records } = await score(current, 'valid', at)
              return { score: found.loss, records }
            },
          }),
    })
    const { parameters: trained, ...summary } = result
    const done = { ...summary, path: run.path }
    if (result.outcome === 'interrupted' || splits.test === undefined) return { ...done, test: undefined }
    const known = maskedTestBefore(run)
    if (known !== undefined) return { ...done, test: known }
    const which = await loadCheckpoint(run, result.best === undefined ? 'latest' : 'best')
    const best = checkpointParameters(which, optimizer, trained)
    const at = { step: which.step, epoch: passesOf(source, which.step * settings.accumulate) }
    const { found, records } = await score(best, 'test', at)
    // The masked record last: where it stands, the test is complete.
    for (const record of [...records].reverse()) metrics.write(record)
    metrics.sync()
    await emit({ kind: 'test', record: records[0]! })
    return { ...done, test: found }
  } finally {
    await evaluator.dispose()
  }
}

/** Ids of the first sentences of a text. */
export function firstSentences({ ids, sentences }: TokenDocuments, count: number): Int32Array[] {
  const last = Math.min(count, sentences.length - 1)
  return Array.from({ length: last }, (_, i) => ids.subarray(sentences[i]!, sentences[i + 1]!))
}

function changed(expected: string, found: string, where: string): ElmanError {
  return new ElmanError('CORPUS_CHANGED', {
    message: 'the text is not the one that the run began with',
    expected: `fingerprint ${expected}`,
    found: `fingerprint ${found}`,
    where,
    hint: 'put the original files back, or start a new run',
  })
}
