/** A model that learns one text and then another: what it knows of both, over time. */
import {
  type Backend,
  flattenParameters,
  type NdArray,
  type Optimizer,
  type Parameters,
  random,
  type TrainOptions,
  train,
  unflattenParameters,
} from '@elman/core'
import { createTrainingStream, type Vocabulary } from '@elman/text'
import { createEvaluator, type Evaluator, type EvaluatorOptions } from '../language-model/evaluate.ts'
import type { LanguageModel } from '../language-model/language-model.ts'
import { languageModelObjective, windowSource } from '../language-model/objective.ts'
import type { Domain } from './domain.ts'
import { elasticWeightConsolidation } from './elastic-weight-consolidation.ts'
import { diagonalFisher } from './fisher.ts'
import { replayRows, replaySource } from './replay-source.ts'

/** What keeps the first text from being forgotten: nothing, either, or both. */
export interface ContinualStrategy {
  readonly elastic?:
    | {
        /** λ of the penalty. */
        readonly strength: number
        /** Windows of one row that the Fisher information is averaged over; 200 unless given. */
        readonly windows?: number | undefined
      }
    | undefined
  readonly replay?:
    | {
        /** Share of each batch's rows that read the first text. */
        readonly share: number
        /** Tokens of the first text that are kept for it, from its beginning; all unless given. */
        readonly tokens?: number | undefined
      }
    | undefined
}

/** A model after the first text, to compare strategies from one start. */
export interface ContinualStart {
  readonly parameters: Parameters
  readonly records: readonly ContinualRecord[]
}

/** What is learnt, in which order and how. */
export interface ContinualOptions {
  readonly backend: Backend
  readonly model: LanguageModel
  readonly vocabulary: Vocabulary
  /** Learnt first. */
  readonly a: Domain
  /** Learnt second. */
  readonly b: Domain
  readonly strategy: ContinualStrategy
  /** Begins anew with the second text. */
  readonly optimizer: Optimizer
  readonly batch: number
  /** Tokens a row and window. */
  readonly time: number
  /** Updates with each text. */
  readonly steps: { readonly a: number; readonly b: number }
  /** Updates between scores of both texts; only at the ends unless given. */
  readonly evaluateEvery?: number | undefined
  readonly evaluate?: EvaluatorOptions | undefined
  /** Seed of parameters and dropout. */
  readonly seed: number
  /** Goes on from here in place of learning the first text; without records both texts are scored first. */
  readonly start?:
    | { readonly parameters: Parameters; readonly records?: readonly ContinualRecord[] | undefined }
    | undefined
  /** Is told each evaluation. */
  readonly onRecord?: ((record: ContinualRecord) => void) | undefined
}

/** A score of one text at one moment. */
export interface ContinualRecord {
  /** Text that is being learnt. */
  readonly learning: 'a' | 'b'
  /** Updates with it. */
  readonly step: number
  /** Text that is scored. */
  readonly domain: 'a' | 'b'
  /** Nats per token. */
  readonly loss: number
  readonly perplexity: number
  readonly tokens: number
}

/** What became of both texts. */
export interface ContinualResult {
  /** Such as `elastic 1,000 + replay 0.25`. */
  readonly strategy: string
  readonly records: readonly ContinualRecord[]
  readonly parameters: Parameters
  readonly start: ContinualStart
  /** Perplexity of the first text, before and after the second was learnt. */
  readonly a: { readonly before: number; readonly after: number }
  /** Perplexity of the second text, before and after it was learnt. */
  readonly b: { readonly before: number; readonly after: number }
  /** a.after / a.before − 1. */
  readonly forgetting: number
}

/** Learns text A, then text B by a strategy, and scores both all along. Same options, same numbers. */
export async function continualExperiment(options: ContinualOptions): Promise<ContinualResult> {
  const { backend, model, vocabulary, strategy, seed } = options
  const evaluator = await createEvaluator(backend, model, vocabulary, options.evaluate)
  try {
    const start = await startOf(options, evaluator)
    const key = random.foldIn(random.key(seed), 'second')
    const { objective, source } = await secondTask(options, start.parameters)
    const { parameters, records } = await learn(options, evaluator, {
      ...{ learning: 'b' as const, objective, source, key },
      ...{ steps: options.steps.b, parameters: start.parameters },
    })
    const at = (all: readonly ContinualRecord[], domain: 'a' | 'b') =>
      all.findLast(record => record.domain === domain)!.perplexity
    const a = { before: at(start.records, 'a'), after: at(records, 'a') }
    return {
      strategy: strategyName(strategy),
      records: [...start.records, ...records],
      ...{ parameters, start, a },
      b: { before: at(start.records, 'b'), after: at(records, 'b') },
      forgetting: a.after / a.before - 1,
    }
  } finally {
    await evaluator.dispose()
  }
}

async function startOf(options: ContinualOptions, evaluator: Evaluator): Promise<ContinualStart> {
  if (options.start === undefined) return learnFirst(options, evaluator)
  const { parameters, records } = options.start
  if (records !== undefined) return { parameters, records }
  return {
    parameters,
    records: await scoreBoth(options, evaluator, parameters, { learning: 'a', step: options.steps.a }),
  }
}

