/** Linear recurrences on ONNX Runtime: every form as on the reference backend, and language models that use them. */
import { onnxRuntimeBackend } from '@elman/backend-onnxruntime'
import {
  adam,
  CELL,
  type Cell,
  compileFunction,
  corePlugin,
  createContainer,
  createTrainStep,
  evaluate,
  isNdArray,
  leavesOf,
  MODEL,
  mul,
  type NdArray,
  ndArray,
  type Parameters,
  random,
  sum,
  type Tensor,
  type Traced,
  trace,
  valueAndGrad,
} from '@elman/core'
import { expectClose, sampleArray } from '@elman/core/testing'
import { layersRecurrent, unroll } from '@elman/layers-recurrent'
import { languageModelObjective, pretrain } from '@elman/pretrain'
import { describe, expect, test } from 'vitest'

const backend = onnxRuntimeBackend()
const container = createContainer([corePlugin, layersRecurrent, pretrain])
const CELLS = ['min-gru', 'min-lstm', 'rg-lru', 'm-lstm', 'gated-delta-net', 'mamba-2']
const FORMS = ['sequential', 'scan', 'chunked'] as const

function cellOf(type: string, form: string): Cell {
  return container.create(CELL, {
    type,
    hidden: 8,
    form,
    ...(type === 'rg-lru' && { convolution: 4 }),
  } as never)(4)
}

describe.each([
  ['float64', 1e-9],
  ['float32', 1e-4],
] as const)('in %s within %d', (dtype, tolerance) => {
  test.each(CELLS)('%s: all forms have the outputs and gradients of the reference backend', async type => {
    const reset = ndArray(
      'bool',
      [40, 2],
      Uint8Array.from({ length: 80 }, (_, i) => (i % 23 === 5 ? 1 : 0)),
    )
    const measured = (form: string) => {
      const cell = cellOf(type, form)
      const loss = ([p, xs]: readonly [Traced<Parameters>, Tensor]): [Tensor, Tensor] => {
        const { outputs } = unroll(cell, p as never, xs, undefined, { reset: xs.scope.constant(reset) })
        return [sum(mul(outputs, outputs)), outputs]
      }
      const given = [cell.init(random.key(1), dtype), sampleArray([40, 2, 4], 1, dtype)] as const
      return { both: valueAndGrad(loss as never, { hasAux: true }) as never, given }
    }
    const reference = measured('sequential')
    const expected = leavesOf<NdArray>(evaluate(reference.both, reference.given as never), isNdArray)
    for (const form of FORMS) {
      const { both, given } = measured(form)
      const compiled = await compileFunction(backend, both, [given] as never)
      const call = compiled as unknown as (all: unknown) => Promise<unknown>
      const actual = leavesOf<NdArray>(await call(given), isNdArray)
      await compiled.dispose()
      expect(actual).toHaveLength(expected.length)
      for (const [i, array] of actual.entries()) expectClose(array, expected[i]!, tolerance)
    }
  })
})

function modelOf(cell: object, layers = 2) {
  return container.create(MODEL, { type: 'recurrent-lm', embedding: 6, cell, layers } as never)(11)
}

test.each(CELLS)('a language model of %s scores the same in every form, window by window too', type => {
  const logits = (form: string, window: number): NdArray[] => {
    const model = modelOf({ type, hidden: 8, form })
    const parameters = model.init(random.key(2), 'float64')
    const ids = Int32Array.from({ length: 24 }, (_, i) => (i * 7) % 11)
    let state: unknown = model.initialState(1, 'float64')
    const pieces: NdArray[] = []
    for (let at = 0; at < 24; at += window) {
      const run = (p: never, x: Tensor, s: never) => model.apply(p, x, s, { mode: 'evaluate' })
      const piece = ndArray('int32', [window, 1], ids.slice(at, at + window))
      const result = evaluate(run as never, parameters, piece, state) as unknown as {
        logits: NdArray
        state: unknown
      }
      pieces.push(result.logits)
      state = result.state
    }
    return pieces
  }
  const flat = (pieces: NdArray[]) => pieces.flatMap(piece => [...piece.data].map(Number))
  const expected = flat(logits('sequential', 24))
  for (const form of [...FORMS, 'auto']) {
    expectClose(flat(logits(form, 24)), expected, 1e-9)
    expectClose(flat(logits(form, 8)), expected, 1e-9)
    expectClose(flat(logits(form, 1)), expected, 1e-9)
  }
})

test('a language model takes the parallel form by itself', () => {
  const loops = (cell: object, time: number) => {
    const model = modelOf(cell)
    const ids = ndArray('int32', [time, 1], new Int32Array(time))
    const run = (p: never, x: Tensor, s: never) => model.apply(p, x, s, { mode: 'evaluate' })
    const { graph } = trace(run as never, model.init(random.key(2)), ids, model.initialState(1))
    return graph.nodes
      .filter(node => node.primitive === 'scan')
      .map(node => (node.attributes as { length: number }).length)
  }
  expect(loops({ type: 'lstm', hidden: 8 }, 256)).toEqual([256, 256])
  expect(Math.max(...loops({ type: 'min-gru', hidden: 8 }, 256))).toBeLessThan(64)
  expect(Math.max(...loops({ type: 'mamba-2', hidden: 8 }, 256))).toBeLessThan(64)
  expect(loops({ type: 'min-gru', hidden: 8, form: 'scan' }, 256)).toEqual([])
})

test.each([...CELLS, 's-lstm'])('a language model of %s learns a text that needs memory', async type => {
  // One layer: two of eight units stay on plateaus for hundreds of steps on this text, those of an LSTM too.
  const model = modelOf({ type, hidden: 8 }, 1)
  const objective = languageModelObjective(model, { batch: 2, time: 12 })
  const optimizer = adam({ rate: 0.03, clip: 1 })
  const parameters = model.init(random.key(3))
  const start = { parameters, optimizer: optimizer.init(parameters), carried: objective.initialState() }
  const step = await createTrainStep(backend, objective, optimizer, start)
  // What follows 0 is 1, 2 or 3 by turns: without the past no less than ½ ln 3 = 0.55 nats can be had.
  const window = (shift: number) =>
    ndArray(
      'int32',
      [12, 2],
      Int32Array.from({ length: 24 }, (_, i) => [0, 1, 0, 2, 0, 3][((i >> 1) + shift) % 6]!),
    )
  const batch = { arrays: { input: window(0), target: window(1) }, tokens: 24, startsEpoch: false }
  let last = Number.POSITIVE_INFINITY
  for (let i = 0; i < 150; i++)
    last = (await step.run([batch], { key: random.key(1), step: i, rate: 0.03 })).loss
  await step.dispose()
  expect(last).toBeLessThan(0.2)
})
