import {
  flattenParameters,
  type Key,
  type NdArray,
  type Parameters,
  random,
  unflattenParameters,
} from '@elman/core'

/** Deviations from the mean beyond which a number is drawn again. */
const LIMIT = 2

/**
 * Parameters as BERT starts them, laid out like `parameters`: weights and tables from a normal distribution that is
 * cut at two deviations, biases 0, gains 1. Each array depends on the key and its own path alone.
 */
export function initialWeights(key: Key, parameters: Parameters, deviation: number): Parameters {
  const drawn = [...flattenParameters(parameters)].map(([path, array]) => {
    const name = path.split('.').at(-1)!
    if (name === 'gain') return [path, { ...array, data: array.data.slice().fill(1 as never) }] as const
    if (name === 'bias') return [path, { ...array, data: array.data.slice().fill(0 as never) }] as const
    return [path, truncatedNormal(random.foldIn(key, path), array, deviation)] as const
  })
  return unflattenParameters(drawn as [string, NdArray][])
}

/** An array of the same kind with numbers from the truncated normal distribution of mean 0. */
export function truncatedNormal(key: Key, like: NdArray, deviation: number): NdArray {
  const dtype = like.dtype === 'float64' ? 'float64' : 'float32'
  const data = random.normal(key, like.data.length, dtype)
  let outside = [...data.keys()].filter(i => Math.abs(data[i]!) > LIMIT)
  for (let attempt = 1; outside.length > 0; attempt++) {
    const again = random.normal(random.foldIn(key, attempt), outside.length, dtype)
    for (const [at, i] of outside.entries()) data[i] = again[at]!
    outside = outside.filter(i => Math.abs(data[i]!) > LIMIT)
  }
  for (let i = 0; i < data.length; i++) data[i] = data[i]! * deviation
  return { dtype, shape: like.shape, data }
}
