/**
 * Weights of AWD-LSTM by the names that the tools of ULMFiT gave them: the scripts of the paper (`fwd_wt103.h5`, a
 * pickle in spite of its name) and fastai v1 and v2, whole models and encoders alone.
 */
import { ElmanError, type NdArray, ndArray, type Parameters, type Shape } from '@elman/core'
import type { PickleValue } from '../pickle/pickle-value.ts'
import type { AwdSizes } from './awd-lstm.ts'

/** Tensors by name. */
export type NamedTensors = ReadonlyMap<string, NdArray> | { readonly [name: string]: NdArray }

/** Whose names they are: those of fastai 0.7, or of fastai v1 and v2. */
export type WeightStyle = 'fastai-0.7' | 'fastai-v1'

/** What a file of weights held. */
export interface ImportedAwd {
  /** Those of `awdLanguageModel`. */
  readonly parameters: Parameters
  readonly sizes: AwdSizes
  readonly vocabularySize: number
  readonly style: WeightStyle
  /** Whether the file holds a decoder; without one it is an encoder, and the softmax starts without bias. */
  readonly hasDecoder: boolean
  readonly hasDecoderBias: boolean
  /** Our path for each name that was used; biases of one layer that were summed share one. */
  readonly keyMap: { readonly [theirs: string]: string }
}

/** How to take weights over. */
export interface ImportOptions {
  /**
   * `two` keeps both biases of a layer, as PyTorch trains them; `sum` puts their sum in `bias` and zero in
   * `recurrentBias`, which is the same function. `two` unless given.
   */
  readonly biases?: 'two' | 'sum' | undefined
  /** Name of the file, for errors. */
  readonly where: string
}

/** The state dict in what a file of `torch.save` held: itself, or under `model`. @throws `ULMFIT_WEIGHTS_UNKNOWN` */
export function stateDictOf(value: PickleValue, where: string): ReadonlyMap<string, NdArray> {
  const inner = value instanceof Map && value.get('model') instanceof Map ? value.get('model') : value
  const tensors = inner instanceof Map ? [...inner].filter(([, item]) => isTensor(item)) : []
  if (tensors.length > 0) return new Map(tensors as [string, NdArray][])
  throw new ElmanError('ULMFIT_WEIGHTS_UNKNOWN', {
    message: 'the file holds no tensors by name',
    expected: "a state dict, or a dictionary with one under 'model'",
    where,
  })
}

/**
 * Takes weights over. The recurrent weights are those of `weight_hh_l0_raw`: the plain ones beside them are a copy
 * with some dropped.
 *
 * @throws `ULMFIT_WEIGHTS_UNKNOWN`, `ULMFIT_WEIGHTS_MISSING`, `ULMFIT_WEIGHTS_MISFIT`, `ULMFIT_DECODER_UNTIED`
 */
