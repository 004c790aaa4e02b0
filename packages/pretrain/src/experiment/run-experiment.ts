/** A language-model experiment from its config to a finished run: what `elman run` and `elman resume` call. */
import {
  type Backend,
  createRun,
  describeBackend,
  describeEnvironment,
  type ElmanContainer,
  type JsonValue,
  type MetricsWriter,
  MODEL,
  openMetrics,
  openRun,
  type Run,
  random,
  readMetrics,
  resolveConfig,
  rewindRun,
} from '@elman/core'
import { type Corpus, datasetsOf, loadCorpus } from '@elman/text'
import type { LanguageModel } from '../language-model/language-model.ts'
import { scoreBaseline } from './baseline.ts'
import { experimentConfig, type LanguageModelExperiment } from './experiment-config.ts'
import type { ExperimentListener } from './experiment-events.ts'
import { type LoadedVectors, readInitialVectors } from './initial-vectors.ts'
import { checkRunData, readRunData, writeRunData } from './run-data.ts'
import { type ExperimentResult, type TrainExperiment, trainExperiment } from './train-experiment.ts'

/** Where and with what an experiment runs. */
export interface ExperimentOptions {
  readonly backend: Backend
  /** Knows the components that the config names. */
  readonly container: ElmanContainer
  readonly onEvent?: ExperimentListener | undefined
  /** Asks the run to stop: it finishes the step and makes a checkpoint. */
  readonly signal?: AbortSignal | undefined
}

/** Where a new run goes. */
export interface NewExperimentOptions extends ExperimentOptions {
  /** Folder of all runs. */
  readonly directory: string
  /** Name of the run, refused when it is taken; made from model and time unless given. */
  readonly name?: string | undefined
  /** Folder that relative paths of the config start from; the working directory unless given. */
  readonly baseDirectory?: string | undefined
}

/**
 * Checks an experiment and completes it.
 *
 * @param file - The config's file as the user knows it, for errors.
 * @throws CONFIG_UNKNOWN_KEY, CONFIG_INVALID, UNKNOWN_TYPE; CONFIG_PROBLEMS when there are several
 */
export function resolveExperiment(
  config: unknown,
  container: ElmanContainer,
  file?: string,
): LanguageModelExperiment {
  const where = file === undefined ? {} : { file }
  return resolveConfig(experimentConfig, config, 'the experiment', {
    registryOf: kind => container.registryOf(kind),
    ...where,
  })
}

/**
 * Runs an experiment in a new folder: corpus, baseline, training with evaluations and samples, test.
 *
 * @param config - As {@link resolveExperiment} gives it.
 * @throws as `loadCorpus`, {@link readInitialVectors}, `createRun` and `train`
 */
export async function runExperiment(
  config: LanguageModelExperiment,
  options: NewExperimentOptions,
): Promise<ExperimentResult> {
  const { directory, name, baseDirectory = process.cwd(), backend } = options
  const corpus = await loadCorpus(config.corpus, { baseDirectory, datasets: datasetsOf(options.container) })
  const model = createModel(config, corpus, options.container)
  const vectors = await loadVectors(config, model, corpus, baseDirectory)
  const complete = completeConfig(config, corpus, vectors)
  const run = await createRun(directory, {
    ...(name === undefined ? {} : { name }),
    stem: corpus.type,
    config: complete as unknown as JsonValue,
    environment: describeEnvironment(describeBackend(backend), { packages: PACKAGES }),
  })
  try {
    await writeRunData(run, corpus, { baseDirectory }, vectors?.card)
    const prepared = { run, config: complete, corpus, model, vectors, checkpoint: undefined }
    return await execute(prepared, options, false)
  } finally {
    run.close()
  }
}

/**
 * Goes on with a run from its newest whole checkpoint; a finished run is only completed by what it lacks.
 *
 * @param path - The run's folder.
 * @throws as {@link runExperiment}; `RUN_NOT_FOUND`, `RUN_LOCKED`, `CHECKPOINT_DAMAGED`, `CORPUS_CHANGED`
 */
