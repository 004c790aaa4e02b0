/** The training of an experiment: model, data, evaluation and samples put together, then the test. */
import {
  type Backend,
  batchesOf,
  type Checkpoint,
  type ElmanContainer,
  ElmanError,
  type EvaluateRecord,
  loadCheckpoint,
  type MetricsWriter,
  type Parameters,
  passesOf,
  type Run,
  random,
  readMetrics,
  SCHEDULE,
  type TrainListener,
  type TrainPosition,
  type TrainResult,
  train,
} from '@elman/core'
import { type Corpus, createTrainingStream, createVariableStream } from '@elman/text'
import { createEvaluator, type Evaluator, evaluateRecord } from '../language-model/evaluate.ts'
import { createGenerator, type Generator } from '../language-model/generate.ts'
import { type LanguageModel, parameterCount } from '../language-model/language-model.ts'
import { languageModelObjective, windowSource } from '../language-model/objective.ts'
import { checkpointParameters } from './checkpoint-parameters.ts'
import { createOptimizer } from './create-optimizer.ts'
import type { LanguageModelExperiment } from './experiment-config.ts'
import type { ExperimentListener } from './experiment-events.ts'
import { readInitialRun } from './initial-run.ts'
import type { LoadedVectors } from './initial-vectors.ts'
import { readRunData } from './run-data.ts'

/** What the training of an experiment needs. */
export interface TrainExperiment {
  readonly run: Run
  readonly config: LanguageModelExperiment
  readonly corpus: Corpus
  readonly metrics: MetricsWriter
  readonly checkpoint: Checkpoint | undefined
  readonly model: LanguageModel
  /** Word vectors to begin with; a checkpoint has its own. */
  readonly vectors: LoadedVectors | undefined
  readonly backend: Backend
  readonly container: ElmanContainer
  readonly emit: ExperimentListener
  readonly signal?: AbortSignal | undefined
}

/** How an experiment ended. */
export interface ExperimentResult extends Omit<TrainResult, 'parameters'> {
  /** Absolute path of the run's folder. */
  readonly path: string
  /** The test split by the best checkpoint; absent when interrupted or without such a split. */
  readonly test: EvaluateRecord | undefined
}

/** Trains the experiment's model and tests it. */
export async function trainExperiment(options: TrainExperiment): Promise<ExperimentResult> {
  const { run, config, corpus, metrics, checkpoint, model, vectors, backend, container, emit, signal } =
    options
  const { vocabulary, splits } = corpus
  const { epochs, steps, optimizer: _o, schedule: _s, averaging: _a, ...rest } = config.train
  const { batch, bptt, variableBptt, stateReset, penalties, loss, ...settings } = rest
  const optimizer = createOptimizer(config, model, container)
  const schedule = container.create(SCHEDULE, config.train.schedule, { path: 'train.schedule' })
  const layout = { batch, time: bptt }
  const stream =
    variableBptt === undefined
      ? createTrainingStream(splits.train.ids, layout)
      : createVariableStream(splits.train.ids, { ...layout, ...variableBptt, seed: config.seed })
  const source = windowSource(stream)
  let lossLabel: string | undefined
  const objective = languageModelObjective(model, {
    ...{ ...layout, ...penalties, stateReset },
    onLabel: label => {
      lossLabel = label
    },
  })
  const key = random.key(config.seed)
  const { parameters, text: origin } = await firstParameters(
    options,
    objective.init(random.foldIn(key, 'parameters')),
  )
  const texts = Object.entries(splits).map(([name, { ids }]) => [name, ids.length] as const)
  await emit({
    kind: 'corpus',
    name: corpus.type,
    tokens: Object.fromEntries(texts),
    vocabularySize: vocabulary.size,
    droppedTokens: stream.droppedTokens,
  })
  await emit({ kind: 'model', parameters: parameterCount(parameters) })
  if (origin !== undefined) {
    metrics.write({ kind: 'event', step: 0, name: 'start', message: origin })
    if (vectors !== undefined && config.initialRun === undefined)
      await emit({ kind: 'vectors', vectors: vectors.card, text: origin })
  }
  const listener: TrainListener = async event => {
    if (event.kind === 'start' && event.step === 0 && lossLabel !== undefined) {
      const message = `training losses are of another kind than evaluations: ${lossLabel}`
      metrics.write({ kind: 'event', step: event.step, name: 'start', message })
    }
    await emit(event)
  }

  const evaluator = await createEvaluator(backend, model, vocabulary, config.evaluate)
  const generator = config.sample === false ? undefined : await createGenerator(backend, model, vocabulary)
  try {
    const { valid } = splits
    const result = await train({
      ...{ backend, objective, optimizer, schedule, key, run, metrics, checkpoint, signal, ...settings },
      source,
      steps: steps ?? Math.ceil(batchesOf(source, epochs) / settings.accumulate),
      lossScale: loss === 'sum-over-time' ? bptt : 1,
      parameters,
      listeners: [listener],
      evaluateFirst: config.initialRun !== undefined,
      ...(valid === undefined
        ? {}
        : {
            async evaluate(current, at) {
              const record = evaluateRecord(await evaluator.score(current, valid), at, 'valid')
              if (!Number.isFinite(record.perplexity)) throw worthless(record, run.path)
              return { score: record.loss, records: [record] }
            },
          }),
      ...(generator === undefined
        ? {}
        : { sample: (current, at) => writeSamples(generator, current, config, at) }),
    })
    const { parameters: trained, ...summary } = result
    if (result.outcome === 'interrupted') return { ...summary, path: run.path, test: undefined }
    const test = await scoreTest(options, evaluator, async () => {
      const which = await loadCheckpoint(run, result.best === undefined ? 'latest' : 'best')
      const at = { step: which.step, epoch: passesOf(source, which.step * settings.accumulate) }
      return { at, parameters: checkpointParameters(which, optimizer, trained) }
    })
    return { ...summary, path: run.path, test }
  } finally {
    await evaluator.dispose()
    await generator?.dispose()
  }
}

