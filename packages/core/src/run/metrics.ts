/** `metrics.jsonl` of a run: written line by line, mirrored to TensorBoard, read, cut back to a step. */

import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomically } from '../io/atomic-file.ts'
import { openJsonLines, readJsonLines, type TornLine } from '../io/json-lines.ts'
import { createEventFile, type EventFile } from '../io/tensorboard.ts'
import { deleteCheckpointsAfter } from './checkpoint.ts'
import { decodeMetric, encodeMetric, type MetricRecord } from './metric-record.ts'
import type { Run, RunDescription } from './run-folder.ts'

/** Appends records to the metrics of a run. */
export interface MetricsWriter {
  /** What a crash had left of a line, cut off on opening. */
  readonly torn: TornLine | undefined
  /**
   * Writes one record, at once.
   *
   * @throws `RUN_METRICS_INVALID` for a record that could not be read again.
   */
  write(record: MetricRecord): void
  /** Waits until all records are on the disk. */
  sync(): void
  /** Closes the file. */
  close(): void
}

/** Path of a run's metrics. */
export function metricsPath(run: { readonly path: string }): string {
  return join(run.path, 'metrics.jsonl')
}

/**
 * Opens the metrics of a run for appending. The TensorBoard file is made again from what is there already, so that it
 * never tells another story than `metrics.jsonl`.
 *
 * @throws `RUN_METRICS_INVALID`, `JSON_LINES_INVALID` when what is there is damaged; `FILE_UNWRITABLE`.
 */
export function openMetrics(run: Run): MetricsWriter {
  const path = metricsPath(run)
  const lines = openJsonLines(path)
  try {
    const mirror = mirrorToTensorBoard(run, readMetrics(run))
    return {
      torn: lines.torn,
      write: record => {
        const encoded = encodeMetric(record)
        decodeMetric(encoded, path)
        lines.append(encoded)
        mirror.write(record)
      },
      sync: () => lines.sync(),
      close: () => {
        lines.close()
        mirror.close()
      },
    }
  } catch (error) {
    lines.close()
    throw error
  }
}

/**
 * All records of a run; none when nothing was written yet. A torn last line is left out.
 *
 * @throws `RUN_METRICS_INVALID`, `JSON_LINES_INVALID`, `FILE_UNREADABLE`.
 */
export function readMetrics(run: { readonly path: string }): MetricRecord[] {
  const path = metricsPath(run)
  if (!existsSync(path)) return []
  return readJsonLines(path).records.map((object, index) =>
    decodeMetric(object, `${path}, record ${index + 1}`),
  )
}

/**
 * Takes a run back to a step, before it goes on from there: records and checkpoints after it are dropped. Not while
 * its metrics are open.
 *
 * @throws as {@link readMetrics}; `FILE_UNWRITABLE`.
 */
export async function truncateRun(run: Run, step: number): Promise<void> {
  const kept = readMetrics(run).filter(record => record.kind === 'baseline' || record.step <= step)
  await writeFileAtomically(
    metricsPath(run),
    kept.map(record => `${JSON.stringify(encodeMetric(record))}\n`).join(''),
  )
  await deleteCheckpointsAfter(run, step)
}

interface Mirror {
  write(record: MetricRecord): void
  close(): void
}

/** Starts a new event file with the records so far, in place of those that are there. */
function mirrorToTensorBoard(run: RunDescription, records: readonly MetricRecord[]): Mirror {
  for (const name of readdirSync(run.path)) {
    if (name.startsWith('events.out.tfevents.')) rmSync(join(run.path, name), { force: true })
  }
  const start = Date.parse(run.environment.startedAt) / 1000 || 0
  const file: EventFile = createEventFile(run.path, start)
  let wallTime = start
  const write = (record: MetricRecord): void => {
    if (record.kind !== 'train' && record.kind !== 'evaluate') return
    wallTime = Math.max(wallTime, start + record.seconds)
    file.scalars(record.step, wallTime, scalarsOf(record))
  }
  for (const record of records) write(record)
  return { write, close: () => file.close() }
}

/** Values by TensorBoard tag. */
function scalarsOf(record: Extract<MetricRecord, { kind: 'train' | 'evaluate' }>): Record<string, number> {
  if (record.kind === 'train') {
    const { loss, rate, gradientNorm, tokensPerSecond, gradientNorms = {} } = record
    const norms = Object.entries(gradientNorms).map(
      ([path, norm]) => [`gradientNorms/${path}`, norm] as const,
    )
    return {
      'train/loss': loss,
      'train/rate': rate,
      'train/gradientNorm': gradientNorm,
      'train/tokensPerSecond': tokensPerSecond,
      ...Object.fromEntries(norms),
    }
  }
  const { split, loss, perplexity, bitsPerCharacter } = record
  return {
    [`${split}/loss`]: loss,
    [`${split}/perplexity`]: perplexity,
    ...(bitsPerCharacter === undefined ? {} : { [`${split}/bitsPerCharacter`]: bitsPerCharacter }),
  }
}
