import { describe, expect, test } from 'vitest'
import type { Tensor } from '../ir/scope.ts'
import { stack } from '../ops/shape.ts'
import type { NdArray } from '../tensor/nd-array.ts'
import { checkGradients } from '../testing/check-gradients.ts'
import { expectClose } from '../testing/expect-close.ts'
import { primitiveCases } from '../testing/primitive-cases.ts'
import { evaluate } from '../transform/trace.ts'
import { vmap } from '../transform/vmap.ts'
import { primitives } from './index.ts'

const cases = primitiveCases()

test('the table of cases calls every primitive', () => {
  const called = new Set<string>(cases.map(({ primitive }) => primitive))
  expect(Object.keys(primitives).filter(name => !called.has(name))).toEqual([])
})

describe('the derivative equals finite differences in float64', () => {
  for (const { name, call, inputs, smooth } of cases.filter(one => one.smooth)) {
    test(name, () => {
      expect(smooth).toBe(true)
      expect(checkGradients(call as never, inputs)).toBeLessThan(1e-6)
    })
  }
})

describe('the batching rule equals a loop over the batch', () => {
  for (const { name, call, inputs } of cases) {
    for (const shared of [undefined, ...(inputs.length > 1 ? inputs.map((_, i) => i) : [])]) {
      test(shared === undefined ? name : `${name}, input ${shared} shared`, () => {
        const batches = inputs.map((input, i) => (i === shared ? input : twice(input)))
        const axes = inputs.map((_, i) => (i === shared ? null : 0))
        const all = (results: Tensor | readonly Tensor[]) =>
          (Array.isArray(results) ? results : [results]) as Tensor[]
        const batched = evaluate(
          ((...args: Tensor[]) => all(vmap(call as (...args: Tensor[]) => Tensor[], axes)(...args))) as never,
          ...(batches as never[]),
        ) as unknown as NdArray[]
        const looped = evaluate(
          ((...args: Tensor[]) => {
            const runs = [0, 1].map(b =>
              all(call(...args.map((arg, i) => (i === shared ? arg : item(arg, b))))),
            )
            return runs[0]!.map((_, k) => stack(runs.map(run => run[k]!)))
          }) as never,
          ...(batches as never[]),
        ) as unknown as NdArray[]
        looped.forEach((expected, k) => {
          expectClose(batched[k]!, expected, 1e-12)
        })
      })
    }
  }
})

function twice(input: NdArray): NdArray {
  const data = input.data.slice()
  const both = new (input.data.constructor as { new (n: number): Float64Array })(2 * data.length)
  both.set(data as Float64Array)
  const changed =
    input.dtype === 'float64'
      ? (data as Float64Array).map(x => x * 1.25 + 0.1 * Math.sign(x))
      : data.toReversed()
  both.set(
    input.shape.length === 1 && input.shape[0] === 2 && input.dtype === 'int32'
      ? (data.toReversed() as never)
      : (changed as Float64Array),
    data.length,
  )
  return { dtype: input.dtype, shape: [2, ...input.shape], data: both }
}

function item(tensor: Tensor, index: number): Tensor {
  const shape = tensor.shape.slice(1)
  const [slice] = tensor.scope.emit('slice', [tensor], {
    starts: [index, ...shape.map(() => 0)],
    limits: [index + 1, ...shape],
    strides: tensor.shape.map(() => 1),
  })
  return tensor.scope.emit('reshape', [slice!], { shape })[0]!
}
