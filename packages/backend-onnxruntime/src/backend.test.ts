import {
  cast,
  compileFunction,
  evaluate,
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
const all = (results: Tensor | readonly Tensor[]) =>
  (Array.isArray(results) ? results : [results]) as Tensor[]

describe.each(['float32', 'float64'] as const)('parity with the reference backend in %s', dtype => {
  for (const { name, primitive, call, inputs, smooth } of primitiveCases(dtype)) {
    const tolerance = dtype === 'float32' ? 1e-5 : 1e-12
    test.skipIf(primitive === 'erf' && dtype === 'float64')(name, async () => {
      const forward = ((...args: Tensor[]) => all(call(...args))) as (...args: never[]) => Tensor[]
      const expected = evaluate(forward, ...inputs) as unknown as NdArray[]
      const compiled = await compileFunction(backend, forward as never, [...inputs] as never)
      const actual = (await (compiled as unknown as (...args: NdArray[]) => Promise<NdArray[]>)(
        ...inputs,
      )) as NdArray[]
      expected.forEach((one, i) => {
        expect(actual[i]!.dtype).toBe(one.dtype)
        expectClose(actual[i]!, one, tolerance)
      })
      await compiled.dispose()
      if (!smooth) return
      const loss = ((parts: Tensor[]) =>
        leavesOf<Tensor>(call(...parts), isTensor)
          .map(part => sum(mul(cast(part, dtype), 0.5)))
          .reduce((a, b) => a.scope.emit('add', [a, b], {})[0]!)) as never
      const gradient = (...args: Tensor[]) => valueAndGrad(loss as (p: readonly Tensor[]) => Tensor)(args)
      const expectedGradient = leavesOf<NdArray>(
        evaluate(gradient as never, ...inputs),
        value => typeof value === 'object' && value !== null && 'data' in value,
      )
      const compiledGradient = await compileFunction(backend, gradient as never, [...inputs] as never)
      const actualGradient = leavesOf<NdArray>(
        await (compiledGradient as unknown as (...args: NdArray[]) => Promise<unknown>)(...inputs),
        value => typeof value === 'object' && value !== null && 'data' in value,
      )
      expectedGradient.forEach((one, i) => {
        expectClose(actualGradient[i]!, one, tolerance)
      })
      await compiledGradient.dispose()
    })
  }
})
