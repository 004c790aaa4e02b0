/** How many different shapes a model's distributions take: the softmax bottleneck, measured (Yang et al. 2018). */
import {
  type Backend,
  ElmanError,
  isNdArray,
  leavesOf,
  logSoftmax,
  type NdArray,
  ndArray,
  type Parameters,
  trace,
  withLeaves,
} from '@elman/core'
import type { FloatType, SequenceState } from '@elman/layers-recurrent'
import type { LanguageModel } from '../language-model/language-model.ts'
import { singularValues } from './singular-values.ts'

/** How the rank is measured. */
export interface RankOptions {
  /** Tokens read in one run of the graph; 32 unless given. */
  readonly time?: number | undefined
  /**
   * Precision of the model's arithmetic; float64 unless given. In float32 rounding makes the matrix noisy, and the
   * tolerance that keeps the noise out hides small singular values too.
   */
  readonly dtype?: FloatType | undefined
}

/** The numerical rank of a matrix. */
export interface NumericalRank {
  /** Singular values above the tolerance. */
  readonly rank: number
  /** σ₀ · max(rows, columns) · ε, as NumPy's `matrix_rank`; ε of the matrix's precision. */
  readonly tolerance: number
  /** The largest first. */
  readonly singularValues: Float64Array
}

/** The numerical rank of a matrix of log-probabilities. */
export interface LogProbabilityRank extends NumericalRank {
  /** Rows: contexts, one for each token read. */
  readonly contexts: number
  /** Columns. */
  readonly vocabularySize: number
  /**
   * What one softmax over vectors of the model's size cannot exceed: their length + 2, and the sides of the matrix.
   * Undefined where the model does not say how long they are.
   */
  readonly softmaxBound: number | undefined
}

/** The numerical rank of a matrix (rows, columns). */
export function numericalRank(matrix: NdArray): NumericalRank {
  const [rows, columns] = matrix.shape as [number, number]
  const values = singularValues(matrix.data as Float64Array, rows, columns)
  const epsilon = matrix.dtype === 'float64' ? Number.EPSILON : 2 ** -23
  const tolerance = (values[0] ?? 0) * Math.max(rows, columns) * epsilon
  return { rank: values.filter(value => value > tolerance).length, tolerance, singularValues: values }
}

/**
 * Reads a text with a model and measures the rank of the log-probabilities of its whole vocabulary after each token:
 * (contexts, vocabulary). It takes 4 · contexts² · vocabulary operations, for as many contexts as `ids` fill windows.
 *
 * @throws `TEXT_TOO_SHORT` when the ids do not fill one window
 */
export async function logProbabilityRank(
  backend: Backend,
  model: LanguageModel,
  parameters: Parameters,
  ids: Int32Array,
  { time = 32, dtype = 'float64' }: RankOptions = {},
): Promise<LogProbabilityRank> {
  const { vocabularySize } = model
  const windows = Math.floor(ids.length / time)
  if (windows === 0) {
    throw new ElmanError('TEXT_TOO_SHORT', {
      message: 'the text to measure the rank on does not fill a window',
      expected: `${time} tokens or more`,
      found: `${ids.length} tokens`,
    })
  }
  const weights = leavesOf<NdArray>(parameters, isNdArray).map(leaf => inPrecision(leaf, dtype))
  const initial = model.initialState(1, dtype) as Parameters
  const type = { dtype: 'int32', shape: [time, 1] } as const
  const { graph } = trace(
    (inner, state, input) => {
      const mode = { mode: 'evaluate' } as const
      if (model.logProbabilities !== undefined) {
        const result = model.logProbabilities(inner, input, state as SequenceState, mode)
        return [result.logProbabilities, result.state]
      }
      const result = model.apply(inner, input, state as SequenceState, mode)
      return [logSoftmax(result.logits), result.state]
    },
    withLeaves(parameters, isNdArray, weights) as Parameters,
    initial,
    type,
  )
  const executable = await backend.compile(graph, { name: 'log-probability-rank' })
  const contexts = windows * time
  const matrix =
    dtype === 'float64'
      ? new Float64Array(contexts * vocabularySize)
      : new Float32Array(contexts * vocabularySize)
  try {
    let state = leavesOf<NdArray>(initial, isNdArray)
    for (let window = 0; window < windows; window++) {
      const input: NdArray = { ...type, data: ids.slice(window * time, (window + 1) * time) }
      const [rows, ...after] = (await executable.run([...weights, ...state, input])) as [
        NdArray,
        ...NdArray[],
      ]
      matrix.set(rows.data as Float64Array, window * time * vocabularySize)
      state = after
    }
  } finally {
    await executable.dispose()
  }
  const bound = model.softmaxRankBound
  return {
    ...numericalRank(ndArray(dtype, [contexts, vocabularySize], matrix)),
    contexts,
    vocabularySize,
    softmaxBound: bound === undefined ? undefined : Math.min(bound, contexts, vocabularySize),
  }
}

function inPrecision(array: NdArray, dtype: FloatType): NdArray {
  if (array.dtype === dtype || (array.dtype !== 'float32' && array.dtype !== 'float64')) return array
  const data = array.data as Float32Array | Float64Array
  return ndArray(dtype, array.shape, dtype === 'float64' ? Float64Array.from(data) : Float32Array.from(data))
}
