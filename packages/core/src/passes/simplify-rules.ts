/** Local rewrites that keep the value and save work. Each looks only at how its operands were made. */
import { isTensor, type Tensor } from '../ir/scope.ts'
import { add, broadcastTo, cast, equal, mul, neg } from '../ops/elementwise.ts'
import { scatterAdd } from '../ops/indexing.ts'
import { matmul } from '../ops/linear-algebra.ts'
import { argMax, sum } from '../ops/reduction.ts'
import { concat, reshape, transpose } from '../ops/shape.ts'
import { type Shape, sameShape, sizeOf } from '../tensor/dtype.ts'
import { madeBy, operand, repeatedScalar, repeatedVector, rowFactor, uniformValue } from './patterns.ts'
import type { Call, Rule, RuleBook } from './rewriting-scope.ts'

const one = (tensor: Tensor): readonly Tensor[] => [tensor]

// ---- views ----

const reshapeChain: Rule<'reshape'> = ({ inputs: [x], attributes: { shape } }) => {
  if (sameShape(x!.shape, shape)) return one(x!)
  return madeBy(x!, 'reshape') === undefined ? undefined : one(reshape(operand(x!), shape))
}

const transposeChain: Rule<'transpose'> = ({ inputs: [x], attributes: { permutation } }) => {
  if (permutation.every((axis, i) => axis === i)) return one(x!)
  const inner = madeBy(x!, 'transpose')
  return (
    inner &&
    one(
      transpose(
        operand(x!),
        permutation.map(axis => inner.attributes.permutation[axis]!),
      ),
    )
  )
}

const broadcastChain: Rule<'broadcastTo'> = ({ inputs: [x], attributes: { shape } }) => {
  if (sameShape(x!.shape, shape)) return one(x!)
  if (madeBy(x!, 'broadcastTo') !== undefined) return one(broadcastTo(operand(x!), shape))
  // (1, 1, n) made from (n) repeats the same way as (n) itself.
  if (madeBy(x!, 'reshape') === undefined) return undefined
  const source = operand(x!)
  const lead = x!.shape.length - source.shape.length
  const onlyOnes =
    lead > 0 &&
    x!.shape.slice(0, lead).every(extent => extent === 1) &&
    sameShape(x!.shape.slice(lead), source.shape)
  return onlyOnes ? one(broadcastTo(source, shape)) : undefined
}

const concatOfSplit: Rule<'concat'> = ({ inputs, attributes: { axis } }) => {
  const node = madeBy(inputs[0]!, 'split')
  if (node === undefined || node.attributes.axis !== axis || node.outputs.length !== inputs.length)
    return undefined
  return inputs.every((input, i) => input.value === node.outputs[i]) ? one(operand(inputs[0]!)) : undefined
}

const splitOfConcat: Rule<'split'> = ({ inputs: [x], attributes: { axis, sizes } }) => {
  const node = madeBy(x!, 'concat')
  if (node === undefined || node.attributes.axis !== axis || node.inputs.length !== sizes.length)
    return undefined
  const parts = node.inputs.map(value => x!.scope.tensor(value))
  return parts.every((part, i) => part.shape[axis] === sizes[i]) ? parts : undefined
}

// ---- arithmetic ----

const addZero: Rule<'add'> = ({ inputs: [a, b] }) => {
  if (uniformValue(b!) === 0) return one(a!)
  return uniformValue(a!) === 0 ? one(b!) : undefined
}

const subZero: Rule<'sub'> = ({ inputs: [a, b] }) => {
  if (uniformValue(b!) === 0) return one(a!)
  return uniformValue(a!) === 0 ? one(neg(b!)) : undefined
}

const mulOne: Rule<'mul'> = ({ inputs: [a, b] }) => {
  if (uniformValue(b!) === 1) return one(a!)
  return uniformValue(a!) === 1 ? one(b!) : undefined
}

