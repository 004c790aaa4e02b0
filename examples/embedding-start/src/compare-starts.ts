/** One experiment from several starts of its word vectors, each with several seeds. */

import { backendOnnxRuntime, onnxRuntimeBackend } from '@elman/backend-onnxruntime'
import { corePlugin, createContainer } from '@elman/core'
import { layersRecurrent } from '@elman/layers-recurrent'
import { pretrain, resolveExperiment, runExperiment } from '@elman/pretrain'
import type { VectorFiles } from './vectors.ts'

/** How an embedding may begin, and whether it goes on learning. */
export const STARTS = ['drawn', 'tuned', 'frozen', 'shuffled'] as const

/** One of {@link STARTS}. */
export type Start = (typeof STARTS)[number]

/** Test perplexity by start, a number for each seed. */
export type Perplexities = { readonly [start in Start]: readonly number[] }

/** What is compared, and where the runs go. */
export interface Comparison {
  /** An experiment as an `elman.config.ts` exports it. */
  readonly experiment: { readonly model: object }
  readonly vectors: VectorFiles
  readonly seeds: readonly number[]
  /** Folder for the runs, named `<start>-<seed>`. */
  readonly directory: string
  /** Is told what the vectors cover, once, and each result. */
  readonly report?: (line: string) => void
}

/** Runs the experiment once for each start and seed. The perplexity is that of the best epoch, on the test text. */
export async function compareStarts(comparison: Comparison): Promise<Perplexities> {
  const { experiment, vectors, seeds, directory, report = () => undefined } = comparison
  const container = createContainer([corePlugin, layersRecurrent, pretrain, backendOnnxRuntime])
  const backend = onnxRuntimeBackend({ threads: 2 })
  const initial = {
    drawn: undefined,
    tuned: { file: vectors.trained },
    frozen: { file: vectors.trained, tune: false },
    shuffled: { file: vectors.shuffled },
  }
  const perplexities: { [start in Start]: number[] } = { drawn: [], tuned: [], frozen: [], shuffled: [] }
  for (const seed of seeds) {
    for (const start of STARTS) {
      const { initialVectors: _, ...model } = experiment.model as { readonly initialVectors?: object }
      const begun = initial[start] === undefined ? model : { ...model, initialVectors: initial[start] }
      const config = resolveExperiment({ ...experiment, model: begun, baseline: false, seed }, container)
      const { test } = await runExperiment(config, {
        ...{ backend, container, directory },
        name: `${start}-${seed}`,
        onEvent: event => {
          if (event.kind === 'vectors' && seed === seeds[0] && start === 'tuned') report(event.text)
        },
      })
      perplexities[start].push(test!.perplexity)
      report(`${start}, seed ${seed}: test perplexity ${test!.perplexity.toFixed(1)}`)
    }
  }
  return perplexities
}

/** The comparison as a table: a line for each start, with mean and range over the seeds. */
export function comparisonTable(perplexities: Perplexities): string {
  const what = {
    drawn: 'drawn at random, tuned',
    tuned: 'word vectors, tuned',
    frozen: 'word vectors, frozen',
    shuffled: 'shuffled vectors, tuned',
  }
  const rows = STARTS.map(start => {
    const values = perplexities[start]
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const range = `${Math.min(...values).toFixed(1)} – ${Math.max(...values).toFixed(1)}`
    return `| ${what[start].padEnd(23)} | ${mean.toFixed(1).padStart(15)} | ${range.padStart(13)} |`
  })
  return [
    '| embedding begins        | test perplexity |         range |',
    '| ----------------------- | --------------: | ------------: |',
    ...rows,
  ].join('\n')
}
