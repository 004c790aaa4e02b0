/** Word senses by the nearest centroid (Peters et al. 2018, section 5.3, after Melamud et al. 2016). */
import type { LayerRows } from './layer-vectors.ts'
import { type SenseInstance, senseName } from './senses.ts'

/** Instances with the vector of their head in one layer. */
export interface SenseRows {
  readonly instances: readonly SenseInstance[]
  /** A row an instance. */
  readonly layer: LayerRows
}

/**
 * The sense of each instance: the one of its lemma whose mean vector in training has the smallest angle to the
 * instance's. Without training instances of the lemma, its first sense: `firstSense`, else none.
 */
export function nearestSenses(
  train: SenseRows,
  test: SenseRows,
  firstSense?: (lemma: string) => string | undefined,
): (string | undefined)[] {
  const { features } = train.layer
  const centroids = new Map<string, Map<string, Float64Array>>()
  for (const [row, { lemma, sense }] of train.instances.entries()) {
    const ofLemma = centroids.get(lemma) ?? new Map<string, Float64Array>()
    const total = ofLemma.get(sense) ?? new Float64Array(features)
    // the mean of a sense points where its sum points, and only the angle counts
    for (let i = 0; i < features; i++) total[i]! += train.layer.data[row * features + i]!
    centroids.set(lemma, ofLemma.set(sense, total))
  }
  return test.instances.map(({ lemma }, row) => {
    const ofLemma = centroids.get(lemma)
    if (ofLemma === undefined) return firstSense?.(lemma)
    const vector = test.layer.data.subarray(row * features, (row + 1) * features)
    let best: { readonly sense: string; readonly similarity: number } | undefined
    for (const [sense, centroid] of ofLemma) {
      const similarity = cosine(vector, centroid)
      if (best === undefined || similarity > best.similarity) best = { sense, similarity }
    }
    return best?.sense
  })
}

/** The most frequent sense of each lemma in training, the first met among equals. */
export function mostFrequentSenses(instances: readonly SenseInstance[]): Map<string, string> {
  const counts = new Map<string, number>()
  for (const instance of instances) {
    counts.set(senseName(instance), (counts.get(senseName(instance)) ?? 0) + 1)
  }
  const best = new Map<string, string>()
  for (const { lemma, sense } of instances) {
    const leader = best.get(lemma)
    const lead = leader === undefined ? 0 : counts.get(senseName({ lemma, sense: leader }))!
    if (counts.get(senseName({ lemma, sense }))! > lead) best.set(lemma, sense)
  }
  return best
}

function cosine(a: Float32Array, b: Float64Array): number {
  let [product, squareA, squareB] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!
    squareA += a[i]! * a[i]!
    squareB += b[i]! * b[i]!
  }
  return squareA > 0 && squareB > 0 ? product / Math.sqrt(squareA * squareB) : 0
}
