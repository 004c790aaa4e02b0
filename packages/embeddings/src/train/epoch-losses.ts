/** Mean loss of each epoch, from what each thread's job had added up when it finished the epoch. */

/** Sums of a thread when it finished an epoch, since its beginning. */
export interface EpochEnd {
  readonly loss: number
  readonly pairs: number
}

/** Mean loss of an epoch that all threads have finished. */
export interface EpochLoss {
  /** From 1. */
  readonly epoch: number
  /** Nats a pair (negative sampling: of the true word and its noise words together). */
  readonly loss: number
  /** Pairs of words trained on. */
  readonly pairs: number
}

/** The epochs that all threads have finished. */
export function epochLosses(threads: readonly (readonly EpochEnd[])[]): EpochLoss[] {
  const finished = Math.min(...threads.map(ends => ends.length))
  const sumAt = (epoch: number) => {
    if (epoch === 0) return { loss: 0, pairs: 0 }
    const ends = threads.map(thread => thread[epoch - 1]!)
    return {
      loss: ends.reduce((sum, { loss }) => sum + loss, 0),
      pairs: ends.reduce((sum, { pairs }) => sum + pairs, 0),
    }
  }
  return Array.from({ length: finished }, (_, index) => {
    const before = sumAt(index)
    const after = sumAt(index + 1)
    const pairs = after.pairs - before.pairs
    return { epoch: index + 1, loss: pairs === 0 ? 0 : (after.loss - before.loss) / pairs, pairs }
  })
}
