/** Reading and adding by index. Indices are int32 and must be in range: the reference backend checks, others may not. */
import { ElmanError } from '../errors/elman-error.ts'
import type { BatchingContext, Primitive } from '../ir/primitive.ts'
import { apply, type Scope, type Tensor } from '../ir/scope.ts'
import { add, broadcastTo } from '../ops/elementwise.ts'
import { gather, gatherElements, scatterAdd, scatterAddElements } from '../ops/indexing.ts'
import { reshape } from '../ops/shape.ts'
import { allocate, sameShape, sizeOf } from '../tensor/dtype.ts'
import { filled, type NdArray } from '../tensor/nd-array.ts'
import { allBatched, floatOnly, mismatch, withBatchAxis, wrongDType } from './rules.ts'

function inRange(index: number, extent: number, name: string): number {
  if (index >= 0 && index < extent) return index
  throw new ElmanError('INDEX_OUT_OF_RANGE', {
    message: `"${name}" was given index ${index}`,
    expected: `0 to ${extent - 1}`,
  })
}

/** Indices of a batched table: row r of batch b becomes row b · rows + r of the flattened table. */
function flattenTable(context: BatchingContext<'gather' | 'scatterAdd'>): { table: Tensor; indices: Tensor } {
  const table = withBatchAxis(context, 0)
  const indices = withBatchAxis(context, 1)
  const rows = table.shape[1]!
  const offsets: NdArray = {
    dtype: 'int32',
    shape: [context.size, ...indices.shape.slice(1).map(() => 1)],
    data: Int32Array.from({ length: context.size }, (_, i) => i * rows),
  }
  return {
    table: reshape(table, [context.size * rows, ...table.shape.slice(2)]),
    indices: add(indices, offsets),
  }
}

/** Zeros that take no room in the graph, wherever the cotangent lives. */
function zerosLike(x: Tensor, scope: Scope): Tensor {
  return broadcastTo(scope.constant(filled([], 0, x.dtype)), x.shape)
}

/** Rows of a table by index. */
export const gather_: Primitive<'gather'> = {
  summary: 'Rows of a table (rows, ...) by index (...): shape (...indices, ...row).',
  infer: inputs => {
    if (inputs[1]!.dtype !== 'int32') throw wrongDType('gather', 'int32 indices', inputs)
    if (inputs[0]!.shape.length === 0) throw mismatch('gather', 'a table with at least one axis', inputs)
    return [{ dtype: inputs[0]!.dtype, shape: [...inputs[1]!.shape, ...inputs[0]!.shape.slice(1)] }]
  },
  derivative: ({ inputs: [table, indices], cotangents: [d] }) => [
    scatterAdd(zerosLike(table!, d!.scope), indices!, d!),
    undefined,
  ],
  batch: context => {
    const [table, indices] = context.inputs as readonly [Tensor, Tensor]
    if (!context.batched[0]) return [gather(table, indices)]
    const flat = flattenTable(context)
    return [gather(flat.table, flat.indices)]
  },
  evaluate: ([table, indices]) => {
    const width = sizeOf(table!.shape.slice(1))
    const data = allocate(table!.dtype, indices!.data.length * width)
    indices!.data.forEach((index: number | bigint, i: number) => {
      const row = inRange(Number(index), table!.shape[0]!, 'gather')
      data.set(table!.data.subarray(row * width, (row + 1) * width) as never, i * width)
    })
    return [{ dtype: table!.dtype, shape: [...indices!.shape, ...table!.shape.slice(1)], data }]
  },
}

