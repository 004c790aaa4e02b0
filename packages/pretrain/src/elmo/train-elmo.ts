/** The training of an ELMo from its config to a finished run: checkpoints, resume, perplexity of both directions. */
import {
  batchesOf,
  type Checkpoint,
  createRun,
  describeBackend,
  describeEnvironment,
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
  rewindRun,
  SCHEDULE,
  type TrainPosition,
  type TrainResult,
  train,
  writeRunJson,
} from '@elman/core'
import { type Corpus, datasetsOf, loadCorpus, type SplitName } from '@elman/text'
import { checkpointParameters } from '../experiment/checkpoint-parameters.ts'
import type { ExperimentListener } from '../experiment/experiment-events.ts'
import { checkRunData, readRunData, writeRunData } from '../experiment/run-data.ts'
import type { ExperimentOptions, NewExperimentOptions } from '../experiment/run-experiment.ts'
import { parameterCount } from '../language-model/language-model.ts'
import { SOFTMAX } from '../softmax/softmax-layer.ts'
import { elmoModel } from './bidirectional-language-model.ts'
import { type ElmoCorpus, elmoCorpus, predictionCount } from './elmo-corpus.ts'
import { createElmoEvaluator, type ElmoScore } from './elmo-evaluator.ts'
import { type ElmoExperiment, resolveElmoExperiment } from './elmo-experiment.ts'
import { elmoObjective, elmoSoftmax } from './elmo-objective.ts'
import { elmoRecords, outOfVocabularyRate, testedBefore } from './elmo-records.ts'
import { sentenceSource } from './packed-sentences.ts'

/** How a training ended. */
export interface ElmoResult extends Omit<TrainResult, 'parameters'> {
  /** Absolute path of the run's folder. */
  readonly path: string
  /** The test split by the best checkpoint; absent when interrupted or without such a split. */
  readonly test: ElmoScore | undefined
}

interface Prepared {
  readonly run: Run
  readonly config: ElmoExperiment
  readonly corpus: Corpus
  readonly checkpoint: Checkpoint | undefined
}

/**
 * Trains an ELMo in a new folder.
 *
 * @param config - As `resolveElmoExperiment` gives it.
 * @throws as `loadCorpus`, `createRun` and `train`; `ELMO_CORPUS_UNFIT`
 */
export async function runElmoExperiment(
  config: ElmoExperiment,
  options: NewExperimentOptions,
): Promise<ElmoResult> {
  const { directory, name, baseDirectory = process.cwd(), backend, container } = options
  const corpus = await loadCorpus(config.corpus, { baseDirectory, datasets: datasetsOf(container) })
  const complete = { ...config, corpus: corpus.config as ElmoExperiment['corpus'] }
  const run = await createRun(directory, {
    ...(name === undefined ? {} : { name }),
    stem: `elmo-${corpus.type}`,
    config: complete as unknown as JsonValue,
    environment: describeEnvironment(describeBackend(backend), {
      packages: ['@elman/text', '@elman/layers-recurrent', '@elman/pretrain'],
    }),
  })
  try {
    await writeRunData(run, corpus, { baseDirectory })
    return await execute({ run, config: complete, corpus, checkpoint: undefined }, options, false)
  } finally {
    run.close()
  }
}

/**
 * Goes on with a run from its newest whole checkpoint; a finished run is only completed by what it lacks.
 *
 * @throws as {@link runElmoExperiment}; `RUN_NOT_FOUND`, `RUN_LOCKED`, `CHECKPOINT_DAMAGED`, `CORPUS_CHANGED`
 */
export async function resumeElmoExperiment(path: string, options: ExperimentOptions): Promise<ElmoResult> {
  const run = await openRun(path)
  try {
    const config = resolveElmoExperiment(run.config, options.container, `${run.name}/config.json`)
    const { baseDirectory = process.cwd() } = await readRunData(run)
    const corpus = await loadCorpus(config.corpus, { baseDirectory, datasets: datasetsOf(options.container) })
    await checkRunData(run, corpus)
    const checkpoint = await rewindRun(run)
    return await execute({ run, config, corpus, checkpoint }, options, true)
  } finally {
    run.close()
  }
}

