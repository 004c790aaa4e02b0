/**
 * How much of each worker's change to a row counts when the changes of a round are added up.
 *
 * A row that is seldom trained moves a little in each copy, and the moves add up as if one worker had made them all. A row
 * that is trained often comes to its equilibrium in each copy by itself: the sum of W such moves would overshoot W times,
 * and their mean is right. If u updates cover the part 1 − e^(−u/U) of the way, the W·u updates of one worker would cover
 * 1 − e^(−W·u/U); so each of the W moves counts (1 − e^(−W·u/U)) / (W · (1 − e^(−u/U))): 1 for u ≪ U, 1/W for u ≫ U.
 */
import type { HuffmanPaths } from './huffman.ts'
import type { TrainingSpec } from './training-spec.ts'

/** U: updates that cover most of a row's way, at the usual rates. */
const WAY = 500

/** Shares of the input rows, of sub-words too. */
export function inputShares(spec: TrainingSpec): Float32Array {
  const { subwords, inputRows } = spec
  const kept = keptShares(spec)
  const updates = new Float64Array(inputRows)
  const perWord = pairsPerWord(spec)
  for (let word = 0; word < kept.length; word++) {
    const times = kept[word]! * perWord
    if (subwords === undefined) updates[word]! += times
    else
      for (let at = subwords.offsets[word]!; at < subwords.offsets[word + 1]!; at++)
        updates[subwords.rows[at]!]! += times
  }
  return sharesOf(updates, spec)
}

/** Shares of the output rows: words, or inner nodes of the tree. */
export function outputShares(spec: TrainingSpec, paths: HuffmanPaths | undefined): Float32Array {
  const { counts, negative, negativeExponent, architecture, outputRows } = spec
  const kept = keptShares(spec)
  const perWord = architecture === 'cbow' ? 1 : pairsPerWord(spec)
  const updates = new Float64Array(outputRows)
  if (paths !== undefined) {
    for (let word = 0; word < kept.length; word++)
      for (let at = paths.offsets[word]!; at < paths.offsets[word + 1]!; at++)
        updates[paths.steps[at]! >>> 1]! += kept[word]! * perWord
    return sharesOf(updates, spec)
  }
  const noise = counts.map(count => count ** negativeExponent)
  const total = noise.reduce((sum, value) => sum + value, 0)
  const all = kept.reduce((sum, share) => sum + share, 0)
  for (let word = 0; word < kept.length; word++)
    updates[word] = perWord * (kept[word]! + (all * negative * noise[word]!) / total)
  return sharesOf(updates, spec)
}

/** Part of all words of the text that is this word and stays when frequent words are thinned out. */
function keptShares({ counts, sample }: TrainingSpec): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map(count => {
    const share = count / total
    return sample === 0 ? share : share * Math.min(1, Math.sqrt(sample / share) + sample / share)
  })
}

/** Words of a window, on average. */
function pairsPerWord({ window, shrinkWindow }: TrainingSpec): number {
  return shrinkWindow ? window + 1 : 2 * window
}

function sharesOf(updatesPerWord: Float64Array, { workers, roundWords = 1 }: TrainingSpec): Float32Array {
  return Float32Array.from(updatesPerWord, perWord => {
    const way = (perWord * roundWords) / WAY
    return way === 0 ? 1 : Math.expm1(-workers * way) / (workers * Math.expm1(-way))
  })
}
