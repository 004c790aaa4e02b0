/**
 * Reads `metrics.jsonl` of a run folder: one JSON object a line, the last of which a kill may have torn.
 *
 * Unlike the reader of `@elman/core`, which a run is resumed from and which refuses damage, this one reads what can be read:
 * a report is most wanted when a run went wrong. Its records are core's with fewer demands.
 */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** One logged training step. Loss in nats per token, rates in tokens per second, `seconds` since the start. */
export interface TrainRecord {
  readonly kind: 'train'
  readonly step: number
  readonly epoch: number
  readonly tokens: number
  readonly loss: number
  readonly rate: number
  readonly gradientNorm: number
  readonly gradientNorms?: Readonly<Record<string, number>>
  readonly tokensPerSecond: number
  readonly seconds: number
}

/** One evaluation of a split. `perplexity` is per token of `unit`. */
export interface EvaluateRecord {
  readonly kind: 'evaluate'
  readonly step: number
  readonly epoch: number
  readonly split: string
  readonly loss: number
  readonly perplexity: number
  readonly bitsPerCharacter?: number
  readonly unit?: string
  readonly tokens: number
  readonly outOfVocabularyRate?: number
  readonly state?: string
}

/** What a baseline model, such as an n-gram, scores on a split. */
export interface BaselineRecord {
  readonly kind: 'baseline'
  readonly name: string
  readonly split: string
  readonly loss: number
  readonly perplexity: number
  readonly tokens: number
}

/** A text drawn from the model during training. */
export interface SampleRecord {
  readonly kind: 'sample'
  readonly step: number
  readonly epoch: number
  readonly prompt: string
  readonly text: string
  readonly temperature: number
  readonly seed: number
}

/** Seconds spent in each part of the loop since the start. */
export interface TimeRecord {
  readonly kind: 'time'
  readonly step: number
  readonly parts: Readonly<Record<string, number>>
}

/** Something that happened to the run. */
export interface EventRecord {
  readonly kind: 'event'
  readonly step: number
  readonly name: string
  readonly message: string
}

/** A line of `metrics.jsonl`. Numbers that JSON cannot hold were written as `null` or as text, and are NaN here. */
export type MetricRecord =
  | TrainRecord
  | EvaluateRecord
  | BaselineRecord
  | SampleRecord
  | TimeRecord
  | EventRecord

/** Metrics of a run, and how many lines were no records. */
export interface MetricLines {
  readonly records: readonly MetricRecord[]
  /** Lines that are no JSON object or lack what their kind needs; a torn last line is not counted. */
  readonly unreadable: number
  /** Whether the last line was cut off, as by a kill in the middle of a write. */
  readonly torn: boolean
}

/** Reads a metrics file line by line. Kinds this version does not know are skipped. Throws if the file cannot be read. */
export async function readMetricLines(path: string): Promise<MetricLines> {
  const records: MetricRecord[] = []
  let unreadable = 0
  let torn = false
  for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    if (line.trim() === '') continue
    if (torn) unreadable++
    torn = false
    const value = parseLine(line)
    if (value === undefined) torn = true
    else {
      const record = recordOf(value)
      if (record === 'unreadable') unreadable++
      else if (record !== 'unknown') records.push(record)
    }
  }
  return { records, unreadable, torn }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function recordOf(value: unknown): MetricRecord | 'unreadable' | 'unknown' {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'unreadable'
  const line = value as Record<string, unknown>
  const step = measure(line.step)
  const epoch = measure(line.epoch)
  const record = readKind(line, step, epoch)
  if (record === undefined) return 'unknown'
  if (record.kind !== 'baseline' && !Number.isFinite(step)) return 'unreadable'
  return record
}

function readKind(line: Record<string, unknown>, step: number, epoch: number): MetricRecord | undefined {
  const score = {
    loss: measure(line.loss),
    perplexity: measure(line.perplexity),
    tokens: measure(line.tokens),
  }
  switch (line.kind) {
    case 'train':
      return {
        kind: 'train',
        step,
        epoch,
        tokens: score.tokens,
        loss: score.loss,
        rate: measure(line.rate),
        gradientNorm: measure(line.gradientNorm),
        ...(isRecord(line.gradientNorms) && { gradientNorms: measures(line.gradientNorms) }),
        tokensPerSecond: measure(line.tokensPerSecond),
        seconds: measure(line.seconds),
      }
    case 'evaluate':
      return {
        kind: 'evaluate',
        step,
        epoch,
        split: text(line.split),
        ...score,
        ...(typeof line.bitsPerCharacter === 'number' && { bitsPerCharacter: line.bitsPerCharacter }),
        ...(typeof line.unit === 'string' && { unit: line.unit }),
        ...(typeof line.outOfVocabularyRate === 'number' && {
          outOfVocabularyRate: line.outOfVocabularyRate,
        }),
        ...(typeof line.state === 'string' && { state: line.state }),
      }
    case 'baseline':
      return { kind: 'baseline', name: text(line.name), split: text(line.split), ...score }
    case 'sample':
      return {
        kind: 'sample',
        step,
        epoch,
        prompt: text(line.prompt),
        text: text(line.text),
        temperature: measure(line.temperature),
        seed: measure(line.seed),
      }
    case 'time':
      return { kind: 'time', step, parts: isRecord(line.parts) ? measures(line.parts) : {} }
    case 'event':
      return { kind: 'event', step, name: text(line.name), message: text(line.message) }
    default:
      return undefined
  }
}

const measure = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN)
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const measures = (record: Record<string, unknown>): Record<string, number> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, measure(value)]))
