import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ElmanError } from '@elman/core'
import {
  type CountCooccurrencesOptions,
  countCooccurrences,
  type IdFile,
} from '../cooccurrence/count-cooccurrences.ts'
import type { OnProgress } from '../progress/embedding-progress.ts'
import type { WordTable } from '../words/word-table.ts'
import { WordVectors } from '../words/word-vectors.ts'
import { ppmi } from './ppmi.ts'
import { type TruncatedSvd, truncatedSvd } from './truncated-svd.ts'

/** The settings of a count-based model; defaults are those that Levy, Goldberg and Dagan (2015) found good. */
export interface TrainPpmiSvdOptions {
  /** Numbers in a vector (default 100). */
  readonly dimensions?: number
  /** Words to each side (default 5). */
  readonly window?: number
  /** Default `linear`, what word2vec's window comes to. */
  readonly weighting?: CountCooccurrencesOptions['weighting']
  /** Sub-sampling of frequent words before windows are taken (default 1e-3; 0 for none). */
  readonly sample?: number
  /** k of PPMI (default 1). */
  readonly shift?: number
  /** Exponent of context counts (default 0.75). */
  readonly smoothing?: number
  /** p in U Σ^p: 0, 0.5 (default) or 1. */
  readonly exponent?: number
  readonly seed?: number
  readonly memoryBytes?: number
  /** Most iterations of the decomposition, and when it ends (see `truncatedSvd`). */
  readonly iterations?: number
  readonly tolerance?: number
  /** Where counts are put while it works (default: beside the corpus). */
  readonly workFolder?: string
  readonly onProgress?: OnProgress
  readonly signal?: AbortSignal
}

/** A count-based model. */
export interface TrainedPpmiSvd {
  readonly vectors: WordVectors
  readonly singularValues: Float64Array
  readonly report: {
    /** Pairs counted, and entries of the PPMI matrix above 0. */
    readonly pairs: number
    readonly entries: number
    /** Words without a context that they prefer, such as those that always stand alone: their vectors are zero. */
    readonly zeroVectors: number
    readonly iterations: number
    /** Largest relative change of a singular value in the last iteration. */
    readonly change: number
    readonly seconds: { readonly count: number; readonly weigh: number; readonly decompose: number }
  }
}

/**
 * Word vectors by counting: positive pointwise mutual information of words and contexts, and its truncated singular value
 * decomposition U Σ^p (Levy, Goldberg and Dagan 2015). On small corpora better than word2vec and much faster to train.
 * The same corpus, options and seed give the same bits.
 *
 * @param corpus - Ids of the vocabulary's words, as `encodeCorpus` writes them.
 * @throws What `countCooccurrences`, `ppmi` and `truncatedSvd` throw; `EMBEDDING_SVD_INVALID` for another exponent.
 */
export async function trainPpmiSvd(
  corpus: IdFile,
  vocabulary: { readonly words: WordTable; readonly counts: Float64Array },
  options: TrainPpmiSvdOptions = {},
): Promise<TrainedPpmiSvd> {
  const { dimensions = 100, window = 5, weighting = 'linear', sample = 1e-3, exponent = 0.5 } = options
  const { workFolder = dirname(corpus.path), seed = 1 } = options
  const { words, counts } = vocabulary
  if (![0, 0.5, 1].includes(exponent)) throw badExponent(exponent)
  const passed = pick(options, ['onProgress', 'signal'])
  const folder = await mkdtemp(join(workFolder, '.ppmi-'))
  const times = [performance.now()]
  try {
    const counting = { window, weighting, sample, counts, seed, folder, ...pick(options, ['memoryBytes']) }
    const pairs = await countCooccurrences(corpus, words.count, { ...counting, ...passed })
    times.push(performance.now())
    const matrix = await ppmi(pairs, { ...passed, ...pick(options, ['shift', 'smoothing']) })
    times.push(performance.now())
    const decomposing = { rank: dimensions, seed, ...passed, ...pick(options, ['iterations', 'tolerance']) }
    const svd = await truncatedSvd(matrix, decomposing)
    times.push(performance.now())
    const seconds = (at: number) => (times[at + 1]! - times[at]!) / 1000
    return {
      vectors: new WordVectors({ words, counts, dimensions, matrix: scaledRows(svd, exponent) }),
      singularValues: svd.singularValues,
      report: {
        pairs: pairs.records,
        entries: matrix.values.length,
        zeroVectors: matrix.offsets.filter((end, row) => row > 0 && end === matrix.offsets[row - 1]).length,
        iterations: svd.iterations,
        change: svd.change,
        seconds: { count: seconds(0), weigh: seconds(1), decompose: seconds(2) },
      },
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** U Σ^p, row by row. */
export function scaledRows(
  { left, rank, singularValues }: Pick<TruncatedSvd, 'left' | 'rank' | 'singularValues'>,
  exponent: number,
): Float32Array {
  const scales = singularValues.map(value => value ** exponent)
  return left.map((x, at) => x * scales[at % rank]!)
}

/** The named options that were given. */
function pick<T extends object, Name extends keyof T>(options: T, names: readonly Name[]): Pick<T, Name> {
  const given = names.filter(name => options[name] !== undefined)
  return Object.fromEntries(given.map(name => [name, options[name]])) as Pick<T, Name>
}

function badExponent(found: number): ElmanError {
  return new ElmanError('EMBEDDING_SVD_INVALID', {
    message: 'the singular values cannot be raised to that power',
    expected: 'exponent 0, 0.5 or 1',
    found: String(found),
  })
}