async function execute(
  prepared: Prepared,
  options: ExperimentOptions,
  resumed: boolean,
): Promise<ElmoResult> {
  const { run } = prepared
  await options.onEvent?.({ kind: 'run', run, resumed })
  const metrics = openMetrics(run)
  try {
    return await trainElmo(prepared, metrics, options)
  } finally {
    metrics.close()
  }
}

async function trainElmo(
  { run, config, corpus, checkpoint }: Prepared,
  metrics: MetricsWriter,
  { backend, container, onEvent, signal }: ExperimentOptions,
): Promise<ElmoResult> {
  const emit: ExperimentListener = event => onEvent?.(event)
  const model = elmoModel(config.model)
  const sentences = elmoCorpus(corpus, config.model.maxCharacters, config.vocabulary)
  await writeRunJson(run, 'classes.json', { tokens: sentences.classTokens })
  const classes = sentences.classTokens.length
  const softmax = elmoSoftmax(model, classes, container.create(SOFTMAX, config.softmax, { path: 'softmax' }))
  const optimizer = container.create(OPTIMIZER, config.train.optimizer, { path: 'train.optimizer' })
  const schedule = container.create(SCHEDULE, config.train.schedule, { path: 'train.schedule' })
  const { epochs, steps, batch, time, shuffle, dropout, earlyStopping, ...rest } = config.train
  const { optimizer: _o, schedule: _s, ...settings } = rest
  const source = sentenceSource(sentences, { batch, time, shuffle, seed: config.seed })
  let label: string | undefined
  const objective = elmoObjective(model, softmax, {
    ...{ batch, time, dropout },
    onLabel: text => {
      label = text
    },
  })
  const key = random.key(config.seed)
  const parameters = objective.init(random.foldIn(key, 'parameters'))
  await announce(emit, corpus, sentences, parameters)
  const evaluator = createElmoEvaluator(backend, model, softmax, sentences, config.evaluate)
  const score = async (current: Parameters, split: SplitName, at: TrainPosition) => {
    const found = await evaluator.score(current, sentences.splits[split]!)
    return { found, records: elmoRecords(found, split, at, outOfVocabularyRate(corpus, sentences, split)) }
  }
  try {
    const result = await train({
      ...{
        backend,
        objective,
        optimizer,
        schedule,
        key,
        run,
        metrics,
        checkpoint,
        signal,
        source,
        ...settings,
      },
      steps: steps ?? batchesOf(source, epochs),
      parameters,
      ...(earlyStopping === undefined
        ? {}
        : { earlyStopping: { rule: 'no-gain' as const, ...earlyStopping } }),
      listeners: [
        async event => {
          if (event.kind === 'start' && event.step === 0 && label !== undefined) {
            const message = `training losses are of another kind than evaluations: ${label}`
            metrics.write({ kind: 'event', step: event.step, name: 'start', message })
          }
          await emit(event)
        },
      ],
      ...(sentences.splits.valid === undefined
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
    if (result.outcome === 'interrupted' || sentences.splits.test === undefined) {
      return { ...done, test: undefined }
    }
    const known = testedBefore(run)
    if (known !== undefined) return { ...done, test: known }
    const which = await loadCheckpoint(run, result.best === undefined ? 'latest' : 'best')
    const best = checkpointParameters(which, optimizer, trained)
    const { found, records } = await score(best, 'test', {
      step: which.step,
      epoch: passesOf(source, which.step),
    })
    for (const record of records) metrics.write(record)
    metrics.sync()
    await emit({ kind: 'test', record: records[0]! })
    return { ...done, test: found }
  } finally {
    await evaluator.dispose()
  }
}

async function announce(
  emit: ExperimentListener,
  corpus: Corpus,
  { splits, classTokens }: ElmoCorpus,
  parameters: Parameters,
): Promise<void> {
  const tokens = Object.entries(splits).map(([name, list]) => [name, predictionCount(list)] as const)
  await emit({
    kind: 'corpus',
    name: corpus.type,
    tokens: Object.fromEntries(tokens),
    vocabularySize: classTokens.length,
    droppedTokens: 0,
  })
  await emit({ kind: 'model', parameters: parameterCount(parameters) })
}
