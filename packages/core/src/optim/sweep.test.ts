/** What holds for every registered optimiser, without a row of its own. */
import { describe, expect, test } from 'vitest'
import { createContainer } from '../container/container.ts'
import { OPTIMIZER } from '../container/extension-point.ts'
import type { Tensor } from '../ir/scope.ts'
import type { Parameters, TensorParameters } from '../nn/layer.ts'
import { add, mul, square, sub } from '../ops/elementwise.ts'
import { sum } from '../ops/reduction.ts'
import { corePlugin } from '../plugin/core-plugin.ts'
import { arrayOf, isNdArray, type NdArray, ndArray, toNumbers } from '../tensor/nd-array.ts'
import { valueAndGrad } from '../transform/grad.ts'
import { optimize } from '../transform/optimize.ts'
import { evaluate, isTensorType, trace } from '../transform/trace.ts'
import { leavesWithPaths } from '../transform/tree.ts'
import { clipByGlobalNorm } from './clipping.ts'
import type { Optimizer, OptimizerInput } from './optimizer.ts'

const container = createContainer([corePlugin])
const names = container
  .registry(OPTIMIZER)
  .list()
  .map(({ name }) => name)

const start = (dtype: 'float32' | 'float64'): Parameters => ({
  outer: { a: arrayOf([3, -2], dtype), b: arrayOf([[1], [4]], dtype) },
  z: arrayOf(-1, dtype),
})

function loss({ outer, z }: { outer: { a: Tensor; b: Tensor }; z: Tensor }): Tensor {
  const far = [square(sub(outer.a, 1)), mul(square(outer.b), 0.5), square(z)].map(part => sum(part))
  return far.reduce((total, part) => add(total, part))
}

/** `steps` updates on the loss; the losses before each. */
function descend(
  optimizer: Optimizer,
  dtype: 'float32' | 'float64',
  steps: number,
  from = 0,
  at?: Trained,
): Trained {
  let { parameters, state } = at ?? { parameters: start(dtype), state: optimizer.init(start(dtype)) }
  const losses: number[] = []
  for (let step = from; step < from + steps; step++) {
    const rate = dtype === 'float64' ? Float64Array.of(optimizer.rate) : Float32Array.of(optimizer.rate)
    const result = evaluate(
      (input: { parameters: TensorParameters; state: TensorParameters; rate: Tensor; step: Tensor }) => {
        const [value, gradients] = valueAndGrad(loss as never)(input.parameters as never)
        return {
          value: value as Tensor,
          ...optimizer.update({ ...input, gradients: gradients as TensorParameters }),
        } as never
      },
      {
        parameters,
        state,
        rate: ndArray(dtype, [], rate),
        step: ndArray('int32', [], Int32Array.of(step)),
      } as never,
    ) as never as Trained & { value: NdArray }
    losses.push(toNumbers(result.value)[0]!)
    ;({ parameters, state } = result)
  }
  return { parameters, state, losses }
}

interface Trained {
  readonly parameters: Parameters
  readonly state: Parameters
  readonly losses: readonly number[]
}

const outline = (tree: Parameters) =>
  leavesWithPaths<NdArray>(tree, isNdArray).map(({ path, leaf }) => [path, leaf.dtype, leaf.shape])

describe.each(names)('%s', name => {
  const optimizer = container.create(OPTIMIZER, { type: name, rate: 0.05, weightDecay: 0.001 })

  test('goes down on a bowl', () => {
    const { losses } = descend(optimizer, 'float64', 40)
    expect(losses.at(-1)!).toBeLessThan(losses[0]!)
  })

  test('keeps dtype, shape and arrangement of parameters and state', () => {
    const { parameters, state } = descend(optimizer, 'float32', 2)
    expect(outline(parameters)).toEqual(outline(start('float32')))
    expect(outline(state)).toEqual(outline(optimizer.init(start('float32'))))
  })

  test('goes on from its state as if it had not stopped, bit for bit', () => {
    const whole = descend(optimizer, 'float32', 6)
    const half = descend(optimizer, 'float32', 3)
    const rest = descend(optimizer, 'float32', 3, 3, JSON.parse(JSON.stringify(half), revive))
    expect(rest.parameters).toEqual(whole.parameters)
    expect(rest.state).toEqual(whole.state)
  })

  test('its float32 follows its float64', () => {
    const [narrow, wide] = [descend(optimizer, 'float32', 10), descend(optimizer, 'float64', 10)]
    narrow.losses.forEach((value, i) => {
      expect(Math.abs(value / wide.losses[i]! - 1)).toBeLessThan(1e-5)
    })
  })
})

/** Arrays back from JSON, whose typed arrays are records of numbers. */
function revive(_name: string, value: unknown): unknown {
  if (!isTensorType(value) || !('data' in value)) return value
  return { ...value, data: Float32Array.from(Object.values(value.data as object)) }
}

test('with clipping, gradient descent costs one product and one difference a parameter', () => {
  const type = { dtype: 'float32', shape: [3, 2] } as const
  const optimizer = container.create(OPTIMIZER, 'sgd')
  const tree = { a: type, b: type }
  const { graph } = trace(
    (input: never) => {
      const { gradients, ...rest } = input as OptimizerInput
      return optimizer.update({ ...rest, gradients: clipByGlobalNorm(gradients, 5).gradients })
        .parameters as never
    },
    {
      parameters: tree,
      gradients: tree,
      state: {},
      rate: { dtype: 'float32', shape: [] },
      step: { dtype: 'int32', shape: [] },
    } as never,
  )
  const large = optimize(graph)
    .nodes.filter(node => node.outputs[0]!.type.shape.length === 2)
    .map(node => node.primitive)
  const squares = ['mul', 'mul']
  expect(large).toEqual([...squares, 'broadcastTo', 'mul', 'sub', 'mul', 'sub'])
})