async function learnFirst(options: ContinualOptions, evaluator: Evaluator): Promise<ContinualStart> {
  const { a, batch, model, seed, steps, time } = options
  return learn(options, evaluator, {
    learning: 'a',
    objective: languageModelObjective(model, { batch, time }),
    source: windowSource(createTrainingStream(a.train.ids, { batch, time })),
    ...{ key: random.key(seed), steps: steps.a, parameters: undefined },
  })
}

/** Objective and batches of the second text, with what the strategy adds. */
async function secondTask(
  { backend, model, a, b, batch, time, strategy: { elastic, replay } }: ContinualOptions,
  learnt: Parameters,
) {
  const rows = replay === undefined ? { current: batch, memory: 0 } : replayRows(batch, replay.share)
  const present = windowSource(createTrainingStream(b.train.ids, { batch: rows.current, time }))
  const kept = a.train.ids.subarray(0, replay?.tokens)
  const source =
    replay === undefined
      ? present
      : replaySource(present, windowSource(createTrainingStream(kept, { batch: rows.memory, time })))
  const objective = languageModelObjective(model, { batch, time })
  if (elastic === undefined) return { objective, source }
  const fisher = await diagonalFisher({
    ...{ backend, parameters: learnt, objective: languageModelObjective(model, { batch: 1, time }) },
    ...{ source: windowSource(createTrainingStream(a.train.ids, { batch: 1, time })) },
    batches: elastic.windows ?? 200,
  })
  const anchors = [{ parameters: learnt, fisher }]
  return { objective: elasticWeightConsolidation(objective, { anchors, strength: elastic.strength }), source }
}

interface Task extends Pick<TrainOptions, 'objective' | 'source' | 'key' | 'steps' | 'parameters'> {
  readonly learning: 'a' | 'b'
}

/** Scores both texts and tells the records. */
async function scoreBoth(
  { a, b, onRecord }: ContinualOptions,
  evaluator: Evaluator,
  parameters: Parameters,
  at: Pick<ContinualRecord, 'learning' | 'step'>,
): Promise<ContinualRecord[]> {
  const records: ContinualRecord[] = []
  for (const [domain, { valid }] of [
    ['a', a],
    ['b', b],
  ] as const) {
    const { loss, perplexity, tokens } = await evaluator.score(parameters, valid)
    const record = { ...at, domain, loss, perplexity, tokens }
    records.push(record)
    onRecord?.(record)
  }
  return records
}

async function learn(
  options: ContinualOptions,
  evaluator: Evaluator,
  { learning, ...task }: Task,
): Promise<ContinualStart> {
  const { backend, optimizer, evaluateEvery } = options
  const records: ContinualRecord[] = []
  const { parameters } = await train({
    ...{ backend, optimizer, ...task, evaluateEvery: evaluateEvery ?? task.steps, logEvery: task.steps },
    async evaluate(current, { step }) {
      records.push(...(await scoreBoth(options, evaluator, current, { learning, step })))
      return { score: records.at(-1)!.loss, records: [] }
    },
  })
  return { parameters: copyOf(parameters), records }
}

/** The trainer's own arrays are written again by whoever goes on. */
function copyOf(parameters: Parameters): Parameters {
  const arrays = [...flattenParameters(parameters)].map(([path, array]) => {
    return [path, { ...array, data: array.data.slice() } as NdArray] as const
  })
  return unflattenParameters(arrays) as Parameters
}

/** Such as `elastic 1,000 + replay 0.25`; `fine-tuning` where nothing is done. */
export function strategyName({ elastic, replay }: ContinualStrategy): string {
  const parts = [
    ...(elastic === undefined ? [] : [`elastic ${elastic.strength.toLocaleString('en')}`]),
    ...(replay === undefined ? [] : [`replay ${replay.share}${ofTokens(replay.tokens)}`]),
  ]
  return parts.length === 0 ? 'fine-tuning' : parts.join(' + ')
}

function ofTokens(tokens: number | undefined): string {
  return tokens === undefined ? '' : ` of ${tokens.toLocaleString('en')} tokens`
}

/** Results of several strategies as a Markdown table; perplexities with two decimals. */
export function continualTable(
  results: readonly Pick<ContinualResult, 'strategy' | 'a' | 'b' | 'forgetting'>[],
  names: { readonly a: string; readonly b: string },
): string {
  const head = [
    'strategy',
    `${names.a} before`,
    `${names.a} after`,
    'forgotten',
    `${names.b} before`,
    `${names.b} after`,
  ]
  const rows = results.map(({ strategy, a, b, forgetting }) => [
    strategy,
    ...[a.before, a.after].map(value => value.toFixed(2)),
    `${(100 * forgetting).toFixed(1)} %`,
    ...[b.before, b.after].map(value => value.toFixed(2)),
  ])
  return [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map(cells => `| ${cells.join(' | ')} |`)
    .join('\n')
}