/** (X · s) · t with scalars s and t is X · (s · t): one pass over X. */
const scalarChain: Rule<'mul'> = ({ inputs: [a, b] }) => {
  for (const [x, y] of [
    [a!, b!],
    [b!, a!],
  ] as const) {
    const outer = repeatedScalar(y)
    if (outer === undefined || madeBy(x, 'mul') === undefined || sizeOf(x.shape) === 1) continue
    for (const side of [0, 1]) {
      const inner = repeatedScalar(operand(x, side))
      if (inner === undefined) continue
      const factor = mul(reshape(inner, []), reshape(outer, []))
      return one(mul(operand(x, 1 - side), broadcastTo(factor, x.shape)))
    }
  }
  return undefined
}

const divOne: Rule<'div'> = ({ inputs: [a, b] }) => (uniformValue(b!) === 1 ? one(a!) : undefined)

const negChain: Rule<'neg'> = ({ inputs: [x] }) =>
  madeBy(x!, 'neg') === undefined ? undefined : one(operand(x!))

/** reshape(M) + (a vector over the last axis) = reshape(M + vector): the sum can then ride in the product. */
const addBeforeReshape: Rule<'add'> = ({ inputs: [a, b] }) => {
  for (const [x, y] of [
    [a!, b!],
    [b!, a!],
  ] as const) {
    const vector = repeatedVector(y)
    if (vector === undefined || madeBy(x, 'reshape') === undefined) continue
    const source = operand(x)
    if (
      source.shape.length < 2 ||
      source.shape.at(-1) !== x.shape.at(-1) ||
      madeBy(source, 'matmul') === undefined
    )
      continue
    return one(
      reshape(add(source, broadcastTo(reshape(vector, [vector.shape.at(-1)!]), source.shape)), x.shape),
    )
  }
  return undefined
}

// ---- products ----

function swapsLastTwo(x: Tensor): boolean {
  const node = madeBy(x, 'transpose')
  if (node === undefined) return false
  const rank = x.shape.length
  return node.attributes.permutation.every(
    (axis, i) => axis === (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i),
  )
}

const foldTransposes: Rule<'matmul'> = ({ inputs: [a, b], attributes: { transposeA, transposeB } }) => {
  if (swapsLastTwo(a!)) return one(matmul(operand(a!), b!, { transposeA: !transposeA, transposeB }))
  if (swapsLastTwo(b!)) return one(matmul(a!, operand(b!), { transposeA, transposeB: !transposeB }))
  return undefined
}

/** A factor per row of a wide operand moves to the narrow side of its products: (d ⊙ X) W = d ⊙ (X W), Hᵀ (d ⊙ X) = (d ⊙ H)ᵀ X, (d ⊙ X)ᵀ H = Xᵀ (d ⊙ H). */
const rowFactorThroughProduct: Rule<'matmul'> = ({
  inputs: [a, b],
  attributes: { transposeA, transposeB },
}) => {
  const left = scaledRows(a!)
  if (left !== undefined && !transposeA) {
    const product = matmul(left.rows, b!, { transposeB })
    return product.shape.at(-1)! < a!.shape[1]!
      ? one(mul(product, broadcastTo(left.factor, product.shape)))
      : undefined
  }
  if (left !== undefined && transposeA && !transposeB && b!.shape[1]! < a!.shape[1]!) {
    return one(matmul(left.rows, mul(b!, broadcastTo(left.factor, b!.shape)), { transposeA: true }))
  }
  const right = scaledRows(b!)
  if (right !== undefined && !transposeB && transposeA && a!.shape[1]! < b!.shape[1]!) {
    return one(matmul(mul(a!, broadcastTo(right.factor, a!.shape)), right.rows, { transposeA: true }))
  }
  return undefined
}

function scaledRows(x: Tensor): { rows: Tensor; factor: Tensor } | undefined {
  if (madeBy(x, 'mul') === undefined || x.shape.length !== 2) return undefined
  for (const [rows, factor] of [
    [operand(x, 0), operand(x, 1)],
    [operand(x, 1), operand(x, 0)],
  ] as const) {
    const small = rowFactor(factor)
    if (small !== undefined) return { rows, factor: small }
  }
  return undefined
}

// ---- sums ----

const sumChain: Rule<'reduceSum'> = ({ inputs: [x], attributes: { axes } }) => {
  const inner = madeBy(x!, 'reduceSum')
  if (inner === undefined) return undefined
  const source = operand(x!)
  const left = source.shape.map((_, axis) => axis).filter(axis => !inner.attributes.axes.includes(axis))
  return one(sum(source, [...inner.attributes.axes, ...axes.map(axis => left[axis]!)]))
}

