import { ElmanError } from '@elman/core'
import type { WordTable } from '../words/word-table.ts'
import type { WordVectors } from '../words/word-vectors.ts'
import type { ContextRows, SparseRows } from './context-rows.ts'

/** How alike two words are, by their indices in the vocabulary; NaN where that cannot be said. */
export type PairSimilarity = (a: number, b: number) => number

/** Which contexts of a word count, and how much. */
export interface SimContextOptions {
  /** All contexts, those with positive PPMI, or the `top` of highest PPMI. */
  readonly set: 'all' | 'ppmi' | 'top'
  /** `none`: each context counts as one (Jaccard); `value`: by its count (`all`) or PPMI. Default `none`. */
  readonly weight?: 'none' | 'value'
  /** Contexts of the set `top`; default 100. Equal PPMI: the more frequent context. */
  readonly top?: number
}

interface Entries {
  readonly columns: ArrayLike<number>
  readonly values: ArrayLike<number>
  readonly begin: number
  readonly end: number
}

/**
 * How much two words' contexts overlap: |A ∩ B| / |A ∪ B|, weighted Σ min(a, b) / Σ max(a, b) (Ruzicka 1958). 0 for a
 * word without contexts. It knows nothing of vectors: this is the left side of the distributional hypothesis.
 *
 * @throws `EMBEDDING_HYPOTHESIS_INVALID` when `top` is not a positive whole number.
 */
export function simContext({ counts, ppmi }: ContextRows, options: SimContextOptions): PairSimilarity {
  const { set, weight = 'none', top = 100 } = options
  if (!(Number.isInteger(top) && top > 0)) {
    throw new ElmanError('EMBEDDING_HYPOTHESIS_INVALID', {
      message: 'the option "top" is out of range',
      expected: 'a whole number of at least 1',
      found: String(top),
    })
  }
  const overlap = weight === 'value' ? weightedJaccard : jaccard
  if (set === 'top') {
    const best = new Map<number, Entries>()
    const entries = (word: number) => {
      const known = best.get(word)
      if (known !== undefined) return known
      const found = highest(ppmi, word, top)
      best.set(word, found)
      return found
    }
    return (a, b) => overlap(entries(a), entries(b))
  }
  const rows = set === 'all' ? counts : ppmi
  return (a, b) => overlap(rowOf(rows, a), rowOf(rows, b))
}

/**
 * Cosine of two words' vectors; NaN where one has none or it is zero.
 *
 * @param words - The vocabulary that indices refer to; the table's own rows where absent.
 */
export function simVector(vectors: WordVectors, words?: WordTable): PairSimilarity {
  const { matrix, dimensions, norms } = vectors
  const rows = words === undefined ? undefined : Int32Array.from(words, word => vectors.indexOf(word))
  return (a, b) => {
    const rowA = rows === undefined ? a : rows[a]!
    const rowB = rows === undefined ? b : rows[b]!
    if (rowA < 0 || rowB < 0) return Number.NaN
    let sum = 0
    for (let i = 0; i < dimensions; i++)
      sum += matrix[rowA * dimensions + i]! * matrix[rowB * dimensions + i]!
    return sum / (norms[rowA]! * norms[rowB]!)
  }
}

function rowOf({ offsets, indices, values }: SparseRows, row: number): Entries {
  return { columns: indices, values, begin: offsets[row]!, end: offsets[row + 1]! }
}

/** The `top` entries of a row of highest value, columns ascending. */
function highest(rows: SparseRows, row: number, top: number): Entries {
  const { columns, values, begin, end } = rowOf(rows, row)
  const chosen = Array.from({ length: end - begin }, (_, at) => begin + at)
    .sort((a, b) => values[b]! - values[a]! || columns[a]! - columns[b]!)
    .slice(0, top)
    .sort((a, b) => columns[a]! - columns[b]!)
  return {
    columns: chosen.map(at => columns[at]!),
    values: chosen.map(at => values[at]!),
    begin: 0,
    end: chosen.length,
  }
}

function jaccard(a: Entries, b: Entries): number {
  let both = 0
  let i = a.begin
  let j = b.begin
  while (i < a.end && j < b.end) {
    const left = a.columns[i]!
    const right = b.columns[j]!
    if (left === right) both++
    if (left <= right) i++
    if (right <= left) j++
  }
  const either = a.end - a.begin + (b.end - b.begin) - both
  return either === 0 ? 0 : both / either
}

function weightedJaccard(a: Entries, b: Entries): number {
  let least = 0
  let most = 0
  let i = a.begin
  let j = b.begin
  while (i < a.end || j < b.end) {
    const left = i < a.end ? a.columns[i]! : Number.POSITIVE_INFINITY
    const right = j < b.end ? b.columns[j]! : Number.POSITIVE_INFINITY
    const x = left <= right ? a.values[i++]! : 0
    const y = right <= left ? b.values[j++]! : 0
    least += Math.min(x, y)
    most += Math.max(x, y)
  }
  return most === 0 ? 0 : least / most
}
