import { z } from 'zod'
import { componentOf } from '../config/component-schema.ts'
import { defineComponent, LAYER } from '../container/extension-point.ts'
import { ElmanError } from '../errors/elman-error.ts'
import { add } from '../ops/elementwise.ts'
import { formatType, sameShape } from '../tensor/dtype.ts'
import type { Layer, Parameters } from './layer.ts'

/**
 * x + layer(x) (He et al. 2016). Parameters, random choices and state are the layer's own.
 *
 * @throws `LAYER_SIZES_DIFFER` when the layer changes the shape
 */
export function residual<P extends Parameters>(layer: Layer<P>): Layer<P> {
  return {
    init: (key, dtype) => layer.init(key, dtype),
    apply(parameters, x, context) {
      const y = layer.apply(parameters, x, context)
      if (sameShape(x.shape, y.shape)) return add(x, y)
      throw new ElmanError('LAYER_SIZES_DIFFER', {
        message: '"residual" adds the input of a layer to its output',
        expected: 'a layer whose output has the shape of its input',
        found: `${formatType(x)} in and ${formatType(y)} out`,
      })
    },
  }
}

/** Registry entry `residual`. */
export const residualComponent = defineComponent(LAYER, {
  type: 'residual',
  summary: "adds a layer's input to its output (He et al. 2016)",
  config: z.strictObject({ layer: componentOf(LAYER).describe('the layer') }),
  create: ({ layer }, services) => residual(services.create(LAYER, layer)),
})