/** Σ_t A_tᵀ B_t is one product of the matrices stacked: a weight's gradient over time is made once. */
const sumOfProducts: Rule<'reduceSum'> = ({ inputs: [x], attributes: { axes } }) => {
  const node = madeBy(x!, 'matmul')
  if (node === undefined || axes.length !== 1 || axes[0] !== 0 || x!.shape.length !== 3) return undefined
  const [a, b] = [operand(x!, 0), operand(x!, 1)]
  const { transposeA, transposeB } = node.attributes
  if (!transposeA || transposeB) return undefined
  return one(matmul(reshape(a, [-1, a.shape[2]!]), reshape(b, [-1, b.shape[2]!]), { transposeA: true }))
}

const sumOfSum: Rule<'reduceSum'> = ({ inputs: [x], attributes: { axes } }) => {
  if (madeBy(x!, 'add') === undefined || axes[0] !== 0 || axes.length !== 1) return undefined
  const [a, b] = [operand(x!, 0), operand(x!, 1)]
  const isProduct = (y: Tensor) =>
    (madeBy(y, 'matmul') ?? madeBy(y, 'add')) !== undefined && y.shape.length === 3
  return isProduct(a) && isProduct(b) ? one(add(sum(a, 0), sum(b, 0))) : undefined
}

/** Σ_rows d ⊙ X is dᵀ X: the large operand is read once and nothing of its size is made. */
const sumOfScaledRows: Rule<'reduceSum'> = ({ inputs: [x], attributes: { axes } }) => {
  if (axes.length !== 1 || axes[0] !== 0) return undefined
  const scaled = scaledRows(x!)
  if (scaled === undefined) return undefined
  const factor = broadcastTo(scaled.factor, [x!.shape[0]!, 1])
  return one(reshape(matmul(reshape(factor, [1, -1]), scaled.rows), [x!.shape[1]!]))
}

// ---- sparse tables: what only touches some rows stays small ----

function sparse(x: Tensor): { indices: Tensor; updates: Tensor } | undefined {
  const node = madeBy(x, 'scatterAdd')
  if (node === undefined || uniformValue(operand(x, 0)) !== 0) return undefined
  return { indices: operand(x, 1), updates: operand(x, 2) }
}

const scaleSparse: Rule<'mul'> = ({ inputs: [a, b] }) => {
  for (const [x, y] of [
    [a!, b!],
    [b!, a!],
  ] as const) {
    const rows = sparse(x)
    const factor = repeatedScalar(y)
    if (rows === undefined || factor === undefined) continue
    const scaled = mul(rows.updates, broadcastTo(reshape(factor, []), rows.updates.shape))
    return one(scatterAdd(operand(x, 0), rows.indices, scaled))
  }
  return undefined
}

const subtractSparse: Rule<'sub'> = ({ inputs: [a, b] }) => {
  const rows = sparse(b!)
  return rows && one(scatterAdd(a!, rows.indices, neg(rows.updates)))
}

const addSparse: Rule<'add'> = ({ inputs: [a, b] }) => {
  const rows = sparse(b!)
  if (rows !== undefined) return one(scatterAdd(a!, rows.indices, rows.updates))
  const other = sparse(a!)
  return other && one(scatterAdd(b!, other.indices, other.updates))
}

/** ‖table gradient‖² from the touched rows alone: equal indices are added up in a table of one row per index. */
const squareOfSparse: Rule<'reduceSum'> = call => {
  const [x] = call.inputs
  if (madeBy(x!, 'mul') === undefined || call.attributes.axes.length !== x!.shape.length) return undefined
  const table = operand(x!, 0)
  if (operand(x!, 1).value !== table.value) return undefined
  const rows = sparse(table)
  if (rows === undefined) return undefined
  const count = sizeOf(rows.indices.shape)
  // What it makes is sparse too, with as many rows as updates: there it ends.
  if (3 * count * count > sizeOf(table.shape) || count >= table.shape[0]!) return undefined
  const indices = reshape(rows.indices, [count])
  const updates = reshape(rows.updates, [count, ...table.shape.slice(1)])
  const square: Shape = [count, count]
  const same = equal(
    broadcastTo(reshape(indices, [count, 1]), square),
    broadcastTo(reshape(indices, [1, count]), square),
  )
  const first = argMax(cast(same, 'float32'), 1)
  const zeros = broadcastTo(zeroOf(call, table), updates.shape)
  const merged = scatterAdd(zeros, first, updates)
  return one(sum(mul(merged, merged)))
}

