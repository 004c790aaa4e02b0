/** How fast an experiment trains here: the first seconds of its own training, thrown away. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { datasetsOf, planCorpus } from '@elman/text'
import { type ExperimentOptions, resolveExperiment, runExperiment } from '../experiment/run-experiment.ts'
import type { RowExperiment } from './row.ts'

/** What a measurement needs besides the experiment. */
export interface SpeedOptions extends Omit<ExperimentOptions, 'onEvent'> {
  /** The `corpus` part of the experiment. */
  readonly corpus: unknown
  readonly baseDirectory: string
  /** How long to measure. */
  readonly seconds: number
}

/** Updates that are not counted: the first ones allocate. */
const WARM_UP = 2
/** Fewest updates that are counted. */
const FEWEST = 3

/**
 * Tokens a second of training, evaluation and logging left out.
 *
 * It runs the experiment on its training text alone in a temporary folder, so that whatever the trainer does is
 * measured, and stops after some seconds.
 *
 * @throws what `runExperiment` throws
 */
export async function measureSpeed(experiment: RowExperiment, options: SpeedOptions): Promise<number> {
  const { corpus, baseDirectory, seconds, backend, container, signal } = options
  const { initialRun: _, ...own } = experiment // training is as fast from anywhere
  const config = resolveExperiment(
    {
      ...own,
      train: { ...experiment.train, logEvery: 1_000_000, evaluateEvery: 1_000_000 },
      corpus: trainingText(corpus, options),
      sample: false,
      baseline: false,
    },
    container,
  )
  const directory = await mkdtemp(join(tmpdir(), 'elman-speed-'))
  const enough = new AbortController()
  const stop = () => enough.abort()
  signal?.addEventListener('abort', stop)
  let first: { readonly time: number; readonly tokens: number } | undefined
  let last = { time: 0, tokens: 0 }
  let updates = 0
  try {
    await runExperiment(config, {
      ...{ backend, container, directory, baseDirectory, signal: enough.signal },
      onEvent(event) {
        if (event.kind !== 'step') return
        updates += 1
        last = { time: performance.now(), tokens: event.tokens }
        if (updates <= WARM_UP) first = last
        else if (updates >= WARM_UP + FEWEST && last.time - first!.time >= 1000 * seconds) stop()
      },
    })
  } finally {
    signal?.removeEventListener('abort', stop)
    await rm(directory, { recursive: true, force: true })
  }
  // A text of so few updates that none is left to count is over at once at any speed.
  if (first === undefined || last.tokens === first.tokens) return Number.POSITIVE_INFINITY
  return (1000 * (last.tokens - first.tokens)) / (last.time - first.time)
}

/** A corpus without its other splits: nothing is evaluated while the clock runs. */
function trainingText(corpus: unknown, { baseDirectory, container }: SpeedOptions): object {
  const { plan } = planCorpus(corpus, { baseDirectory, datasets: datasetsOf(container) })
  const { unit, lines, vocabulary, splits } = plan
  const { minimumCount, maximumSize, unknown } = vocabulary
  return {
    ...{ type: 'text-files', train: splits.train.path, unit, lines },
    vocabulary: { minimumCount, unknown, ...(maximumSize === undefined ? {} : { maximumSize }) },
  }
}