/** A table with rows added. */
export const scatterAdd_: Primitive<'scatterAdd'> = {
  summary: 'A table (rows, ...) with updates (...indices, ...row) added to the rows named; repeats add up.',
  infer: inputs => {
    const [table, indices, updates] = inputs as readonly [NdArray, NdArray, NdArray]
    floatOnly('scatterAdd', inputs)
    if (indices.dtype !== 'int32' || updates.dtype !== table.dtype)
      throw wrongDType('scatterAdd', 'int32 indices and updates like the table', inputs)
    if (!sameShape(updates.shape, [...indices.shape, ...table.shape.slice(1)])) {
      throw mismatch(
        'scatterAdd',
        `updates of shape [${[...indices.shape, ...table.shape.slice(1)].join(',')}]`,
        inputs,
      )
    }
    return [{ dtype: table.dtype, shape: table.shape }]
  },
  derivative: ({ inputs: [, indices], cotangents: [d], needed }) => [
    d!,
    undefined,
    needed[2] ? gather(d!, indices!) : undefined,
  ],
  batch: context => {
    const { table, indices } = flattenTable(context)
    const updates = withBatchAxis(context, 2)
    const rows = context.batched[0] ? context.inputs[0]!.shape[1]! : context.inputs[0]!.shape[0]!
    const result = scatterAdd(table, indices, updates)
    return [reshape(result, [context.size, rows, ...result.shape.slice(1)])]
  },
  evaluate: ([table, indices, updates]) => {
    const data = table!.data.slice() as Float32Array
    const width = sizeOf(table!.shape.slice(1))
    indices!.data.forEach((index: number | bigint, i: number) => {
      const at = inRange(Number(index), table!.shape[0]!, 'scatterAdd') * width
      for (let k = 0; k < width; k++) data[at + k]! += updates!.data[i * width + k] as number
    })
    return [{ dtype: table!.dtype, shape: table!.shape, data }]
  },
}

function checkLastAxis(
  name: 'gatherElements' | 'scatterAddElements',
  inputs: readonly { dtype: string; shape: readonly number[] }[],
): void {
  const [x, index] = inputs as readonly [NdArray, NdArray]
  if (index.dtype !== 'int32') throw wrongDType(name, 'int32 indices', inputs as NdArray[])
  if (!sameShape(index.shape, x.shape.slice(0, -1)))
    throw mismatch(name, 'one index for every row of the last axis', inputs as NdArray[])
}

/** One element of every row. */
export const gatherElements_: Primitive<'gatherElements'> = {
  summary: 'Element index[...] of the last axis of x (..., n) at every position (...).',
  infer: inputs => {
    checkLastAxis('gatherElements', inputs)
    return [{ dtype: inputs[0]!.dtype, shape: inputs[1]!.shape }]
  },
  derivative: ({ inputs: [x, index], cotangents: [d] }) => [
    scatterAddElements(zerosLike(x!, d!.scope), index!, d!),
    undefined,
  ],
  batch: context => {
    const [x, index] = allBatched(context) as [Tensor, Tensor]
    return [gatherElements(x, index)]
  },
  evaluate: ([x, index]) => {
    const n = x!.shape.at(-1)!
    const data = allocate(x!.dtype, index!.data.length)
    for (let i = 0; i < data.length; i++)
      data[i] = x!.data[i * n + inRange(Number(index!.data[i]!), n, 'gatherElements')]! as never
    return [{ dtype: x!.dtype, shape: index!.shape, data }]
  },
}

/** One element of every row, increased. */
export const scatterAddElements_: Primitive<'scatterAddElements'> = {
  summary: 'x (..., n) with update[...] added to element index[...] of the last axis.',
  infer: inputs => {
    floatOnly('scatterAddElements', inputs)
    checkLastAxis('scatterAddElements', inputs)
    if (!sameShape(inputs[2]!.shape, inputs[1]!.shape))
      throw mismatch('scatterAddElements', 'one update for every index', inputs)
    return [inputs[0]!]
  },
  derivative: ({ inputs: [, index], cotangents: [d], needed }) => [
    d!,
    undefined,
    needed[2] ? gatherElements(d!, index!) : undefined,
  ],
  batch: context => apply('scatterAddElements', allBatched(context), {}),
  evaluate: ([x, index, update]) => {
    const n = x!.shape.at(-1)!
    const data = x!.data.slice() as Float32Array
    for (let i = 0; i < index!.data.length; i++) {
      data[i * n + inRange(Number(index!.data[i]!), n, 'scatterAddElements')]! += update!.data[i] as number
    }
    return [{ dtype: x!.dtype, shape: x!.shape, data }]
  },
}