function zeroOf(call: Call<'reduceSum'>, like: Tensor): Tensor {
  const data = like.dtype === 'float64' ? Float64Array.of(0) : Float32Array.of(0)
  return call.scope.constant({ dtype: like.dtype, shape: [], data })
}

// ---- several products of one operand become one wide product ----

/** Applies `each` to the operands when all tensors were made by the same primitive. */
function allMadeBy(inputs: readonly Tensor[], name: 'matmul' | 'add' | 'reshape' | 'broadcastTo'): boolean {
  return inputs.length > 1 && inputs.every(input => madeBy(input, name) !== undefined)
}

const concatOfProducts: Rule<'concat'> = ({ inputs, attributes: { axis } }) => {
  const rank = inputs[0]!.shape.length
  if (axis !== rank - 1) return undefined
  if (allMadeBy(inputs, 'reshape')) {
    const sources = inputs.map(input => operand(input))
    const lead = sources[0]!.shape.slice(0, -1)
    const fits = sources.every(
      (source, i) =>
        sameShape(source.shape.slice(0, -1), lead) &&
        source.shape.length > 1 &&
        source.shape.at(-1) === inputs[i]!.shape.at(-1),
    )
    if (!fits) return undefined
    const wide = concat(sources, -1)
    return one(reshape(wide, [...inputs[0]!.shape.slice(0, -1), wide.shape.at(-1)!]))
  }
  if (allMadeBy(inputs, 'add')) {
    return one(
      add(
        concat(
          inputs.map(input => operand(input, 0)),
          -1,
        ),
        concat(
          inputs.map(input => operand(input, 1)),
          -1,
        ),
      ),
    )
  }
  if (allMadeBy(inputs, 'broadcastTo')) {
    const vectors = inputs.map(repeatedVector)
    if (!vectors.every(isTensor)) return undefined
    const wide = concat(
      vectors.map(vector => reshape(vector!, [vector!.shape.at(-1)!])),
      0,
    )
    return one(broadcastTo(wide, [...inputs[0]!.shape.slice(0, -1), wide.shape[0]!]))
  }
  if (!allMadeBy(inputs, 'matmul') || rank !== 2) return undefined
  const left = operand(inputs[0]!, 0)
  const { transposeA, transposeB } = madeBy(inputs[0]!, 'matmul')!.attributes
  const alike = inputs.every(input => {
    const node = madeBy(input, 'matmul')!
    return (
      operand(input, 0).value === left.value &&
      node.attributes.transposeA === transposeA &&
      node.attributes.transposeB === transposeB
    )
  })
  if (!alike) return undefined
  const right = concat(
    inputs.map(input => operand(input, 1)),
    transposeB ? 0 : 1,
  )
  return one(matmul(left, right, { transposeA, transposeB }))
}

const dropStopGradient: Rule<'stopGradient'> = ({ inputs: [x] }) => one(x!)

/** Rules that are safe before differentiation. */
export const simplifyRules: RuleBook = {
  reshape: [reshapeChain],
  transpose: [transposeChain],
  broadcastTo: [broadcastChain],
  concat: [concatOfSplit, concatOfProducts],
  split: [splitOfConcat],
  add: [addZero, addSparse, addBeforeReshape],
  sub: [subZero, subtractSparse],
  mul: [mulOne, scaleSparse, scalarChain],
  div: [divOne],
  neg: [negChain],
  matmul: [foldTransposes, rowFactorThroughProduct],
  reduceSum: [sumChain, sumOfProducts, sumOfSum, sumOfScaledRows, squareOfSparse],
}

/** Rules for a finished graph, which is not differentiated any more. */
export const finalRules: RuleBook = { ...simplifyRules, stopGradient: [dropStopGradient] }