export function importAwd(tensors: NamedTensors, { biases = 'two', where }: ImportOptions): ImportedAwd {
  const named = tensors instanceof Map ? tensors : new Map(Object.entries(tensors))
  const prefix = prefixOf(named, where)
  const keyMap: { [theirs: string]: string } = {}
  const take = (candidates: readonly string[], ours: string, shape?: Shape): NdArray => {
    const name = candidates.find(candidate => named.has(candidate))
    if (name === undefined) throw missing(candidates, named, where)
    const tensor = named.get(name)!
    if (shape !== undefined && tensor.shape.join() !== shape.join()) throw misfit(name, shape, tensor, where)
    keyMap[name] = ours
    return tensor
  }
  const embedding = take([`${prefix}encoder.weight`], 'embedding')
  const [vocabularySize, width] = embedding.shape as [number, number]
  if (embedding.shape.length !== 2) throw misfit(`${prefix}encoder.weight`, [-1, -1], embedding, where)
  const rnn: { [layer: string]: Parameters } = {}
  const outputs: number[] = []
  for (let layer = 0; layer === 0 || hasLayer(named, prefix, layer); layer++) {
    const theirs = `${prefix}rnns.${layer}`
    const path = `rnn.${layer}`
    const below = outputs.at(-1) ?? width
    const input = take([`${theirs}.module.weight_ih_l0`, `${theirs}.weight_ih_l0`], `${path}.input`)
    const hidden = (input.shape[0] ?? 0) / 4
    const recurrent = take(
      [
        `${theirs}.weight_hh_l0_raw`,
        `${theirs}.module.weight_hh_l0_raw`,
        `${theirs}.module.weight_hh_l0`,
        `${theirs}.weight_hh_l0`,
      ],
      `${path}.recurrent`,
      [4 * hidden, hidden],
    )
    if (input.shape.join() !== `${4 * hidden},${below}`)
      throw misfit(`${theirs}.weight_ih_l0`, [4 * hidden, below], input, where)
    const bias = (name: string, ours: string) =>
      take([`${theirs}.module.${name}_l0`, `${theirs}.${name}_l0`], `${path}.${ours}`, [4 * hidden])
    const sums = biases === 'sum'
    const [first, second] = [bias('bias_ih', 'bias'), bias('bias_hh', sums ? 'bias' : 'recurrentBias')]
    rnn[layer] = {
      input: transposed(input),
      recurrent: transposed(recurrent),
      bias: sums ? mapped(first, i => Number(first.data[i]) + Number(second.data[i])) : first,
      recurrentBias: sums ? mapped(second, () => 0) : second,
    }
    outputs.push(hidden)
  }
  const decoder = decoderOf(named, embedding, keyMap, where)
  const zeros = ndArray('float32', [vocabularySize], new Float32Array(vocabularySize))
  if (outputs.at(-1) !== width)
    throw misfit(`${prefix}rnns.${outputs.length - 1}`, [4 * width, width], undefined, where)
  return {
    parameters: {
      embedding,
      rnn,
      softmax: { bias: decoder.bias ?? mapped(zeros, () => 0, embedding.dtype) },
    },
    sizes: { embedding: width, hidden: outputs.length > 1 ? outputs[0]! : width, layers: outputs.length },
    vocabularySize,
    style: [...named.keys()].some(name => /encoder_with_dropout|module\.weight_hh_l0_raw/.test(name))
      ? 'fastai-0.7'
      : 'fastai-v1',
    hasDecoder: decoder.found,
    hasDecoderBias: decoder.bias !== undefined,
    keyMap,
  }
}

/**
 * Weights by the names of a tool, as a state dict of the whole model that it loads.
 *
 * @param decoderBias - Whether the decoder has a bias: fastai's has, that of the scripts has not.
 */
export function exportAwd(
  parameters: Parameters,
  style: WeightStyle,
  decoderBias: boolean = style === 'fastai-v1',
): { readonly [name: string]: NdArray } {
  const embedding = parameters.embedding as NdArray
  const isOld = style === 'fastai-0.7'
  const result: { [name: string]: NdArray } = {
    '0.encoder.weight': embedding,
    [isOld ? '0.encoder_with_dropout.embed.weight' : '0.encoder_dp.emb.weight']: embedding,
  }
  for (const [layer, cell] of Object.entries(parameters.rnn as Parameters)) {
    const { input, recurrent, bias, recurrentBias } = cell as { readonly [name: string]: NdArray }
    const theirs = `0.rnns.${layer}`
    const raw = transposed(recurrent!)
    result[isOld ? `${theirs}.module.weight_hh_l0_raw` : `${theirs}.weight_hh_l0_raw`] = raw
    result[`${theirs}.module.weight_ih_l0`] = transposed(input!)
    if (!isOld) result[`${theirs}.module.weight_hh_l0`] = raw
    result[`${theirs}.module.bias_ih_l0`] = bias!
    result[`${theirs}.module.bias_hh_l0`] = recurrentBias ?? mapped(bias!, () => 0)
  }
  result['1.decoder.weight'] = embedding
  if (decoderBias) result['1.decoder.bias'] = (parameters.softmax as { readonly bias: NdArray }).bias
  return result
}

