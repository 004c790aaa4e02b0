/** Registry entries of the initialisers. */
import { z } from 'zod'
import { defineComponent, INITIALIZER } from '../container/extension-point.ts'
import {
  constant,
  fanInUniform,
  kaimingNormal,
  kaimingUniform,
  normal,
  orthogonal,
  uniform,
  xavierNormal,
  xavierUniform,
  zeros,
} from './initializers.ts'
import type { Initializer } from './layer.ts'

const nothing = z.strictObject({})

function gained(type: string, summary: string, gain: number, make: (gain: number) => Initializer) {
  return defineComponent(INITIALIZER, {
    type,
    summary,
    config: z.strictObject({ gain: z.number().positive().default(gain).describe('factor on all values') }),
    create: config => make(config.gain),
  })
}

/** Registry entry `zeros`. */
export const zerosComponent = defineComponent(INITIALIZER, {
  type: 'zeros',
  summary: 'all elements 0',
  config: nothing,
  create: () => zeros,
})

/** Registry entry `constant`. */
export const constantInitializerComponent = defineComponent(INITIALIZER, {
  type: 'constant',
  summary: 'all elements one value',
  config: z.strictObject({ value: z.number().describe('the value') }),
  create: ({ value }) => constant(value),
})

/** Registry entry `uniform`. */
export const uniformComponent = defineComponent(INITIALIZER, {
  type: 'uniform',
  summary: 'uniform in ± limit',
  config: z.strictObject({ limit: z.number().nonnegative().describe('largest absolute value') }),
  create: ({ limit }) => uniform(limit),
})

/** Registry entry `normal`. */
export const normalComponent = defineComponent(INITIALIZER, {
  type: 'normal',
  summary: 'normal with mean 0',
  config: z.strictObject({ deviation: z.number().nonnegative().default(1).describe('standard deviation') }),
  create: ({ deviation }) => normal(deviation),
})

/** Registry entry `fan-in-uniform`. */
export const fanInUniformComponent = defineComponent(INITIALIZER, {
  type: 'fan-in-uniform',
  summary: "uniform in ± 1 / √fan-in, PyTorch's default of linear layers",
  config: nothing,
  create: () => fanInUniform,
})

/** Registry entry `xavier-uniform`. */
export const xavierUniformComponent = gained(
  'xavier-uniform',
  'uniform in ± √(6 / (fan-in + fan-out)) (Glorot & Bengio 2010)',
  1,
  xavierUniform,
)

/** Registry entry `xavier-normal`. */
export const xavierNormalComponent = gained(
  'xavier-normal',
  'normal with variance 2 / (fan-in + fan-out) (Glorot & Bengio 2010)',
  1,
  xavierNormal,
)

/** Registry entry `kaiming-uniform`. */
export const kaimingUniformComponent = gained(
  'kaiming-uniform',
  'uniform in ± √(6 / fan-in) (He et al. 2015)',
  Math.SQRT2,
  kaimingUniform,
)

/** Registry entry `kaiming-normal`. */
export const kaimingNormalComponent = gained(
  'kaiming-normal',
  'normal with variance 2 / fan-in (He et al. 2015)',
  Math.SQRT2,
  kaimingNormal,
)

/** Registry entry `orthogonal`. */
export const orthogonalComponent = gained(
  'orthogonal',
  'a random matrix with orthonormal rows or columns (Saxe et al. 2014)',
  1,
  orthogonal,
)
