import { relative } from 'node:path'
import { applyOverrides, type ElmanContainer, ElmanError } from '@elman/core'
import {
  type EmbeddingConfigInput,
  type EmbeddingEvent,
  readEmbeddingConfig,
  resumeEmbedding,
  type TrainedEmbedding,
  trainEmbedding,
} from '@elman/embeddings'
import { datasetsOf, planCorpus } from '@elman/text'
import { commandContainer } from '../../command-container.ts'
import { EXIT } from '../../exit-codes.ts'
import { listenForInterrupt } from '../../interrupt.ts'
import { compact, significant } from '../../number-text.ts'
import { showPhases } from '../../phases.ts'
import type { Terminal } from '../../terminal.ts'

/** Options of `elman embed train`. */
export interface EmbedTrainOptions {
  readonly method?: string
  /** A dataset by name, in place of files. */
  readonly dataset?: string
  /** Changes to the config: `path=value`. */
  readonly set?: readonly string[]
  readonly lowercase?: boolean
  readonly wordsOnly?: boolean
  readonly minimumCount?: number
  readonly phrases?: string
  readonly dimensions?: number
  readonly window?: number
  readonly epochs?: number
  readonly workers?: number
  readonly seed?: number
  /** A run to go on from with this text. */
  readonly from?: string
  readonly name?: string
  readonly directory?: string
  readonly plugin?: readonly string[]
}

/** Trains word vectors in a new folder. Returns the exit status. */
export async function embedTrain(
  files: readonly string[],
  options: EmbedTrainOptions,
  terminal: Terminal,
): Promise<number> {
  const container = await commandContainer(options.plugin)
  const config = await trainConfig(files, options, container)
  const { name, directory } = options
  return session(terminal, hooks =>
    trainEmbedding(config, {
      ...{ container, ...hooks },
      ...(name === undefined ? {} : { name }),
      ...(directory === undefined ? {} : { directory }),
    }),
  )
}

/** Goes on with a run that was stopped. Returns the exit status. */
export async function embedResume(
  path: string,
  { plugin }: { readonly plugin?: readonly string[] },
  terminal: Terminal,
): Promise<number> {
  const container = await commandContainer(plugin)
  return session(terminal, hooks => resumeEmbedding(path, { container, ...hooks }))
}

/** The config of a training: that of the run to go on from, then the options, then `--set`. */
async function trainConfig(
  files: readonly string[],
  options: EmbedTrainOptions,
  container: ElmanContainer,
): Promise<EmbeddingConfigInput> {
  const { from, method, dataset, lowercase, wordsOnly, minimumCount, phrases, workers, seed } = options
  const before = from === undefined ? undefined : await readEmbeddingConfig(from)
  const own = defined({ dimensions: options.dimensions, window: options.window, epochs: options.epochs })
  const embedding = before?.embedding ?? method ?? 'word2vec'
  const component = typeof embedding === 'string' ? { type: embedding } : embedding
  const text = {
    ...before?.text,
    ...defined({ lowercase, wordsOnly, minimumCount, phrases }),
    files: dataset === undefined ? [...files] : [...files, datasetFile(dataset, container)],
  }
  if (text.files.length === 0)
    throw new ElmanError('CLI_PATH_MISSING', {
      message: 'there is no text to train on',
      expected: 'one or more files, or --dataset with the name of one',
      hint: '`elman data list` shows the datasets',
    })
  const config = {
    ...{ embedding: { ...component, ...own }, text },
    ...defined({ workers: workers ?? before?.workers, seed, from }),
  }
  return applyOverrides(config, options.set ?? []) as EmbeddingConfigInput
}

/** The training file of a dataset that comes with elman or a plugin. */
function datasetFile(type: string, container: ElmanContainer): string {
  const { plan } = planCorpus({ type }, { baseDirectory: process.cwd(), datasets: datasetsOf(container) })
  return plan.splits.train.path
}

/** The entries that have a value. */
function defined<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}

type Hooks = { readonly onEvent: (event: EmbeddingEvent) => void; readonly signal: AbortSignal }

/** Runs a training in front of a person, or of a machine with `--json`. */
async function session(
  terminal: Terminal,
  work: (hooks: Hooks) => Promise<TrainedEmbedding>,
): Promise<number> {
  const phases = showPhases(terminal)
  const interrupt = listenForInterrupt(() =>
    phases.line('stopping with a checkpoint; press Ctrl-C again to stop at once'),
  )
  const onEvent = (event: EmbeddingEvent) => {
    if (event.kind === 'progress') phases.progress(event)
    else if (terminal.json) terminal.result(event, '')
    else for (const line of eventLines(event)) phases.line(line)
  }
  let trained: TrainedEmbedding
  try {
    trained = await work({ onEvent, signal: interrupt.signal })
  } finally {
    phases.finish()
    interrupt.stop()
  }
  const { path, outcome, report, vectors } = trained
  const folder = relative(process.cwd(), path) || '.'
  if (outcome === 'interrupted') {
    terminal.result(
      { kind: 'result', path, outcome, report },
      `stopped; go on with: elman embed resume ${folder}`,
    )
    return EXIT.interrupted
  }
  const lines = [
    ...reportLines(report),
    `vectors    ${vectors?.count} words × ${vectors?.dimensions}`,
    `run        ${folder}`,
    '',
    `elman embed neighbours ${folder} ${exampleWord(trained)}`,
  ]
  terminal.result({ kind: 'result', path, outcome, report }, lines.join('\n'))
  return EXIT.success
}

function eventLines(event: Exclude<EmbeddingEvent, { kind: 'progress' }>): string[] {
  if (event.kind === 'run')
    return [`${event.resumed ? 'resuming' : 'run'} ${relative(process.cwd(), event.path)}`]
  const { words, tokens, rawTypes, rawTokens, sentences, cutSentences, added } = event
  return [
    `text: ${compact(rawTokens)} tokens of ${rawTypes} types; ${words} words with vectors, ${compact(tokens)} tokens`,
    ...(added > 0 ? [`${added} words are new to the model`] : []),
    ...(cutSentences > 0
      ? [`${cutSentences} of ${sentences} sentences were too long and were cut into pieces`]
      : []),
  ]
}

function reportLines(report: TrainedEmbedding['report']): string[] {
  const { epochs, wordsPerSecond, seconds, advice } = report
  const losses = Array.isArray(epochs)
    ? epochs.map(epoch => significant((epoch as { readonly loss: number }).loss)).join(' ')
    : undefined
  return [
    ...(typeof advice === 'string' ? [`note       ${advice}`] : []),
    ...(losses === undefined || losses === '' ? [] : [`losses     ${losses}`]),
    ...(typeof wordsPerSecond === 'number' ? [`speed      ${compact(wordsPerSecond)} words/s`] : []),
    ...(typeof seconds === 'number' ? [`time       ${significant(seconds)} s`] : []),
  ]
}

/** A word that is frequent without being one of the most frequent. */
function exampleWord({ vectors }: TrainedEmbedding): string {
  if (vectors === undefined) return 'WORD'
  for (let index = Math.min(150, vectors.count >> 1); index < vectors.count; index++) {
    const word = vectors.wordAt(index)
    if (/^\p{L}{5,}$/u.test(word)) return word
  }
  return vectors.wordAt(0)
}
