import { z } from 'zod'
import { defineComponent, LAYER } from '../container/extension-point.ts'
import type { Tensor } from '../ir/scope.ts'
import { relu, sigmoid, softplus, tanh } from '../ops/elementwise.ts'
import { gelu, geluTanh, logSoftmax, silu, softmax } from '../ops/neural.ts'
import { elu, geGlu, glu, hardTanh, leakyRelu, logSigmoid, swiGlu } from './activations.ts'
import type { FlatLayer } from './layer.ts'

const ACTIVATIONS: { readonly [Name in ActivationName]: (x: Tensor) => Tensor } = {
  relu,
  tanh,
  sigmoid,
  softplus,
  gelu,
  'gelu-tanh': geluTanh,
  silu,
  softmax,
  'log-softmax': logSoftmax,
  elu,
  'leaky-relu': x => leakyRelu(x),
  'hard-tanh': hardTanh,
  'log-sigmoid': logSigmoid,
  glu,
  swiglu: swiGlu,
  geglu: geGlu,
}

/** Names of functions for {@link activation}. */
export type ActivationName =
  | 'relu'
  | 'tanh'
  | 'sigmoid'
  | 'softplus'
  | 'gelu'
  | 'gelu-tanh'
  | 'silu'
  | 'softmax'
  | 'log-softmax'
  | 'elu'
  | 'leaky-relu'
  | 'hard-tanh'
  | 'log-sigmoid'
  | 'glu'
  | 'swiglu'
  | 'geglu'

/** A function of tensors as a layer without parameters. */
export function activation(f: ActivationName | ((x: Tensor) => Tensor)): FlatLayer {
  const apply = typeof f === 'string' ? ACTIVATIONS[f] : f
  return { init: () => ({}), apply: (_parameters, x) => apply(x) }
}

/** Registry entry `activation`. */
export const activationComponent = defineComponent(LAYER, {
  type: 'activation',
  summary: 'a function without parameters: element by element, gated, or a softmax',
  config: z.strictObject({
    function: z.enum(Object.keys(ACTIVATIONS) as [ActivationName, ...ActivationName[]]).describe('its name'),
  }),
  create: config => activation(config.function),
})
