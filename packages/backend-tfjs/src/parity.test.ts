/** Every primitive, forward and backward, on the devices that always work, against the reference backend. */
import {
  add,
  and,
  argMax,
  arrayOf,
  bernoulliMask,
  broadcastTo,
  cast,
  checkpoint,
  compileFunction,
  concat,
  cumulativeSum,
  div,
  equal,
  evaluate,
  filled,
  foldInTensor,
  gather,
  gatherElements,
  isNdArray,
  isTensor,
  leavesOf,
  less,
  matmul,
  max,
  maximum,
  minimum,
  mul,
  type NdArray,
  ndArray,
  neg,
  not,
  pad,
  pow,
  random,
  randomBits,
  reshape,
  reverse,
  scan,
  select,
  sign,
  softmax,
  softmaxCrossEntropy,
  split,
  stopGradient,
  sub,
  sum,
  type Tensor,
  transpose,
  valueAndGrad,
} from '@elman/core'
import { expectClose, primitiveCases, sampleArray } from '@elman/core/testing'
import { describe, expect, test } from 'vitest'
import { tfjsBackend } from './backend.ts'

const DEVICES = ['cpu', 'wasm'] as const

/** Runs a function of tensors on both backends and compares what comes out; integers and bools must be equal. */
async function expectParity(
  device: (typeof DEVICES)[number],
  f: (...args: never[]) => unknown,
  inputs: readonly NdArray[],
  tolerance = 1e-5,
) {
  const expected = leavesOf<NdArray>(evaluate(f, ...inputs), isNdArray)
  const compiled = await compileFunction(tfjsBackend({ device }), f as never, inputs as never)
  const actual = leavesOf<NdArray>(
    await (compiled as unknown as (...args: unknown[]) => unknown)(...inputs),
    isNdArray,
  )
  await compiled.dispose()
  expect(actual.map(({ dtype }) => dtype)).toEqual(expected.map(({ dtype }) => dtype))
  for (let i = 0; i < expected.length; i++)
    expectClose(actual[i]!, expected[i]!, expected[i]!.dtype === 'float32' ? tolerance : 0)
}

