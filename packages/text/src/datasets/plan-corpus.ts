import { didYouMean, ElmanError } from '@elman/core'
import { z } from 'zod'
import { builtInDatasets } from './built-in-datasets.ts'
import type { CorpusPlan, DatasetContext, DatasetDescriptor } from './dataset.ts'

/** Where datasets are looked up and paths start. */
export interface CorpusOptions extends DatasetContext {
  /** Datasets that `type` may name; the built-in ones unless given. */
  readonly datasets?: readonly DatasetDescriptor[]
}

/** A checked configuration and what it asks for. */
export interface PlannedCorpus {
  readonly dataset: DatasetDescriptor
  /** The configuration with defaults filled in: store this one with a run. */
  readonly config: unknown
  readonly plan: CorpusPlan
}

/**
 * Checks the `corpus` part of an experiment and finds out which files it needs; reads no text.
 *
 * @throws `DATASET_UNKNOWN`, `DATASET_CONFIG_INVALID`, `DATASET_NOT_BUNDLED`
 */
export function planCorpus(config: unknown, options: CorpusOptions): PlannedCorpus {
  const datasets = options.datasets ?? builtInDatasets
  const type = typeof config === 'object' && config !== null && 'type' in config ? config.type : undefined
  const dataset = datasets.find(each => each.type === type)
  if (dataset === undefined) throw unknownDataset(type, datasets)
  const parsed = dataset.config.safeParse(config)
  if (!parsed.success) {
    throw new ElmanError('DATASET_CONFIG_INVALID', {
      message: `the options of corpus "${dataset.type}" do not fit`,
      found: z.prettifyError(parsed.error).replaceAll('\n', '\n           '),
      where: 'corpus',
    })
  }
  return { dataset, config: parsed.data, plan: dataset.create(parsed.data, options) }
}

function unknownDataset(type: unknown, datasets: readonly DatasetDescriptor[]): ElmanError {
  const names = datasets.map(each => each.type)
  const near = typeof type === 'string' ? didYouMean(type, names) : undefined
  return new ElmanError('DATASET_UNKNOWN', {
    message: type === undefined ? 'a corpus needs a type' : `there is no dataset ${JSON.stringify(type)}`,
    expected: `one of ${names.join(', ')}`,
    where: 'corpus.type',
    ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
  })
}
