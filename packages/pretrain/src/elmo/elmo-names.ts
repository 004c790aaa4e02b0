/** Our parameters by the names and in the forms that the HDF5 files of bilm-tf and AllenNLP have for them. */
import { ElmanError, type NdArray, ndArray, type Parameters, sizeOf } from '@elman/core'
import { ELMO_DIRECTIONS } from './bidirectional-language-model.ts'
import { CHARACTERS, type ElmoOptions } from './elmo-options.ts'

/** One dataset of a file: the parameter it is, what shape it has there, and how to get from one to the other. */
export interface ElmoEntry {
  /** Dataset, such as `CNN/W_cnn_0`. */
  readonly name: string
  readonly shape: readonly number[]
  /** Parameters that it holds, by path; two for the weights of a recurrent layer. */
  readonly paths: readonly string[]
  fromFile(array: NdArray): readonly NdArray[]
  toFile(parameters: readonly NdArray[]): NdArray
  /** Parameter where the file has no such dataset. */
  readonly whenMissing?: (() => readonly NdArray[]) | undefined
}

/** All datasets of a model of these sizes. */
export function elmoEntries(options: ElmoOptions): readonly ElmoEntry[] {
  const { characterSize, filters, highwayLayers, projection, layers } = options
  const features = filters.reduce((sum, [, count]) => sum + count, 0)
  const convolutions = filters.flatMap(([width, count], index) => [
    same(
      `CNN/W_cnn_${index}`,
      `characters.convolutions.${index}.weight`,
      [width, characterSize, count],
      [1, width, characterSize, count],
    ),
    same(`CNN/b_cnn_${index}`, `characters.convolutions.${index}.bias`, [count]),
  ])
  const highways = numbers(highwayLayers).flatMap(index => {
    const [group, path] = [`CNN_high_${index}`, `characters.highway.${index}`]
    return [
      same(`${group}/W_carry`, `${path}.carryWeight`, [features, features]),
      same(`${group}/b_carry`, `${path}.carryBias`, [features]),
      same(`${group}/W_transform`, `${path}.transformWeight`, [features, features]),
      same(`${group}/b_transform`, `${path}.transformBias`, [features]),
    ]
  })
  return [
    same('char_embed', 'characters.embedding', [CHARACTERS, characterSize]),
    ...convolutions,
    ...highways,
    same('CNN_proj/W_proj', 'characters.projection.weight', [features, projection]),
    same('CNN_proj/b_proj', 'characters.projection.bias', [projection]),
    ...ELMO_DIRECTIONS.flatMap((direction, number) =>
      numbers(layers).flatMap(layer =>
        recurrentEntries(
          options,
          `RNN_${number}/RNN/MultiRNNCell/Cell${layer}/LSTMCell`,
          `${direction}.${layer}`,
        ),
      ),
    ),
  ]
}

/** Gates i, j, f, o in the file; i, f, g, o here. The 1 on the forget gate is in neither. */
function recurrentEntries(
  { hidden, projection }: ElmoOptions,
  group: string,
  path: string,
): readonly ElmoEntry[] {
  const half = [projection, 4 * hidden]
  const length = projection * 4 * hidden
  return [
    {
      name: `${group}/W_0`,
      shape: [2 * projection, 4 * hidden],
      paths: [`${path}.input`, `${path}.recurrent`],
      fromFile(array) {
        const { data, dtype } = swapGates(array, hidden)
        return [ndArray(dtype, half, data.slice(0, length)), ndArray(dtype, half, data.slice(length))]
      },
      toFile([input, recurrent]) {
        const data = floats(input!, 2 * length)
        data.set(input!.data as Float64Array, 0)
        data.set(recurrent!.data as Float64Array, length)
        return swapGates(ndArray(input!.dtype, [2 * projection, 4 * hidden], data), hidden)
      },
    },
    {
      name: `${group}/B`,
      shape: [4 * hidden],
      paths: [`${path}.bias`],
      fromFile: array => [swapGates(array, hidden)],
      toFile: ([bias]) => swapGates(bias!, hidden),
    },
    {
      ...same(`${group}/W_P_0`, `${path}.projection`, [hidden, projection]),
      whenMissing: hidden === projection ? () => [identity(hidden)] : undefined,
    },
  ]
}

/** Exchanges the second and the third quarter of the last axis. */
function swapGates(array: NdArray, hidden: number): NdArray {
  const data = array.data.slice() as Float32Array | Float64Array
  for (let row = 0; row < data.length; row += 4 * hidden) {
    const third = data.slice(row + 2 * hidden, row + 3 * hidden)
    data.copyWithin(row + 2 * hidden, row + hidden, row + 2 * hidden)
    data.set(third as Float32Array, row + hidden)
  }
  return ndArray(array.dtype, array.shape, data)
}

function same(
  name: string,
  path: string,
  shape: readonly number[],
  fileShape: readonly number[] = shape,
): ElmoEntry {
  return {
    ...{ name, shape: fileShape, paths: [path] },
    fromFile: array => [ndArray(array.dtype, shape, array.data as Float32Array)],
    toFile: ([array]) => ndArray(array!.dtype, fileShape, array!.data as Float32Array),
  }
}

/** What a layer without `W_P_0` does: as many outputs as cells, unchanged. */
function identity(size: number): NdArray {
  const data = new Float32Array(size * size)
  for (let i = 0; i < size; i++) data[i * size + i] = 1
  return ndArray('float32', [size, size], data)
}

function floats({ dtype }: NdArray, length: number): Float32Array | Float64Array {
  return dtype === 'float64' ? new Float64Array(length) : new Float32Array(length)
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

/**
 * Refuses a dataset of another shape than the options say.
 *
 * @throws `ELMO_SHAPE_MISMATCH`
 */
export function checkEntryShape({ name, shape }: ElmoEntry, found: readonly number[], where: string): void {
  if (sizeOf(found) === sizeOf(shape) && String(found) === String(shape)) return
  const masked = name === 'char_embed' && found[0] === CHARACTERS + 1
  throw new ElmanError('ELMO_SHAPE_MISMATCH', {
    message: `"${name}" does not fit the options`,
    expected: `(${shape.join(', ')})`,
    found: `(${found.join(', ')})`,
    where,
    hint: masked
      ? 'the file of a model has no row for the mask, which readers put before the others: leave row 0 out'
      : 'the options.json beside the weights has to be that of the same model',
  })
}

/** Where our parameters are in a file: dataset by path. */
export function elmoKeyMap(options: ElmoOptions): { readonly [theirs: string]: string } {
  return Object.fromEntries(elmoEntries(options).map(({ name, paths }) => [name, paths.join(' ')]))
}

/** Parameters of an ELMo without those that only training needs. */
export function withoutSoftmax(parameters: Parameters): Parameters {
  const { characters, forward, backward } = parameters
  return { characters: characters!, forward: forward!, backward: backward! }
}