describe.each(DEVICES)('results on %s equal those of the reference backend', device => {
  for (const { name, call, inputs, smooth } of primitiveCases('float32')) {
    if (name === 'cast (by int64)') continue
    test(smooth ? `${name}, and its gradient` : name, async () => {
      await expectParity(device, (...args: Tensor[]) => [call(...args)].flat(), inputs)
      if (!smooth) return
      const loss = (parts: readonly Tensor[]) =>
        leavesOf<Tensor>(call(...parts), isTensor)
          .map(part => sum(mul(cast(part, 'float32'), 0.5)))
          .reduce((a, b) => add(a, b))
      await expectParity(device, (...args: Tensor[]) => valueAndGrad(loss)(args), inputs)
    })
  }

  test('integers: arithmetic, order, choice, movement', async () => {
    const a = arrayOf([7, -7, 5, 0, 2_000_000_011, -9], 'int32')
    const b = arrayOf([2, 2, -3, 4, 1, -9], 'int32')
    await expectParity(
      device,
      (x: Tensor, y: Tensor) => {
        const table = reshape(x, [3, 2])
        return [
          add(x, y),
          sub(x, y),
          mul(x, y),
          div(x, y),
          pow(y, y),
          maximum(x, y),
          minimum(x, y),
          neg(x),
          sign(x),
          sum(y),
          sum(table, 0),
          less(x, y),
          equal(x, y),
          select(less(x, y), x, y),
          cast(x, 'float32'),
          cast(x, 'bool'),
          concat([x, y]),
          transpose(table, [1, 0]),
          broadcastTo(x, [2, 6]),
          pad(table, [1, 0], [0, 2]),
          reverse(table, 0),
          x.scope.emit('slice', [table], { starts: [0, 0], limits: [3, 2], strides: [2, 1] })[0],
          ...split(table, [1, 1], 1),
          gather(table, arrayOf([2, 0, 2], 'int32')),
          gatherElements(table, arrayOf([1, 0, 1], 'int32')),
          stopGradient(x),
        ]
      },
      [a, b],
    )
  })

  test('bools: logic, choice, movement', async () => {
    const [a, b, c] = [
      [1, 0, 1, 0],
      [0, 0, 1, 1],
      [1, 1, 0, 0],
    ].map(values => arrayOf(values, 'bool'))
    await expectParity(
      device,
      (x: Tensor, y: Tensor, z: Tensor) => {
        const table = reshape(x, [2, 2])
        return [
          select(x, y, z),
          and(x, y),
          not(z),
          equal(x, y),
          less(x, y),
          concat([x, y]),
          transpose(table, [1, 0]),
          broadcastTo(x, [2, 4]),
          pad(table, [1, 0], [0, 2]),
          reverse(table, 1),
          x.scope.emit('slice', [y], { starts: [1], limits: [4], strides: [2] })[0],
          ...split(x, [1, 3], 0),
          gather(table, arrayOf([1, 0, 1], 'int32')),
          gatherElements(table, arrayOf([1, 0], 'int32')),
          cast(z, 'int32'),
          cast(z, 'float32'),
          stopGradient(x),
        ]
      },
      [a!, b!, c!],
    )
  })

  test('casts: fractions are dropped, what is not zero is true, also small fractions and NaN', async () => {
    const x = arrayOf([2.9, -2.9, 0.25, -0.25, 0, 256, 1e-30], 'float32')
    await expectParity(device, (v: Tensor) => [cast(v, 'int32'), cast(v, 'bool')], [x])
    await expectParity(device, (v: Tensor) => [cast(v, 'bool')], [arrayOf([256, 65536, -1, 0], 'int32')])
  })

  test('arrays without elements and scalars go through', async () => {
    await expectParity(
      device,
      (x: Tensor) => [
        add(x, x),
        sum(x),
        sum(x, 1),
        concat([x, x]),
        matmul(transpose(x, [1, 0]), x),
        gather(transpose(x, [1, 0]), ndArray('int32', [0], new Int32Array(0))),
      ],
      [filled([0, 3], 1)],
    )
    await expectParity(device, (x: Tensor) => [mul(x, x), reshape(x, [1, 1]), sum(x)], [filled([], 3)])
  })

  test('many axes', async () => {
    const x = sampleArray([2, 1, 3, 2, 1, 2], 1, 'float32')
    await expectParity(
      device,
      (v: Tensor) => [
        transpose(v, [5, 3, 1, 0, 4, 2]),
        sum(v, [0, 3, 5]),
        max(v, [2]),
        argMax(v, 2),
        cumulativeSum(v, 3),
        softmax(v),
        reverse(v, 2),
        broadcastTo(v, [2, 2, 3, 2, 2, 2]),
        pad(v, [0, 0, 1, 0, 0, 0], [0, 1, 0, 0, 0, 2]),
        matmul(v, transpose(v, [0, 1, 2, 3, 5, 4])),
        v.scope.emit('slice', [v], {
          starts: [0, 0, 1, 0, 0, 0],
          limits: [2, 1, 3, 2, 1, 2],
          strides: [1, 1, 1, 2, 1, 1],
        })[0],
        softmaxCrossEntropy(
          reshape(v, [2, 3, 4]),
          arrayOf(
            [
              [3, 0, 1],
              [2, 2, 0],
            ],
            'int32',
          ),
        ),
      ],
      [x],
    )
  })

  test('more axes than kernels have', async () => {
    const alike = [2, 1, 1, 3, 1, 2, 2, 2]
    for (const rank of [6, 8]) {
      const shape = alike.slice(-rank)
      const at = shape.indexOf(3)
      await expectParity(
        device,
        (v: Tensor) => [
          add(v, sum(v, at, { keepDims: true })),
          div(v, max(v, [at], { keepDims: true })),
          pad(
            v,
            shape.map((_, i) => (i === at ? 1 : 0)),
            shape.map((_, i) => (i === rank - 1 ? 1 : 0)),
          ),
          argMax(v, at),
          concat([v, v], at),
          matmul(v, v),
          reverse(v, at),
        ],
        [sampleArray(shape, 1, 'float32')],
      )
    }
    // A step of a loop has an axis less than its sequence.
    const xs = sampleArray([3, 1, 2, 1, 2, 2, 2], 1, 'float32')
    const h = sampleArray([1, 2, 1, 2, 2, 2], 2, 'float32')
    await expectParity(
      device,
      (v: Tensor, h0: Tensor) => scan((c: Tensor, w: Tensor) => [add(c, w), mul(c, w)], h0, v),
      [xs, h],
    )
  })

  test('loops: in loops, of scalars, of arrays without elements, with states that nothing changes', async () => {
    const xs = sampleArray([3, 2, 2], 1, 'float32')
    const h = sampleArray([2], 2, 'float32')
    const inner = (h0: Tensor, v: Tensor) =>
      scan((c: Tensor, w: Tensor) => [mul(add(c, w), 0.5), add(c, w)], h0, v)
    await expectParity(
      device,
      (v: Tensor, h0: Tensor) => {
        const [last, outputs] = scan(
          (c: Tensor, w: Tensor) => {
            const [next, all] = inner(c, w)
            return [next, all]
          },
          h0,
          v,
        )
        return [last, outputs]
      },
      [xs, h],
    )
    await expectParity(
      device,
      (v: Tensor, h0: Tensor) => scan((c: Tensor, w: Tensor) => [add(c, w), mul(c, w)], h0, v),
      [arrayOf([1, 2, 3]), filled([], 1)],
    )
    await expectParity(device, (v: Tensor, h0: Tensor) => scan((c: Tensor, w: Tensor) => [c, w], h0, v), [
      filled([3, 0]),
      h,
    ])
  })

  test('random numbers are those of the host generator to the bit, also in loops and checkpoints', async () => {
    const key = ndArray('int32', [2], Int32Array.from(random.key(11)))
    await expectParity(
      device,
      (k: Tensor) => {
        const [, masks] = scan(
          (c: Tensor, t: Tensor) => [c, bernoulliMask(foldInTensor(k, t), [7], 0.4)],
          cast(k, 'float32'),
          arrayOf([0, 1, 2], 'int32') as unknown as Tensor,
        )
        return [
          randomBits(k, [9]),
          masks,
          checkpoint((v: Tensor) => mul(v, bernoulliMask(k, [2], 0.5)))(cast(k, 'float32')),
        ]
      },
      [key],
      0,
    )
  })
})
