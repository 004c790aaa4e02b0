import { z } from 'zod'
import { componentOf } from '../config/component-schema.ts'
import { defineComponent, LAYER } from '../container/extension-point.ts'
import { foldIn } from '../random/keys.ts'
import { childContext } from './child-context.ts'
import type { Layer, Parameters, Traced } from './layer.ts'

/**
 * Layers one after the other. Parameters: a record with the layers' own under their number: `0`, `1`, …; a layer
 * without parameters has an empty record.
 */
export function sequential(layers: readonly Layer[]): Layer<{ readonly [index: string]: Parameters }> {
  return {
    init: (key, dtype) =>
      Object.fromEntries(layers.map((layer, i) => [String(i), layer.init(foldIn(key, i), dtype)])),
    apply: (parameters, x, context) =>
      layers.reduce((input, layer, i) => {
        const own = (parameters[String(i)] ?? {}) as Traced<Parameters>
        return layer.apply(own, input, childContext(context, String(i)))
      }, x),
  }
}

/** Registry entry `sequential`. */
export const sequentialComponent = defineComponent(LAYER, {
  type: 'sequential',
  summary: 'layers one after the other',
  config: z.strictObject({ layers: z.array(componentOf(LAYER)).describe('the layers, first to last') }),
  create: ({ layers }, services) => sequential(layers.map(layer => services.create(LAYER, layer))),
})
