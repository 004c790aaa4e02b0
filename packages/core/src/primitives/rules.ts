import { ElmanError } from '../errors/elman-error.ts'
import type { PrimitiveName } from '../ir/attributes.ts'
import type { BatchingContext } from '../ir/primitive.ts'
import type { Tensor } from '../ir/scope.ts'
import { broadcastTo } from '../ops/elementwise.ts'
import { reshape } from '../ops/shape.ts'
import { formatType, isFloat, sameShape, type TensorType } from '../tensor/dtype.ts'

/** Shape-rule failure with the types that were met. */
export function mismatch(name: PrimitiveName, expected: string, inputs: readonly TensorType[]): ElmanError {
  return new ElmanError('SHAPE_MISMATCH', {
    message: `"${name}" cannot take these operands`,
    expected,
    found: inputs.map(formatType).join(', '),
  })
}

/** Dtype-rule failure with the types that were met. */
export function wrongDType(name: PrimitiveName, expected: string, inputs: readonly TensorType[]): ElmanError {
  return new ElmanError('DTYPE_MISMATCH', {
    message: `"${name}" cannot take these dtypes`,
    expected,
    found: inputs.map(formatType).join(', '),
  })
}

/** The one type that all operands must share. */
export function sameTypes(name: PrimitiveName, inputs: readonly TensorType[]): TensorType {
  const first = inputs[0]!
  for (const input of inputs) {
    if (input.dtype !== first.dtype) throw wrongDType(name, 'operands of one dtype', inputs)
    if (!sameShape(input.shape, first.shape)) throw mismatch(name, 'operands of one shape', inputs)
  }
  return first
}

/** Fails unless the first input is a float. */
export function floatOnly(name: PrimitiveName, inputs: readonly TensorType[]): TensorType {
  const first = inputs[0]!
  if (!isFloat(first.dtype)) throw wrongDType(name, 'float32 or float64', inputs)
  return first
}

/** An operand of a batching rule with the batch axis in front, repeated if it had none. */
export function withBatchAxis(context: BatchingContext<PrimitiveName>, index: number): Tensor {
  const tensor = context.inputs[index]!
  if (context.batched[index]) return tensor
  return broadcastTo(tensor, [context.size, ...tensor.shape])
}

/** All operands with the batch axis in front. */
export function allBatched(context: BatchingContext<PrimitiveName>): Tensor[] {
  return context.inputs.map((_, index) => withBatchAxis(context, index))
}

/** A batched operand with axes of extent 1 behind the batch axis, so that it broadcasts to a larger rank. */
export function inserted(x: Tensor, rank: number): Tensor {
  // (batch, ...s) to (batch, 1..., ...s)
  const [batch, ...rest] = x.shape
  return reshape(x, [batch!, ...Array.from({ length: rank - rest.length }, () => 1), ...rest])
}
