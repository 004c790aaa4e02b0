/** A language-model experiment from its config to a finished run: what `elman run` and `elman resume` call. */
import {
  type Backend,
  type BackendDescription,
  createRun,
  describeEnvironment,
  type ElmanContainer,
  type JsonValue,
  type MetricsWriter,
  openMetrics,
  openRun,
  type Run,
  readMetrics,
  readRunJson,
  resolveConfig,
  rewindRun,
} from '@elman/core'
import { type Corpus, datasetsOf, loadCorpus } from '@elman/text'
import { scoreBaseline } from './baseline.ts'
import { experimentConfig, type LanguageModelExperiment } from './experiment-config.ts'
import type { ExperimentListener } from './experiment-events.ts'
import { checkRunData, writeRunData } from './run-data.ts'
import { type ExperimentResult, trainExperiment } from './train-experiment.ts'

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
 * @throws as `loadCorpus`, `createRun` and `train`
 */
export async function runExperiment(
  config: LanguageModelExperiment,
  options: NewExperimentOptions,
): Promise<ExperimentResult> {
  const { directory, name, baseDirectory = process.cwd(), backend } = options
  const corpus = await loadCorpus(config.corpus, { baseDirectory, datasets: datasetsOf(options.container) })
  const complete = { ...config, corpus: corpus.config } as LanguageModelExperiment
  const run = await createRun(directory, {
    ...(name === undefined ? {} : { name }),
    stem: corpus.type,
    config: complete as unknown as JsonValue,
    environment: describeEnvironment(backendDescription(backend), { packages: PACKAGES }),
  })
  try {
    await writeRunData(run, corpus, { baseDirectory })
    return await execute(run, complete, corpus, options, false)
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
    const data = (await readRunJson(run, 'data.json')) as { readonly baseDirectory?: string } | undefined
    const baseDirectory = data?.baseDirectory ?? process.cwd()
    const corpus = await loadCorpus(config.corpus, { baseDirectory, datasets: datasetsOf(options.container) })
    await checkRunData(run, corpus)
    await writeRunData(run, corpus, { baseDirectory })
    return await execute(run, config, corpus, options, true)
  } finally {
    run.close()
  }
}

async function execute(
  run: Run,
  config: LanguageModelExperiment,
  corpus: Corpus,
  options: ExperimentOptions,
  resumed: boolean,
): Promise<ExperimentResult> {
  const emit: ExperimentListener = event => options.onEvent?.(event)
  await emit({ kind: 'run', run, resumed })
  const checkpoint = resumed ? await rewindRun(run) : undefined
  const metrics = openMetrics(run)
  try {
    await recordBaseline(run, config, corpus, metrics, emit)
    return await trainExperiment({ run, config, corpus, metrics, checkpoint, emit, ...options })
  } finally {
    metrics.close()
  }
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

const PACKAGES = ['@elman/text', '@elman/layers-recurrent', '@elman/pretrain']

function backendDescription(backend: Backend): BackendDescription {
  const { version = 'unknown', threads = 1, device = 'cpu' } = backend.describe()
  return { name: backend.name, version: String(version), threads: Number(threads), device: String(device) }
}
