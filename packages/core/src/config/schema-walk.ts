/**
 * Walks a zod schema and a value together, through objects, arrays, records, tuples, unions and wrappers.
 *
 * Two walks: one over what the user wrote, to find keys that no schema knows (also where an author wrote `z.object`,
 * which would drop them silently); one over the checked result, to replace component references.
 */
import type { z } from 'zod'
import { componentKindOf } from './component-schema.ts'

/** A key that the object it stands in does not take. */
export interface UnknownKey {
  /** Path of the object, without the key. */
  readonly path: readonly string[]
  readonly key: string
  /** The keys that the object takes. */
  readonly options: readonly string[]
}

type Schema = z.core.$ZodType
type Data = Readonly<Record<string, unknown>>

/** Whether a value is an object with keys of its own, not an array or null. */
export function isRecord(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The keys in `value` that `schema` does not know, in the order written. */
export function unknownKeys(schema: Schema, value: unknown, path: readonly string[] = []): UnknownKey[] {
  if (componentKindOf(schema) !== undefined) return []
  const def = definition(schema)
  const within = (inner: Schema, part: unknown, key: string) => unknownKeys(inner, part, [...path, key])
  switch (def.type) {
    case 'object': {
      if (!isRecord(value)) return []
      const options = Object.keys(def.shape)
      const open = def.catchall !== undefined && definition(def.catchall).type !== 'never'
      return Object.keys(value).flatMap(key => {
        if (Object.hasOwn(def.shape, key)) return within(def.shape[key]!, value[key], key)
        return open ? [] : [{ path, key, options }]
      })
    }
    case 'array':
      return Array.isArray(value) ? value.flatMap((item, i) => within(def.element, item, String(i))) : []
    case 'tuple':
      return Array.isArray(value)
        ? def.items.flatMap((item, i) => (i < value.length ? within(item, value[i], String(i)) : []))
        : []
    case 'record':
      return isRecord(value) ? Object.keys(value).flatMap(key => within(def.valueType, value[key], key)) : []
    case 'union': {
      const option = optionOf(def, value)
      return option === undefined ? [] : unknownKeys(option, value, path)
    }
    case 'pipe':
      return unknownKeys(def.in, value, path)
    default: {
      const inner = innerOf(def)
      return inner === undefined ? [] : unknownKeys(inner, value, path)
    }
  }
}

/** Replaces a component reference: the value as written, the kind asked for, and its path. */
export type ReplaceComponent = (value: unknown, kind: string, path: readonly string[]) => unknown

/** A copy of a checked value in which every component reference went through `replace`. */
export function replaceComponents(
  schema: Schema,
  value: unknown,
  replace: ReplaceComponent,
  path: readonly string[] = [],
): unknown {
  if (value === undefined || value === null) return value
  const kind = componentKindOf(schema)
  const def = definition(schema)
  if (kind !== undefined && def.type === 'union') return replace(value, kind, path)
  const within = (inner: Schema, part: unknown, key: string) =>
    replaceComponents(inner, part, replace, [...path, key])
  switch (def.type) {
    case 'object':
      return isRecord(value) ? mapKeys(value, (part, key) => withinShape(def.shape[key], part, key)) : value
    case 'array':
      return Array.isArray(value) ? value.map((item, i) => within(def.element, item, String(i))) : value
    case 'tuple':
      return Array.isArray(value) ? value.map((item, i) => withinShape(def.items[i], item, String(i))) : value
    case 'record':
      return isRecord(value) ? mapKeys(value, (part, key) => within(def.valueType, part, key)) : value
    case 'union': {
      const option = def.options.find(candidate => (candidate as z.ZodType).safeParse(value).success)
      return option === undefined ? value : replaceComponents(option, value, replace, path)
    }
    case 'pipe':
      return replaceComponents(def.out, value, replace, path)
    default: {
      const inner = innerOf(def)
      return inner === undefined ? value : replaceComponents(inner, value, replace, path)
    }
  }

  function withinShape(inner: Schema | undefined, part: unknown, key: string): unknown {
    return inner === undefined ? part : within(inner, part, key)
  }
}

function definition(schema: Schema): z.core.$ZodTypes['_zod']['def'] {
  return (schema as z.core.$ZodTypes)._zod.def
}

/** The schema inside a wrapper such as `optional` or `default`. */
function innerOf(def: z.core.$ZodTypes['_zod']['def']): Schema | undefined {
  if (def.type === 'lazy') return def.getter()
  return 'innerType' in def ? def.innerType : undefined
}

/** The member of a union that a value belongs to, as far as its discriminator or its being an object tells. */
function optionOf(def: z.core.$ZodUnionDef, value: unknown): Schema | undefined {
  const { discriminator } = def as z.core.$ZodUnionDef & { readonly discriminator?: string }
  if (!isRecord(value)) return undefined
  const objects = def.options.filter(option => definition(option).type === 'object')
  if (discriminator === undefined)
    return objects.length === 1 && noComponent(def.options) ? objects[0] : undefined
  return objects.find(option => {
    const { shape } = definition(option) as z.core.$ZodObjectDef
    return (shape[discriminator] as z.ZodType | undefined)?.safeParse(value[discriminator]).success
  })
}

function noComponent(options: readonly Schema[]): boolean {
  return options.every(option => componentKindOf(option) === undefined)
}

function mapKeys(value: Data, change: (part: unknown, key: string) => unknown): Data {
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, change(part, key)]))
}