/** What a run starts with: the parameters of another run, or drawn ones, with word vectors of a file where given. */
async function firstParameters(
  { run, config, corpus, model, vectors, checkpoint, container }: TrainExperiment,
  drawn: Parameters,
): Promise<{ readonly parameters: Parameters; readonly text?: string | undefined }> {
  if (checkpoint !== undefined) return { parameters: drawn } // it holds its own
  if (config.initialRun === undefined) {
    return vectors === undefined
      ? { parameters: drawn }
      : { parameters: { ...drawn, embedding: vectors.table }, text: vectors.text }
  }
  const { baseDirectory = process.cwd() } = await readRunData(run)
  const target = { model, vocabulary: corpus.vocabulary, parameters: drawn, container, baseDirectory }
  return readInitialRun(config.initialRun, target)
}

/** A model whose loss is so large that its perplexity is no number has learnt nothing that training on could mend. */
function worthless({ step, loss }: EvaluateRecord, where: string): ElmanError {
  return new ElmanError('TRAINING_DIVERGED', {
    message: `the perplexity of the valid split is not a finite number at step ${step}`,
    found: `${loss} nats per token`,
    where,
    hint: [
      'the parameters were thrown far off by earlier updates: lower the rate, or set a clip',
      'checkpoints before this step are good',
    ],
  })
}

async function writeSamples(
  generator: Generator,
  parameters: Parameters,
  { sample }: LanguageModelExperiment,
  at: { readonly step: number; readonly epoch: number },
) {
  if (sample === false) return []
  const { prompt, temperature, seed } = sample
  const { text } = await generator.generate(parameters, sample)
  return [{ kind: 'sample', ...at, prompt, text, temperature, seed } as const]
}

/** Scores the test split, unless a run before the resume has done so. */
async function scoreTest(
  { run, corpus, metrics, emit }: TrainExperiment,
  evaluator: Evaluator,
  load: () => Promise<{ readonly parameters: Parameters; readonly at: TrainPosition }>,
): Promise<EvaluateRecord | undefined> {
  const { test } = corpus.splits
  if (test === undefined) return undefined
  const done = readMetrics(run).find(record => record.kind === 'evaluate' && record.split === 'test')
  if (done !== undefined) return done as EvaluateRecord
  const { parameters, at } = await load()
  const record = evaluateRecord(await evaluator.score(parameters, test), at, 'test')
  metrics.write(record)
  metrics.sync()
  await emit({ kind: 'test', record })
  return record
}
