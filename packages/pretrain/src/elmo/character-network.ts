/** From the characters of a token to its vector: convolutions, maximum, highway layers, projection (Peters et al. 2018). */
import {
  add,
  concat,
  filled,
  gather,
  initializers,
  type Key,
  matmul,
  max,
  mul,
  type NdArray,
  type Parameters,
  random,
  relu,
  reshape,
  sigmoid,
  sliceAxis,
  sub,
  type Tensor,
  type TensorParameters,
  tanh,
} from '@elman/core'
import type { FloatType } from '@elman/layers-recurrent'
import { CHARACTERS, type ElmoOptions } from './elmo-options.ts'

/**
 * Fresh parameters: `embedding` (261, characterSize); `convolutions.k.weight` (width, characterSize, filters) and
 * `.bias`; `highway.k.transformWeight`, `.transformBias`, `.carryWeight`, `.carryBias`; `projection.weight`
 * (all filters, projection) and `.bias`.
 *
 * Drawn as in bilm-tf: table uniform in ± 1; filters uniform in ± 0.05 before a ReLU, normal with deviation
 * 1 / √(width · characterSize) before a tanh; highway and projection normal with deviation 1 / √inputs, the carry bias
 * −2 so that a highway carries at first; all other biases 0.
 */
export function initCharacterNetwork(
  options: ElmoOptions,
  key: Key,
  dtype: FloatType = 'float32',
): Parameters {
  const { characterSize, filters, highwayLayers, projection, activation } = options
  const features = filters.reduce((sum, [, count]) => sum + count, 0)
  const normal = (path: string, shape: readonly number[], inputs: number): NdArray =>
    initializers.normal(1 / Math.sqrt(inputs))(random.foldIn(key, path), shape, dtype)
  const uniform = (path: string, shape: readonly number[], limit: number): NdArray =>
    initializers.uniform(limit)(random.foldIn(key, path), shape, dtype)
  const convolution = ([width, count]: readonly [number, number], index: number): Parameters => {
    const [path, shape] = [`convolutions.${index}`, [width, characterSize, count]]
    const weight =
      activation === 'relu' ? uniform(path, shape, 0.05) : normal(path, shape, width * characterSize)
    return { weight, bias: filled([count], 0, dtype) }
  }
  const highway = (index: number): Parameters => ({
    transformWeight: normal(`highway.${index}.transform`, [features, features], features),
    transformBias: filled([features], 0, dtype),
    carryWeight: normal(`highway.${index}.carry`, [features, features], features),
    carryBias: filled([features], -2, dtype),
  })
  return {
    embedding: uniform('embedding', [CHARACTERS, characterSize], 1),
    convolutions: Object.fromEntries(
      filters.map((filter, index) => [String(index), convolution(filter, index)]),
    ),
    ...(highwayLayers === 0
      ? {}
      : {
          highway: Object.fromEntries(
            Array.from({ length: highwayLayers }, (_, index) => [String(index), highway(index)]),
          ),
        }),
    projection: {
      weight: normal('projection', [features, projection], features),
      bias: filled([projection], 0, dtype),
    },
  }
}

/** Vectors of tokens (tokens, projection) from their character ids (tokens, maxCharacters). */
export function applyCharacterNetwork(
  options: ElmoOptions,
  parameters: TensorParameters,
  ids: Tensor,
): Tensor {
  const characters = gather(parameters.embedding as Tensor, ids) // (tokens, maxCharacters, characterSize)
  const activate = options.activation === 'relu' ? relu : tanh
  const found = options.filters.map(([width], index) => {
    const { weight, bias } = layer(parameters.convolutions, index)
    return activate(add(max(convolve(characters, weight!, width), 1), bias!))
  })
  let x = concat(found, 1)
  for (let index = 0; index < options.highwayLayers; index++) x = highway(layer(parameters.highway, index), x)
  const { weight, bias } = parameters.projection as { readonly weight: Tensor; readonly bias: Tensor }
  return add(matmul(x, weight), bias)
}

type Part = { readonly [name: string]: Tensor }

function layer(layers: Tensor | TensorParameters | undefined, index: number): Part {
  return (layers as TensorParameters)[String(index)] as Part
}

/** The sums of a filter at every place where it fits (VALID): (tokens, places, filters). */
function convolve(characters: Tensor, weight: Tensor, width: number): Tensor {
  const [, length, features] = characters.shape as [number, number, number]
  const places = length - width + 1
  const windows = Array.from({ length: width }, (_, offset) =>
    sliceAxis(characters, 1, offset, offset + places),
  )
  const stacked = width === 1 ? windows[0]! : concat(windows, 2) // (tokens, places, width · characterSize)
  return matmul(stacked, reshape(weight, [width * features, -1]))
}

/** y = g ⊙ relu(x·W + b) + (1 − g) ⊙ x with the gate g (Srivastava et al. 2015). */
function highway({ transformWeight, transformBias, carryWeight, carryBias }: Part, x: Tensor): Tensor {
  const gate = sigmoid(add(matmul(x, carryWeight!), carryBias!))
  const transformed = relu(add(matmul(x, transformWeight!), transformBias!))
  return add(mul(gate, transformed), mul(sub(1, gate), x))
}
