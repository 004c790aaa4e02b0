import {
  add,
  type Backend,
  CELL,
  type Cell,
  createContainer,
  defineComponent,
  filled,
  matmul,
  mean,
  mul,
  type NdArray,
  ndArray,
  random,
  referenceBackend,
  stopGradient,
  type Tensor,
  tanh,
  toNumbers,
} from '@elman/core'
import { type CellCheckOptions, type CellSubject, cellChecks, describeCell } from '@elman/core/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { layersRecurrent, lstm } from '../index.ts'

const cells = createContainer([layersRecurrent]).registry(CELL)

for (const { descriptor } of cells.list()) describeCell(descriptor, { describe, test })

test('every cell of the plugin is swept', () => {
  expect(cells.list().map(entry => entry.name)).toEqual([
    'diagonal',
    'elman-relu',
    'elman-sigmoid',
    'elman-tanh',
    'gated-delta-net',
    'gru',
    'gru-reset-before',
    'lstm',
    'lstm-coupled',
    'lstm-layer-norm',
    'lstm-layer-norm-per-gate',
    'lstm-peephole',
    'lstm-projection',
    'm-lstm',
    'mamba-2',
    'min-gru',
    'min-lstm',
    'queue-rnn',
    'rg-lru',
    's-lstm',
    'stack-lstm',
    'stack-rnn',
    'superposition-stack',
    'tape-rnn',
  ])
})

test("the forget gate's bias starts where it is told", () => {
  const { bias } = lstm({ inputSize: 3, hidden: 2, forgetBias: 1 }).init(random.key(1))
  expect([...bias.data].slice(2, 4)).toEqual([1, 1])
  expect([...bias.data].every(x => x === 1)).toBe(false)
})

test('parameters start within the initial scale, which is 1 / √hidden unless given', () => {
  const largest = (initialScale?: number) => {
    const { recurrent } = lstm({ inputSize: 3, hidden: 16, initialScale }).init(random.key(1))
    return Math.max(...toNumbers(recurrent).map(Math.abs))
  }
  expect(largest()).toBeLessThanOrEqual(0.25)
  expect(largest()).toBeGreaterThan(0.24)
  expect(largest(0.05)).toBeLessThanOrEqual(0.05)
  expect(largest(0.05)).toBeGreaterThan(0.049)
})

describe('the sweep fails', () => {
  type Simple = Cell<{ input: NdArray; recurrent: NdArray }, { h: Tensor }>
  const simple = (change: Partial<Simple> = {}) =>
    ((inputSize: number): Simple => ({
      inputSize,
      outputSize: 3,
      stateShapes: { h: [3] },
      recurrentWeights: ['recurrent'],
      init: (key, dtype = 'float32') => ({
        input: ndArray(dtype, [inputSize, 3], random.normal(random.foldIn(key, 1), inputSize * 3, dtype)),
        recurrent: ndArray(dtype, [3, 3], random.normal(random.foldIn(key, 2), 9, dtype)),
      }),
      step({ input, recurrent }, { h }, x) {
        const next = tanh(add(matmul(x, input), matmul(h, recurrent)))
        return { state: { h: next }, output: next }
      },
      ...change,
    })) as CellSubject
  type Step = Simple['step']
  const step = (next: (...args: Parameters<Step>) => Tensor): Partial<Simple> => ({
    step: (...args) => ({ state: { h: next(...args) }, output: next(...args) }),
  })

  async function failures(subject: CellSubject, options: CellCheckOptions = {}): Promise<string[]> {
    const failed: string[] = []
    for (const check of cellChecks(subject, options)) {
      try {
        await check.run()
      } catch {
        failed.push(check.name)
      }
    }
    return failed
  }

  test('in nothing for a plain cell of a stranger', async () => {
    expect(await failures(simple(), { backends: [referenceBackend()] })).toEqual([])
  })

  test('when rows of a batch meet', async () => {
    const meets = step(({ input }, { h }, x) => tanh(add(matmul(x, input), mean(h, 0, { keepDims: true }))))
    expect(await failures(simple(meets))).toEqual([
      'treats a row of a batch as the row alone, whatever its neighbours',
    ])
  })

  test('when the gradient is cut', async () => {
    const cut = step(({ input, recurrent }, { h }, x) =>
      tanh(add(matmul(x, input), matmul(stopGradient(h), recurrent))),
    )
    expect(await failures(simple(cut))).toEqual([
      'has gradients that equal finite differences over three steps',
    ])
  })

  test('when the output is not as wide as declared', async () => {
    expect(await failures(simple({ outputSize: 4 }))).toEqual([
      'has the state and the output that it declares, in float32 and float64',
    ])
  })

  test('when a recurrent weight is no parameter', async () => {
    expect(await failures(simple({ recurrentWeights: ['weight'] }))).toEqual([
      'has the state and the output that it declares, in float32 and float64',
    ])
  })

  test('when the key is ignored', async () => {
    const init: Simple['init'] = (_, dtype) => ({
      input: filled([4, 3], 0.1, dtype),
      recurrent: filled([3, 3], 0.2, dtype),
    })
    expect(await failures(simple({ init }))).toEqual([
      'draws the same parameters from the same key, and others from another',
    ])
  })

  test('when a cell made again is another', async () => {
    let made = 0
    const restless = (inputSize: number) => {
      const scale = ++made
      const next = step(({ input }, { h }, x) => tanh(mul(add(matmul(x, input), h), scale)))
      return (simple(next) as (inputSize: number) => Cell)(inputSize)
    }
    expect(await failures(restless)).toEqual(['gives the same bits on every run, also when made again'])
  })

  test('when options are loose', async () => {
    const loose = defineComponent(CELL, {
      type: 'loose',
      summary: 'takes what it is given',
      config: z.object({ hidden: z.int().default(3) }),
      create: () => simple() as (inputSize: number) => Cell,
    })
    expect(await failures(loose as never)).toEqual(['has options that are JSON and refuses unknown ones'])
  })

  test('when a backend is wrong', async () => {
    const reference = referenceBackend()
    const wrong: Backend = {
      ...reference,
      name: 'wrong',
      async compile(graph) {
        const right = await reference.compile(graph)
        const off = (array: NdArray) => ({
          ...array,
          data: array.data.map((x: number | bigint) => (Number(x) + 1e-3) as never),
        })
        return { ...right, run: async inputs => (await right.run(inputs)).map(off) }
      },
    }
    expect(await failures(simple(), { backends: [wrong] })).toEqual([
      'has on wrong the outputs and gradients of the reference in float32',
      'has on wrong the outputs and gradients of the reference in float64',
    ])
  })

  test('when the export is wrong', async () => {
    const exportCheck = async () => {
      throw new Error('probabilities differ')
    }
    expect(await failures(simple(), { exportCheck })).toEqual(['works the same when exported'])
  })
})
