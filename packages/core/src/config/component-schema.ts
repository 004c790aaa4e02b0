import { z } from 'zod'
import type { ComponentReference, Descriptor } from '../container/descriptor.ts'
import type { ExtensionPoint } from '../container/extension-point.ts'

/** The key in a schema's metadata that names the extension point whose components it takes. */
const META = 'elmanComponent'

/**
 * The schema of a component inside another component's options: `cell: componentOf(CELL)` takes `'lstm'` and
 * `{ type: 'lstm', hidden: 200 }`. When the config is resolved, the inner options are checked by the schema of the
 * component they name, and completed.
 */
export function componentOf(point: ExtensionPoint<Descriptor>): z.ZodType<ComponentReference> {
  const error = `expected a ${point.kind}: its name, or { type: name, ...options }`
  return z.union([z.string(), z.looseObject({ type: z.string() })], { error }).meta({ [META]: point.kind })
}

/** The kind of component that a schema takes, or undefined when it is no {@link componentOf}. */
export function componentKindOf(schema: z.core.$ZodType): string | undefined {
  const kind = (schema as z.ZodType).meta?.()?.[META]
  return typeof kind === 'string' ? kind : undefined
}
