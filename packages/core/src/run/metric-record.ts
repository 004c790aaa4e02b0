/** The records of `metrics.jsonl`, told apart by `kind`, and their check. */

import { ElmanError } from '../errors/elman-error.ts'

/** Numbers of some training steps. */
export interface TrainRecord {
  readonly kind: 'train'
  /** Updates done so far. */
  readonly step: number
  /** Passes over the data so far, with fraction. */
  readonly epoch: number
  /** Tokens trained on so far. */
  readonly tokens: number
  /** Nats per token. */
  readonly loss: number
  /** Learning rate. */
  readonly rate: number
  /** Global norm before clipping. */
  readonly gradientNorm: number
  /** Norm by parameter path. */
  readonly gradientNorms?: Readonly<Record<string, number>>
  readonly tokensPerSecond: number
  readonly seconds: number
}

/** What an evaluator measured. */
export interface EvaluateRecord {
  readonly kind: 'evaluate'
  readonly step: number
  readonly epoch: number
  /** Such as `valid` or `test`. */
  readonly split: string
  /** Nats per token. */
  readonly loss: number
  readonly perplexity: number
  readonly bitsPerCharacter?: number
  readonly unit: 'word' | 'character' | 'byte'
  readonly tokens: number
  /** Share of tokens that the vocabulary lacks, 0 .. 1. */
  readonly outOfVocabularyRate: number
  readonly seconds: number
  /** `static`: the model does not change while it is scored. */
  readonly state?: 'static'
}

/** What a model to compare with reaches on the same split. */
export interface BaselineRecord {
  readonly kind: 'baseline'
  readonly name: string
  readonly split: string
  readonly loss: number
  readonly perplexity: number
  readonly tokens: number
  readonly seconds: number
}

/** Text that the model wrote. */
export interface SampleRecord {
  readonly kind: 'sample'
  readonly step: number
  readonly epoch: number
  readonly prompt: string
  readonly text: string
  readonly temperature: number
  readonly seed: number
}

/** Where the time went, in seconds since the start. */
export interface TimeRecord {
  readonly kind: 'time'
  readonly step: number
  readonly parts: Readonly<Record<'data' | 'step' | 'evaluate' | 'checkpoint' | 'log', number>>
}

/** Something that happened. */
export interface EventRecord {
  readonly kind: 'event'
  readonly step: number
  readonly name: 'start' | 'resume' | 'checkpoint' | 'early-stop' | 'finish' | 'interrupt' | 'diverged'
  readonly message: string
}

/** One line of `metrics.jsonl`. */
export type MetricRecord =
  | TrainRecord
  | EvaluateRecord
  | BaselineRecord
  | SampleRecord
  | TimeRecord
  | EventRecord

type Kind = MetricRecord['kind']
type RecordOf<K extends Kind> = Extract<MetricRecord, { kind: K }>
type FieldType = 'number' | 'text' | 'numbers' | 'number?' | 'text?' | 'numbers?'

/** Type of each field of each kind; a field that is missing here does not compile. */
const FIELDS: { readonly [K in Kind]: { readonly [F in Exclude<keyof RecordOf<K>, 'kind'>]-?: FieldType } } =
  {
    train: {
      ...{
        step: 'number',
        epoch: 'number',
        tokens: 'number',
        loss: 'number',
        rate: 'number',
        gradientNorm: 'number',
      },
      ...{ gradientNorms: 'numbers?', tokensPerSecond: 'number', seconds: 'number' },
    },
    evaluate: {
      ...{
        step: 'number',
        epoch: 'number',
        split: 'text',
        loss: 'number',
        perplexity: 'number',
        tokens: 'number',
      },
      ...{
        bitsPerCharacter: 'number?',
        unit: 'text',
        outOfVocabularyRate: 'number',
        seconds: 'number',
        state: 'text?',
      },
    },
    baseline: {
      name: 'text',
      split: 'text',
      loss: 'number',
      perplexity: 'number',
      tokens: 'number',
      seconds: 'number',
    },
    sample: {
      step: 'number',
      epoch: 'number',
      prompt: 'text',
      text: 'text',
      temperature: 'number',
      seed: 'number',
    },
    time: { step: 'number', parts: 'numbers' },
    event: { step: 'number', name: 'text', message: 'text' },
  }

/** How JSON, which has no such numbers, holds them. */
const SPECIAL: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Infinity,
  '-Infinity': -Infinity,
}

/** A record as JSON can hold it: numbers that are not finite become the texts `NaN`, `Infinity`, `-Infinity`. */
export function encodeMetric(record: MetricRecord): Record<string, unknown> {
  return mapNumbers(record, value =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  )
}

/**
 * The record that an object of the file stands for.
 *
 * @param where - File and place, for the error.
 * @throws `RUN_METRICS_INVALID` when the kind is unknown or a field is missing or of another type.
 */
export function decodeMetric(object: Readonly<Record<string, unknown>>, where: string): MetricRecord {
  const decoded = mapNumbers(object, value => (typeof value === 'string' ? (SPECIAL[value] ?? value) : value))
  const kind = decoded.kind
  if (typeof kind !== 'string' || !Object.hasOwn(FIELDS, kind)) {
    throw invalid('a record has an unknown kind', Object.keys(FIELDS).join(', '), JSON.stringify(kind), where)
  }
  for (const [field, type] of Object.entries(FIELDS[kind as Kind])) {
    if (matches(decoded[field], type)) continue
    throw invalid(
      `field ${field} of kind ${kind} is missing or of another type`,
      type,
      JSON.stringify(decoded[field]),
      where,
    )
  }
  return decoded as unknown as MetricRecord
}

/** Applies `change` to the fields that hold numbers, one level down too. */
function mapNumbers(record: object, change: (value: unknown) => unknown): Record<string, unknown> {
  const result: Record<string, unknown> = { ...record }
  const kind = result.kind
  const fields: Readonly<Record<string, FieldType>> =
    typeof kind === 'string' && Object.hasOwn(FIELDS, kind) ? FIELDS[kind as Kind] : {}
  for (const [field, type] of Object.entries(fields)) {
    const value = result[field]
    if (type.startsWith('numbers') && isRecord(value)) {
      result[field] = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, change(part)]))
    } else if (type.startsWith('number') && value !== undefined) result[field] = change(value)
  }
  return result
}

function matches(value: unknown, type: FieldType): boolean {
  if (value === undefined) return type.endsWith('?')
  if (type.startsWith('text')) return typeof value === 'string'
  if (type.startsWith('numbers'))
    return isRecord(value) && Object.values(value).every(part => typeof part === 'number')
  return typeof value === 'number'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(message: string, expected: string, found: string, where: string): ElmanError {
  return new ElmanError('RUN_METRICS_INVALID', { message, expected, found, where })
}
