/** Features of one scale, so that one penalty means the same for all of them, and for all layers. */
import type { LayerRows } from './layer-vectors.ts'

/** Mean and standard deviation of each feature. */
export interface FeatureScale {
  readonly mean: Float64Array
  readonly deviation: Float64Array
}

/** Means and deviations of rows; a feature that never changes has deviation 1. */
export function featureScale({ rows, features, data }: LayerRows): FeatureScale {
  const mean = new Float64Array(features)
  const deviation = new Float64Array(features)
  for (let i = 0; i < data.length; i++) mean[i % features]! += data[i]! / rows
  for (let i = 0; i < data.length; i++)
    deviation[i % features]! += (data[i]! - mean[i % features]!) ** 2 / rows
  for (let feature = 0; feature < features; feature++) {
    const root = Math.sqrt(deviation[feature]!)
    deviation[feature] = root > 1e-6 * Math.max(1, Math.abs(mean[feature]!)) ? root : 1
  }
  return { mean, deviation }
}

/** Rows on that scale, in an array of their own. */
export function standardiseRows(layer: LayerRows, { mean, deviation }: FeatureScale): LayerRows {
  const { features } = layer
  const data = layer.data.map((value, i) => (value - mean[i % features]!) / deviation[i % features]!)
  return { ...layer, data }
}
