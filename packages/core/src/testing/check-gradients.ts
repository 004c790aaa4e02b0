import { isTensor, type Tensor } from '../ir/scope.ts'
import { add, mul } from '../ops/elementwise.ts'
import { sum } from '../ops/reduction.ts'
import { foldIn, key as seedKey } from '../random/keys.ts'
import { uniform } from '../random/uniform.ts'
import { interpret } from '../reference/interpreter.ts'
import { isFloat, sizeOf } from '../tensor/dtype.ts'
import { copyArray, type NdArray } from '../tensor/nd-array.ts'
import { valueAndGrad } from '../transform/grad.ts'
import { evaluate, isTensorType, trace } from '../transform/trace.ts'
import { leavesOf } from '../transform/tree.ts'

/** Settings of a gradient check. */
export interface GradientCheckOptions {
  /** Largest allowed |analytic − numeric| / (1 + |numeric|); 1e-6 unless given. */
  readonly tolerance?: number
  /** Step of the central difference; 1e-5 unless given. */
  readonly step?: number
  /** Seed of the weights that turn the outputs into a scalar. */
  readonly seed?: number
}

/**
 * Compares the gradient of `f` with central finite differences, with respect to every float64 element of every
 * argument. The outputs (any tree of tensors) are turned into a scalar with fixed random weights. Returns the
 * largest relative error.
 *
 * @throws an Error that names argument, element and both derivatives when they differ.
 */
export function checkGradients(
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  options: GradientCheckOptions = {},
): number {
  const { tolerance = 1e-6, step = 1e-5, seed = 1 } = options
  const scalar = (...tensors: never[]): Tensor => {
    const outputs = leavesOf<Tensor>(f(...tensors), isTensor).filter(output => isFloat(output.dtype))
    return outputs
      .map((output, i) => {
        const data = uniform(foldIn(seedKey(seed), i), sizeOf(output.shape), 'float64')
        return sum(
          mul(output, { dtype: output.dtype, shape: output.shape, data: data.map(x => x - 0.3) } as NdArray),
        )
      })
      .reduce((a, b) => add(a, b))
  }
  const gradientFunction = valueAndGrad((all: readonly never[]) => scalar(...(all as never[])))
  const [, gradients] = evaluate(gradientFunction as never, args as never) as unknown as [NdArray, unknown]
  const gradientLeaves = leavesOf<NdArray>(gradients, isTensorType)
  const traced = trace((...all: unknown[]) => scalar(...(all as never[])), ...args)
  const leaves = leavesOf<NdArray>(args, isTensorType)
  const valueAt = (index: number, changed: NdArray) =>
    Number(interpret(traced.graph, leaves.with(index, changed))[0]!.data[0]!)
  let worst = 0
  leaves.forEach((leaf, index) => {
    if (leaf.dtype !== 'float64') return
    for (let i = 0; i < leaf.data.length; i++) {
      const [up, down] = [copyArray(leaf), copyArray(leaf)]
      up.data[i] = (leaf.data[i] as number) + step
      down.data[i] = (leaf.data[i] as number) - step
      const numeric = (valueAt(index, up) - valueAt(index, down)) / (2 * step)
      const analytic = gradientLeaves[index]!.data[i] as number
      const error = Math.abs(analytic - numeric) / (1 + Math.abs(numeric))
      worst = Math.max(worst, error)
      if (!(error <= tolerance)) {
        throw new Error(
          `gradient of input ${index} differs at element ${i}: analytic ${analytic}, numeric ${numeric}`,
        )
      }
    }
  })
  return worst
}
