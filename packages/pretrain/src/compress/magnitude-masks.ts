/** Which weights magnitude pruning keeps, and how many zeros there are. */
import { filled, flattenParameters, type NdArray, type Parameters } from '@elman/core'

/** Whether each array loses the same share, or the smallest go wherever they are. */
export type PruningScope = 'layer' | 'global'

/**
 * Masks for arrays: 1 where a weight is kept, 0 where it is among the `sparsity` share of smallest magnitude. Of equal
 * magnitudes the earlier go first. What is 0 already is smallest, so masks of a rising sparsity only ever lose.
 */
export function magnitudeMasks(
  weights: ReadonlyMap<string, NdArray>,
  sparsity: number,
  scope: PruningScope,
): Map<string, NdArray> {
  const masks = new Map([...weights].map(([path, { shape, dtype }]) => [path, filled(shape, 1, dtype)]))
  const groups = scope === 'global' ? [[...weights.keys()]] : [...weights.keys()].map(path => [path])
  for (const paths of groups) {
    const arrays = paths.map(path => weights.get(path)!.data as Float32Array | Float64Array)
    const total = arrays.reduce((sum, { length }) => sum + length, 0)
    const magnitudes = new Float64Array(total)
    let offset = 0
    for (const array of arrays) for (const weight of array) magnitudes[offset++] = Math.abs(weight)
    const removed = Math.floor(sparsity * total)
    if (removed === 0) continue
    const threshold = magnitudes.slice().sort()[removed - 1]!
    let ties = removed
    for (const magnitude of magnitudes) if (magnitude < threshold) ties--
    let at = 0
    for (const path of paths) {
      const mask = masks.get(path)!.data as Float32Array | Float64Array
      for (let i = 0; i < mask.length; i++, at++) {
        const magnitude = magnitudes[at]!
        if (magnitude < threshold || (magnitude === threshold && ties-- > 0)) mask[i] = 0
      }
    }
  }
  return masks
}

/** Zeros of one array. */
export interface ArraySparsity {
  readonly path: string
  readonly elements: number
  readonly zeros: number
  /** zeros / elements. */
  readonly sparsity: number
}

/** Zeros of parameters. */
export interface SparsityReport {
  readonly arrays: readonly ArraySparsity[]
  readonly elements: number
  readonly zeros: number
  /** zeros / elements over all arrays, biases and whatever was not pruned included. */
  readonly sparsity: number
}

/** Counts the zeros of parameters, array by array. */
export function sparsityOf(parameters: Parameters): SparsityReport {
  const arrays = [...flattenParameters(parameters)].map(([path, { data }]): ArraySparsity => {
    let zeros = 0
    for (const value of data) if (Number(value) === 0) zeros++
    const elements = data.length
    return { path, elements, zeros, sparsity: elements === 0 ? 0 : zeros / elements }
  })
  const elements = arrays.reduce((sum, array) => sum + array.elements, 0)
  const zeros = arrays.reduce((sum, array) => sum + array.zeros, 0)
  return { arrays, elements, zeros, sparsity: elements === 0 ? 0 : zeros / elements }
}
