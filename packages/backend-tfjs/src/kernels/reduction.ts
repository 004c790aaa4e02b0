/** Combining elements along axes. */
import type { KernelRule } from './context.ts'

const reduceSum: KernelRule<'reduceSum'> = (context, _node, { axes }) => {
  if (axes.length === 0) return ([x]) => [context.same(x!)]
  return ([x]) => [context.run('Sum', { x: x! }, { axis: [...axes], keepDims: false })]
}

const reduceMax: KernelRule<'reduceMax'> = (context, _node, { axes }) => {
  if (axes.length === 0) return ([x]) => [context.same(x!)]
  return ([x]) => [context.run('Max', { x: x! }, { reductionIndices: [...axes], keepDims: false })]
}

const argMax: KernelRule<'argMax'> =
  (context, _node, { axis }) =>
  ([x]) => [context.run('ArgMax', { x: x! }, { axis })]

const cumulativeSum: KernelRule<'cumulativeSum'> =
  (context, _node, { axis, reverse }) =>
  ([x]) => [context.run('Cumsum', { x: x! }, { axis, exclusive: false, reverse })]

/** Reductions. */
export const reduction = { reduceSum, reduceMax, argMax, cumulativeSum }
