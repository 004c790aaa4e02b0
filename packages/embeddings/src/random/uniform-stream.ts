import { type Key, random } from '@elman/core'

const BATCH = 1 << 14

/** Successive uniform numbers in [0, 1) of one key, as a function: for libraries that want a `Math.random`. */
export function uniformStream(key: Key): () => number {
  const drawn = new Float64Array(BATCH)
  let batch = 0
  let at = BATCH
  return () => {
    if (at === BATCH) {
      random.uniform(random.foldIn(key, batch++), BATCH, 'float64', drawn)
      at = 0
    }
    return drawn[at++]!
  }
}