export async function resumeExperiment(path: string, options: ExperimentOptions): Promise<ExperimentResult> {
  const run = await openRun(path)
  try {
    const config = resolveExperiment(run.config, options.container, `${run.name}/config.json`)
    const { baseDirectory = process.cwd(), vectors: known } = await readRunData(run)
    const corpus = await loadCorpus(config.corpus, { baseDirectory, datasets: datasetsOf(options.container) })
    await checkRunData(run, corpus)
    const model = createModel(config, corpus, options.container)
    const checkpoint = await rewindRun(run)
    const vectors =
      checkpoint === undefined ? await loadVectors(config, model, corpus, baseDirectory) : undefined
    await writeRunData(run, corpus, { baseDirectory }, vectors?.card ?? known)
    return await execute({ run, config, corpus, model, vectors, checkpoint }, options, true)
  } finally {
    run.close()
  }
}

type Prepared = Pick<TrainExperiment, 'run' | 'config' | 'corpus' | 'model' | 'vectors' | 'checkpoint'>

async function execute(
  prepared: Prepared,
  options: ExperimentOptions,
  resumed: boolean,
): Promise<ExperimentResult> {
  const { run, config, corpus } = prepared
  const emit: ExperimentListener = event => options.onEvent?.(event)
  await emit({ kind: 'run', run, resumed })
  const metrics = openMetrics(run)
  try {
    await recordBaseline(run, config, corpus, metrics, emit)
    return await trainExperiment({ ...prepared, metrics, emit, ...options })
  } finally {
    metrics.close()
  }
}

function createModel(
  { model }: LanguageModelExperiment,
  { vocabulary }: Corpus,
  container: ElmanContainer,
): LanguageModel {
  return container.create(MODEL, model, { path: 'model' })(vocabulary.size)
}

/** The word vectors that a model begins with, if it wants any. */
async function loadVectors(
  { seed }: LanguageModelExperiment,
  { initialVectors }: LanguageModel,
  { vocabulary }: Corpus,
  baseDirectory: string,
): Promise<LoadedVectors | undefined> {
  if (initialVectors === undefined) return undefined
  const key = random.foldIn(random.key(seed), 'missing vectors')
  return readInitialVectors(initialVectors, vocabulary, baseDirectory, key)
}

/** A config with all that was found out about its data: run again, it takes the same data or refuses. */
function completeConfig(
  config: LanguageModelExperiment,
  corpus: Corpus,
  vectors: LoadedVectors | undefined,
): LanguageModelExperiment {
  const complete = { ...config, corpus: corpus.config } as LanguageModelExperiment
  if (vectors === undefined) return complete
  const model = config.model as { readonly type: string; readonly initialVectors: object }
  const { sha256 } = vectors.card
  return { ...complete, model: { ...model, initialVectors: { ...model.initialVectors, sha256 } } }
}

/** Records the scores of the baseline that a run before the resume has not recorded. */
async function recordBaseline(
  run: Run,
  { baseline }: LanguageModelExperiment,
  corpus: Corpus,
  metrics: MetricsWriter,
  emit: ExperimentListener,
): Promise<void> {
  if (baseline === false) return
  const known = readMetrics(run).flatMap(record => (record.kind === 'baseline' ? [record.split] : []))
  const wanted = (['valid', 'test'] as const).filter(
    split => corpus.splits[split] !== undefined && !known.includes(split),
  )
  if (wanted.length === 0) return
  for (const record of scoreBaseline(baseline, corpus, wanted)) {
    metrics.write(record)
    await emit({ kind: 'baseline', record })
  }
}

const PACKAGES = [
  '@elman/text',
  '@elman/embeddings',
  '@elman/layers-recurrent',
  '@elman/layers-attention',
  '@elman/pretrain',
]
