import type { TokenSink } from '../corpus/byte-tokenizer.ts'
import { WordTable } from '../words/word-table.ts'
import { PairTable } from './pair-table.ts'

/** How often words and pairs of neighbours occur. */
export interface PairCounts {
  readonly words: WordTable
  readonly counts: Float64Array
  readonly pairs: PairTable
  readonly pairCounts: Float64Array
  /** Words in all. */
  readonly tokens: number
}

/** A sink that counts words and pairs of neighbours. */
export function createPairCounter({
  acrossSentences,
  maximumPairs,
}: {
  readonly acrossSentences: boolean
  readonly maximumPairs: number
}): TokenSink & { result(): PairCounts } {
  const words = new WordTable()
  let counts = new Float64Array(1024)
  let pairs = new PairTable()
  let pairCounts = new Float64Array(1024)
  let tokens = 0
  let last = -1
  let forgotten = 0

  /** Forgets the rarest pairs, as word2phrase does when its table is full: their counts become too low. */
  function forget(): void {
    while (pairs.count > maximumPairs * 0.7) {
      forgotten++
      const kept = new PairTable()
      const keptCounts = new Float64Array(pairCounts.length)
      for (let pair = 0; pair < pairs.count; pair++) {
        if (pairCounts[pair]! > forgotten)
          keptCounts[kept.add(pairs.leftAt(pair), pairs.rightAt(pair))] = pairCounts[pair]!
      }
      pairs = kept
      pairCounts = keptCounts
    }
  }

  return {
    token(buffer, begin, end) {
      const word = words.addBytes(buffer, begin, end)
      if (word === counts.length) counts = doubled(counts)
      counts[word]!++
      tokens++
      if (last >= 0) {
        const pair = pairs.add(last, word)
        if (pair === pairCounts.length) pairCounts = doubled(pairCounts)
        pairCounts[pair]!++
        if (pairs.count > maximumPairs) forget()
      }
      last = word
    },
    endSentence() {
      if (!acrossSentences) last = -1
    },
    result: () => ({ words, counts, pairs, pairCounts, tokens }),
  }
}

function doubled(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2)
  larger.set(array)
  return larger
}
