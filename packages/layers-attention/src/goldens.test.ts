/** Attention against PyTorch's modules and against formulas written out from the papers, in both precisions. */
import { readFileSync } from 'node:fs'
import {
  cast,
  concat,
  evaluate,
  flattenParameters,
  type LayerContext,
  mul,
  type NdArray,
  ndArray,
  type Parameters,
  split,
  sum,
  type Tensor,
  type Traced,
  unflattenParameters,
  valueAndGrad,
} from '@elman/core'
import { expectClose, type GoldenArray } from '@elman/core/testing'
import { describe, expect, test } from 'vitest'
import {
  additiveAttention,
  attentionOverPast,
  causalBias,
  type FloatType,
  multiHeadAttention,
  rotary,
  type StatefulLayer,
  scaledDotProductAttention,
  sinusoids,
  transformerBlock,
} from './index.ts'

type Goldens = { readonly [name: string]: GoldenArray }

interface Golden {
  readonly name: string
  readonly kind: 'product' | 'heads' | 'block' | 'additive' | 'rotary' | 'transformer-xl' | 'past'
  // biome-ignore lint/suspicious/noExplicitAny: each case has its own options
  readonly options: any
  readonly inputs: Goldens
  readonly masks: Goldens
  readonly parameters: Goldens
  readonly output: GoldenArray
  readonly outputWeight: GoldenArray
  readonly gradients: { readonly inputs: Goldens; readonly parameters: Goldens }
}

const fixture = new URL('./fixtures/attention.json', import.meta.url)
const {
  cases,
  heads,
  size,
  sinusoids: codes,
} = JSON.parse(readFileSync(fixture, 'utf8')) as {
  readonly cases: readonly Golden[]
  readonly heads: number
  readonly size: number
  readonly sinusoids: { readonly positions: number[]; readonly table: GoldenArray }
}

type Tensors = { readonly [name: string]: Tensor }
type Run = (parameters: Traced<Parameters>, inputs: Tensors, masks: Tensors, golden: Golden) => Tensor

const context: LayerContext = { mode: 'evaluate' }

/** A layer that gives what it reads: stands for a recurrent layer whose states are known. */
const given = (width: number): StatefulLayer => ({
  inputSize: width,
  outputSize: width,
  init: () => ({}),
  initialState: () => ({}),
  apply: (_parameters, { xs }) => ({ outputs: xs, state: {} }),
})

const allowedOf = ({ allowed }: Tensors) => (allowed === undefined ? undefined : cast(allowed, 'bool'))

const runs: { readonly [Kind in Golden['kind']]: Run } = {
  product(_parameters, { queries, keys, values }, masks, { options }) {
    const causal = causalBias(queries!.shape[2]!, keys!.shape[2]!, queries!.dtype as FloatType)
    return scaledDotProductAttention(queries!, keys!, values!, {
      scale: options.scale,
      allowed: allowedOf(masks),
      bias: options.causal === true ? causal : masks.bias,
    })
  },
  heads: (parameters, inputs, masks, { options }) =>
    multiHeadAttention({ size, heads, ...options }).apply(
      parameters,
      { queries: inputs.queries!, keys: inputs.keys, values: inputs.values, allowed: allowedOf(masks) },
      context,
    ),
  block: (parameters, { queries }, { mask }, { options }) =>
    transformerBlock({ size, heads, ...options }).apply(parameters, { xs: queries!, mask }, context).outputs,
  additive: (parameters, inputs) =>
    additiveAttention({ querySize: 3, keySize: 4, hidden: 5 }).apply(
      parameters as never,
      inputs as never,
      context,
    ),
  rotary: (_parameters, { queries }, _masks, { options }) => rotary(queries!, options.first),
  'transformer-xl'(parameters, { queries }, _masks, { options }) {
    const block = transformerBlock({
      ...{ size, heads, inner: options.inner, bias: false, norm: 'post', activation: 'relu' },
      ...{ positions: 'relative', past: { kind: options.span, length: options.length } },
    })
    const own = (layer: number) => parameters[String(layer)] as Traced<Parameters>
    let states = [undefined, undefined] as (undefined | ReturnType<StatefulLayer['apply']>['state'])[]
    const outputs = split(queries!, options.segments, 0).map(segment => {
      const low = block.apply(own(0), { xs: segment, state: states[0] }, context)
      const high = block.apply(own(1), { xs: low.outputs, state: states[1] }, context)
      states = [low.state, high.state]
      return high.outputs
    })
    return concat(outputs, 0)
  },
  past: (parameters, { queries }, _masks, { options }) =>
    attentionOverPast(given(4), options).apply(
      { layer: {}, ...parameters } as never,
      { xs: queries! },
      context,
    ).outputs,
}

describe.each([
  ['float64', 1e-10],
  ['float32', 1e-5],
] as const)('in %s', (dtype, tolerance) => {
  const array = ({ shape, data }: GoldenArray): NdArray =>
    ndArray(dtype, shape, dtype === 'float64' ? Float64Array.from(data) : Float32Array.from(data))
  const arrays = (goldens: Goldens) =>
    Object.fromEntries(Object.entries(goldens).map(([name, golden]) => [name, array(golden)]))

  test.each(cases)('$name: output and gradients equal', golden => {
    const parameters = unflattenParameters(new Map(Object.entries(arrays(golden.parameters)))) as Parameters
    const result = evaluate(
      (own: Traced<Parameters>, inputs: Tensors, masks: Tensors, weight: Tensor) => {
        const [[, output], gradients] = valueAndGrad(
          (all: { own: Traced<Parameters>; inputs: Tensors }) => {
            const output = runs[golden.kind](all.own, all.inputs, masks, golden)
            return [sum(mul(output, weight)), output] as const
          },
          { hasAux: true },
        )({ own, inputs })
        return { output, gradients }
      },
      parameters,
      arrays(golden.inputs),
      arrays(golden.masks),
      array(golden.outputWeight),
    ) as { output: NdArray; gradients: { own: Parameters; inputs: { [name: string]: NdArray } } }
    expectClose(result.output, golden.output, tolerance)
    for (const [name, gradient] of Object.entries(golden.gradients.inputs))
      expectClose(result.gradients.inputs[name]!, gradient, tolerance)
    const found = flattenParameters(result.gradients.own)
    expect([...found.keys()].sort()).toEqual(Object.keys(golden.gradients.parameters).sort())
    for (const [path, gradient] of Object.entries(golden.gradients.parameters))
      expectClose(found.get(path)!, gradient, tolerance)
  })

  test('sinusoids equal', () => {
    expectClose(sinusoids(codes.positions, size, dtype), codes.table, tolerance)
  })
})
