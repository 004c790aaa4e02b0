import { CELL, type CellFactory, defineComponent } from '@elman/core'
import { z } from 'zod'

/** Sizes and initial values that every cell takes. */
export interface CellOptions {
  /** Features of x. */
  readonly inputSize: number
  /** Features of the carried state. */
  readonly hidden: number
  /** Weights and biases start uniform in ± this; 1 / √hidden as in PyTorch unless given. */
  readonly initialScale?: number | undefined
}

/** Options of cells with a forget gate. */
export interface ForgetOptions extends CellOptions {
  /** The forget gate's bias at the start (Jozefowicz et al. 2015 advise 1); drawn like all others unless given. */
  readonly forgetBias?: number | undefined
}

/** Schema of {@link CellOptions} without the input's size, which follows from the place of the cell. */
export const cellConfig = z.strictObject({
  hidden: z.int().positive().describe('features of the carried state'),
  initialScale: z.number().positive().optional().describe('weights start uniform in ± this (1 / √hidden)'),
})

/** Schema of {@link ForgetOptions}. */
export const forgetConfig = cellConfig.extend({
  forgetBias: z.number().optional().describe("the forget gate's bias at the start"),
})

/** Schema of layer-normalised cells. */
export const layerNormConfig = forgetConfig.extend({
  epsilon: z.number().positive().default(1e-5).describe('added to the variance'),
})

/** Describes a cell for the registry: its schema's options and `inputSize` are the cell function's options. */
export function describeCellFunction<Schema extends z.ZodObject>(
  type: string,
  summary: string,
  config: Schema,
  cell: (options: z.output<Schema> & { readonly inputSize: number }) => ReturnType<CellFactory>,
) {
  return defineComponent(CELL, {
    type,
    summary,
    config,
    create: (options: z.output<Schema>): CellFactory => {
      return inputSize => cell({ ...options, inputSize })
    },
  })
}
