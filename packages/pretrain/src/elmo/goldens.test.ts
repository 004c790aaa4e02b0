/** Layers, losses and gradients against PyTorch in float64, with weights in the forms of bilm-tf's files. */
import { readFileSync } from 'node:fs'
import {
  evaluate,
  filled,
  flattenParameters,
  gather,
  type NdArray,
  ndArray,
  type Parameters,
  type Tensor,
  type TensorParameters,
  unflattenParameters,
  valueAndGrad,
} from '@elman/core'
import { expectClose } from '@elman/core/testing'
import type { SequenceState } from '@elman/layers-recurrent'
import { expect, test } from 'vitest'
import { fullSoftmax } from '../softmax/full-softmax.ts'
import { ELMO_DIRECTIONS, elmoModel } from './bidirectional-language-model.ts'
import { characterIds } from './character-ids.ts'
import { elmoEntries } from './elmo-names.ts'
import { elmoObjective, elmoSoftmax } from './elmo-objective.ts'
import type { ElmoOptions } from './elmo-options.ts'

interface Golden {
  readonly name: string
  readonly options: ElmoOptions
  readonly usedCharacters: readonly number[]
  readonly tokens: readonly string[]
  readonly characters: number[][]
  readonly windows: [number[][], number[][]]
  readonly targets: [number[][], number[][]]
  readonly weights: Tensors
  readonly softmax: Tensors
  readonly tokenVectors: TensorData
  readonly layers: TensorData[][]
  readonly states: { readonly h: TensorData; readonly c: TensorData }[][]
  readonly losses: number[]
  readonly loss: number
  readonly gradients: Tensors
}
type TensorData = { readonly shape: number[]; readonly data: number[] }
type Tensors = { readonly [name: string]: TensorData }

const { cases } = JSON.parse(
  readFileSync(new URL('./fixtures/elmo-golden.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Golden[] }

const doubles = ({ shape, data }: TensorData): NdArray => ndArray('float64', shape, Float64Array.from(data))
const ids = (rows: number[][]): NdArray =>
  ndArray('int32', [rows.length, rows[0]!.length], Int32Array.from(rows.flat()))

/** The rows of the character table that a golden names, in a table of zeros. */
function spreadRows({ shape, data }: TensorData, rows: readonly number[]): NdArray {
  const width = shape[1]!
  const table = filled([261, width], 0, 'float64')
  for (const [from, row] of rows.entries()) {
    ;(table.data as Float64Array).set(data.slice(from * width, (from + 1) * width), row * width)
  }
  return table
}

/** Parameters of ours from weights by the names of the file. */
function parametersOf(golden: Golden): Parameters {
  const flat = new Map<string, NdArray>()
  for (const entry of elmoEntries(golden.options)) {
    const given = golden.weights[entry.name]!
    const array = entry.name === 'char_embed' ? spreadRows(given, golden.usedCharacters) : doubles(given)
    expect(array.shape).toEqual(entry.shape)
    for (const [index, part] of entry.fromFile(array).entries()) flat.set(entry.paths[index]!, part)
  }
  const softmax = { weight: doubles(golden.softmax.weight!), bias: doubles(golden.softmax.bias!) }
  return { ...unflattenParameters(flat), softmax }
}

test.each(cases)('token layer, layers, states, losses and gradients equal PyTorch: $name', golden => {
  const model = elmoModel(golden.options)
  for (const [index, token] of golden.tokens.entries()) {
    expect([...characterIds(token, golden.options.maxCharacters)]).toEqual(golden.characters[index])
  }
  const softmax = elmoSoftmax(model, 6, fullSoftmax)
  const objective = elmoObjective(model, softmax, { batch: 2, time: 4, dropout: 0, dtype: 'float64' })
  const parameters = parametersOf(golden)
  const window = {
    characters: ids(golden.characters),
    ...{ forward: ids(golden.windows[0]), backward: ids(golden.windows[1]) },
    ...{ forwardTarget: ids(golden.targets[0]), backwardTarget: ids(golden.targets[1]) },
  }
  const carried = objective.initialState()
  type Window = { readonly [name: string]: Tensor }

  const read = evaluate(
    (weights: TensorParameters, before: TensorParameters, batch: Window) => {
      const context = { mode: 'evaluate' } as const
      const tokens = model.tokenVectors(weights, batch.characters!)
      const ways = ELMO_DIRECTIONS.map(way => {
        const input = { xs: gather(tokens, batch[way]!), state: before[way] as SequenceState }
        return model.stack(way, weights, input, context)
      })
      return { tokens, layers: ways.map(({ layers }) => layers), states: ways.map(({ state }) => state) }
    },
    parameters,
    carried,
    window,
  ) as unknown as { tokens: NdArray; layers: NdArray[][]; states: Parameters[] }
  expectClose(read.tokens, doubles(golden.tokenVectors), 1e-10)
  for (const [way, expected] of golden.layers.entries()) {
    for (const [layer, values] of expected.entries())
      expectClose(read.layers[way]![layer]!, doubles(values), 1e-10)
    for (const [layer, { h, c }] of golden.states[way]!.entries()) {
      const found = read.states[way]![String(layer)] as { h: NdArray; c: NdArray }
      expectClose(found.h, doubles(h), 1e-10)
      expectClose(found.c, doubles(c), 1e-10)
    }
  }

  const [loss, gradients] = evaluate(
    (weights: TensorParameters, before: TensorParameters, batch: Window) =>
      valueAndGrad((w: TensorParameters) => objective.loss(w, before, batch, { mode: 'train' }).loss)(
        weights,
      ),
    parameters,
    carried,
    window,
  ) as unknown as [NdArray, Parameters]
  expect(Math.abs(Number(loss.data[0]) - golden.loss)).toBeLessThan(1e-12)
  const flat = flattenParameters(gradients)
  for (const entry of elmoEntries(golden.options)) {
    const given = golden.gradients[entry.name]!
    const expected = entry.name === 'char_embed' ? spreadRows(given, golden.usedCharacters) : doubles(given)
    expectClose(entry.toFile(entry.paths.map(path => flat.get(path)!)), expected, 1e-10)
  }
  expectClose(flat.get('softmax.weight')!, doubles(golden.gradients.weight!), 1e-10)
  expectClose(flat.get('softmax.bias')!, doubles(golden.gradients.bias!), 1e-10)
})