/** What stands before the encoder's names: `0.` in whole models, nothing in encoders, `0.module.` in classifiers. */
function prefixOf(named: ReadonlyMap<string, NdArray>, where: string): string {
  for (const prefix of ['0.', '', '0.module.']) if (named.has(`${prefix}encoder.weight`)) return prefix
  throw new ElmanError('ULMFIT_WEIGHTS_UNKNOWN', {
    message: 'the tensors are not those of an AWD-LSTM',
    expected: '0.encoder.weight, 0.rnns.0.weight_hh_l0_raw, …',
    found: [...named.keys()].slice(0, 6).join(', '),
    where,
  })
}

function hasLayer(named: ReadonlyMap<string, NdArray>, prefix: string, layer: number): boolean {
  const theirs = `${prefix}rnns.${layer}.`
  return [...named.keys()].some(name => name.startsWith(theirs))
}

function decoderOf(
  named: ReadonlyMap<string, NdArray>,
  embedding: NdArray,
  keyMap: { [theirs: string]: string },
  where: string,
) {
  const weight = named.get('1.decoder.weight')
  if (weight === undefined) return { found: false, bias: undefined }
  const same =
    weight.shape.join() === embedding.shape.join() &&
    (weight.data === embedding.data || weight.data.every((value, i) => value === embedding.data[i]))
  if (!same) {
    throw new ElmanError('ULMFIT_DECODER_UNTIED', {
      message: 'the decoder has other weights than the encoder',
      expected: 'tied weights, as ULMFiT has them',
      found: `1.decoder.weight (${weight.shape.join(', ')}), encoder.weight (${embedding.shape.join(', ')})`,
      where,
    })
  }
  keyMap['1.decoder.weight'] = 'embedding'
  const bias = named.get('1.decoder.bias')
  if (bias !== undefined) {
    if (bias.shape.join() !== `${embedding.shape[0]}`)
      throw misfit('1.decoder.bias', [embedding.shape[0]!], bias, where)
    keyMap['1.decoder.bias'] = 'softmax.bias'
  }
  return { found: true, bias }
}

function missing(
  candidates: readonly string[],
  named: ReadonlyMap<string, NdArray>,
  where: string,
): ElmanError {
  return new ElmanError('ULMFIT_WEIGHTS_MISSING', {
    message: `the weights lack ${candidates[0]}`,
    expected: candidates.join(' or '),
    found: [...named.keys()].join(', '),
    where,
  })
}

function misfit(name: string, expected: Shape, found: NdArray | undefined, where: string): ElmanError {
  return new ElmanError('ULMFIT_WEIGHTS_MISFIT', {
    message: `${name} does not fit the weights beside it`,
    expected: `(${expected.map(extent => (extent < 0 ? 'any' : extent)).join(', ')})`,
    found: found === undefined ? 'another size' : `(${found.shape.join(', ')})`,
    where,
  })
}

function isTensor(value: PickleValue): value is NdArray {
  return typeof value === 'object' && value !== null && 'dtype' in value
}

function mapped(
  like: NdArray,
  element: (index: number) => number,
  dtype: NdArray['dtype'] = like.dtype,
): NdArray {
  const size = like.data.length
  const data = dtype === 'float64' ? new Float64Array(size) : new Float32Array(size)
  for (let i = 0; i < size; i++) data[i] = element(i)
  return ndArray(dtype === 'float64' ? 'float64' : 'float32', like.shape, data)
}

function transposed(matrix: NdArray): NdArray {
  const [rows, columns] = matrix.shape as [number, number]
  const result = { ...matrix, shape: [columns, rows] }
  return mapped(result, i => Number(matrix.data[(i % rows) * columns + Math.floor(i / rows)]))
}
