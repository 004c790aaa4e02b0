import { ElmanError } from '../errors/elman-error.ts'

/** What JSON can hold without loss. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined }

/**
 * Refuses what `JSON.stringify` would change in silence: NaN and infinities, bigints, functions, class instances
 * and typed arrays. Properties that are undefined are left out, as JSON does.
 *
 * @param where - Name of the value in the error, such as `state`.
 * @throws `JSON_NOT_PLAIN` with the path to what cannot be stored.
 */
export function checkJson(value: unknown, where: string): asserts value is JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return
  if (typeof value === 'number' && Number.isFinite(value)) return
  if (Array.isArray(value)) {
    value.forEach((element, index) => {
      checkJson(element, `${where}.${index}`)
    })
    return
  }
  if (!isPlainObject(value)) {
    throw new ElmanError('JSON_NOT_PLAIN', {
      message: `${where} cannot be stored as JSON without loss`,
      expected: 'null, booleans, finite numbers, strings, and lists and plain objects of them',
      found: describe(value),
    })
  }
  for (const [name, property] of Object.entries(value)) {
    if (property !== undefined) checkJson(property, `${where}.${name}`)
  }
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function describe(value: unknown): string {
  if (typeof value === 'object') return `an instance of ${(value as object).constructor.name}`
  return typeof value === 'number' || value === undefined ? String(value) : `a ${typeof value}`
}

/**
 * The first name that stands twice in one object of a JSON text, which `JSON.parse` lets pass.
 *
 * @param json - Text that `JSON.parse` accepts.
 */
export function duplicateName(json: string): string | undefined {
  const open: Set<string>[] = []
  const colon = /[ \t\r\n]*:/y
  for (let at = 0; at < json.length; at++) {
    const character = json[at]
    if (character === '{' || character === '[') open.push(new Set())
    else if (character === '}' || character === ']') open.pop()
    if (character !== '"') continue
    const start = at
    at++
    while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1
    colon.lastIndex = at + 1
    if (!colon.test(json)) continue
    const name = JSON.parse(json.slice(start, at + 1)) as string
    const names = open.at(-1)!
    if (names.has(name)) return name
    names.add(name)
  }
  return undefined
}
