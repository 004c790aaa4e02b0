/** Where configs differ: nested values as dotted paths. */

/** One path and its value in each run, as JSON text; undefined where a run does not have it. */
export interface Difference {
  readonly path: string
  readonly values: readonly (string | undefined)[]
}

/** Leaves of a JSON value by dotted path; empty records and lists are leaves. */
export function leaves(value: unknown, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  const children = typeof value === 'object' && value !== null ? Object.entries(value) : []
  if (children.length === 0) {
    if (value !== undefined) found.set(path, JSON.stringify(value))
    return found
  }
  for (const [name, child] of children) {
    for (const [at, text] of leaves(child, path === '' ? name : `${path}.${name}`)) found.set(at, text)
  }
  return found
}

/** The paths whose values are not the same in all, in the order of appearance. */
export function differences(values: readonly unknown[]): Difference[] {
  const flat = values.map(value => leaves(value))
  const paths = new Set(flat.flatMap(map => [...map.keys()]))
  return [...paths]
    .map(path => ({ path, values: flat.map(map => map.get(path)) }))
    .filter(difference => difference.values.some(value => value !== difference.values[0]))
}
