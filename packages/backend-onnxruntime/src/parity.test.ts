/** Every primitive, forward and backward, on ONNX Runtime against the reference backend. */
import {
  add,
  cast,
  compileFunction,
  evaluate,
  isNdArray,
  isTensor,
  leavesOf,
  mul,
  type NdArray,
  sum,
  type Tensor,
  valueAndGrad,
} from '@elman/core'
import { expectClose, primitiveCases } from '@elman/core/testing'
import { describe, expect, test } from 'vitest'
import { onnxRuntimeBackend } from './backend.ts'

const backend = onnxRuntimeBackend()

/** Runs a function of tensors on both backends and compares what comes out. */
async function expectParity(f: (...args: never[]) => unknown, inputs: readonly NdArray[], tolerance: number) {
  const expected = leavesOf<NdArray>(evaluate(f, ...inputs), isNdArray)
  const compiled = await compileFunction(backend, f as never, inputs as never)
  const actual = leavesOf<NdArray>(
    await (compiled as unknown as (...args: unknown[]) => unknown)(...inputs),
    isNdArray,
  )
  await compiled.dispose()
  expect(actual.map(({ dtype }) => dtype)).toEqual(expected.map(({ dtype }) => dtype))
  for (let i = 0; i < expected.length; i++) expectClose(actual[i]!, expected[i]!, tolerance)
}

describe.each([
  ['float32', 1e-5],
  ['float64', 1e-12],
] as const)('results equal those of the reference backend in %s', (dtype, tolerance) => {
  for (const { name, call, inputs, smooth } of primitiveCases(dtype)) {
    test(smooth ? `${name}, and its gradient` : name, async () => {
      await expectParity((...args: Tensor[]) => [call(...args)].flat(), inputs, tolerance)
      if (!smooth) return
      const loss = (parts: readonly Tensor[]) =>
        leavesOf<Tensor>(call(...parts), isTensor)
          .map(part => sum(mul(cast(part, dtype), 0.5)))
          .reduce((a, b) => add(a, b))
      await expectParity((...args: Tensor[]) => valueAndGrad(loss)(args), inputs, tolerance)
    })
  }
})
