import { z } from 'zod'
import { ElmanError } from '../errors/elman-error.ts'
import type { Descriptor } from './descriptor.ts'
import type { Owner } from './registry.ts'

const isZodSchema = (value: unknown) =>
  typeof value === 'object' &&
  value !== null &&
  '_zod' in value &&
  typeof (value as { safeParse?: unknown }).safeParse === 'function'

const shape = z.looseObject({
  type: z.string().regex(/^[\w.-]+$/, 'expected a name of letters, digits, "-", "_" and "."'),
  summary: z.string().min(1),
  config: z.custom(isZodSchema, 'expected a zod 4 schema'),
  create: z.custom(value => typeof value === 'function', 'expected a function'),
})

/**
 * Checks what a plugin registered as a component.
 *
 * @throws PLUGIN_INVALID with one line for each field that is wrong
 */
export function checkDescriptor(value: unknown, kind: string, owner: Owner): Descriptor {
  const checked = shape.safeParse(value)
  if (checked.success) return value as Descriptor
  const type = (value as { type?: unknown } | null | undefined)?.type
  const name = typeof type === 'string' ? `${kind} "${type}"` : `a ${kind}`
  throw new ElmanError('PLUGIN_INVALID', {
    message: `${name} of ${owner.name}@${owner.version} is not a valid component`,
    hint: checked.error.issues.map(issue => `${issue.path.join('.') || kind}: ${issue.message}`),
  })
}
