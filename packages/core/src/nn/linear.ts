import { z } from 'zod'
import { componentOf } from '../config/component-schema.ts'
import { defineComponent, INITIALIZER, LAYER } from '../container/extension-point.ts'
import { add } from '../ops/elementwise.ts'
import { matmul } from '../ops/linear-algebra.ts'
import { foldIn } from '../random/keys.ts'
import { fanInUniform, uniform } from './initializers.ts'
import type { FlatLayer, Initializer } from './layer.ts'

/** Options of {@link linear}. */
export interface LinearOptions {
  /** Features of x. */
  readonly inputSize: number
  /** Features of the output. */
  readonly outputSize: number
  /** Whether a bias is added; true unless given. */
  readonly bias?: boolean | undefined
  /** First values of the weight; uniform in ± 1 / √inputSize, as in PyTorch, unless given. */
  readonly initializer?: Initializer | undefined
}

/**
 * y = x·W + b over the last axis: (..., inputSize) to (..., outputSize). Parameters: `weight` (inputSize, outputSize) and,
 * with `bias`, `bias` (outputSize), which starts uniform in ± 1 / √inputSize.
 */
export function linear(options: LinearOptions): FlatLayer {
  const { inputSize, outputSize, bias = true, initializer = fanInUniform } = options
  return {
    init(key, dtype = 'float32') {
      const weight = initializer(foldIn(key, 'weight'), [inputSize, outputSize], dtype)
      if (!bias) return { weight }
      return { weight, bias: uniform(1 / Math.sqrt(inputSize))(foldIn(key, 'bias'), [outputSize], dtype) }
    },
    apply(parameters, x) {
      const product = matmul(x, parameters.weight!)
      return parameters.bias === undefined ? product : add(product, parameters.bias)
    },
  }
}

/** Registry entry `linear`. */
export const linearComponent = defineComponent(LAYER, {
  type: 'linear',
  summary: 'x·W + b over the last axis',
  config: z.strictObject({
    inputSize: z.int().positive().describe('features of the input'),
    outputSize: z.int().positive().describe('features of the output'),
    bias: z.boolean().default(true).describe('whether a bias is added'),
    initializer: componentOf(INITIALIZER).default('fan-in-uniform').describe('first values of the weight'),
  }),
  create: ({ initializer, ...options }, services) =>
    linear({ ...options, initializer: services.create(INITIALIZER, initializer) }),
})
