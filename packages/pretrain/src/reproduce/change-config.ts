/** Values inside plain configs by dotted path; `*` stands for every element of a list. */
import { ElmanError } from '@elman/core'

type Node = { [key: string]: unknown }

/** A copy in which no part stands at two places: a change at one would be one at the other. */
function copyOf(config: object): Node {
  return JSON.parse(JSON.stringify(config)) as Node
}

/** A copy of a config with values at paths replaced, put there, or, where they are undefined, taken away. */
export function withValues<Config extends object>(
  config: Config,
  values: Readonly<Record<string, unknown>>,
): Config {
  const copy = copyOf(config)
  for (const [path, value] of Object.entries(values)) {
    const keys = path.split('.')
    const last = keys.pop()!
    let at = copy
    for (const key of keys) {
      if (typeof at[key] !== 'object' || at[key] === null) at[key] = {}
      at = at[key] as Node
    }
    if (value === undefined) delete at[last]
    else at[last] = value
  }
  return copy as Config
}

/**
 * A copy of a config with the numbers at paths changed.
 *
 * @throws `REPRODUCE_PATH_MISSING` when there is no number at a path
 */
export function withNumbers<Config extends object>(
  config: Config,
  paths: readonly string[],
  change: (value: number) => number,
): Config {
  const copy = copyOf(config)
  for (const path of paths) changeAt(copy, path.split('.'), path, change)
  return copy as Config
}

function changeAt(
  at: Node,
  [key, ...rest]: readonly string[],
  path: string,
  change: (value: number) => number,
): void {
  for (const each of key === '*' ? Object.keys(at) : [key!]) {
    const value = at[each]
    if (rest.length > 0 && typeof value === 'object' && value !== null) {
      changeAt(value as Node, rest, path, change)
      continue
    }
    if (rest.length > 0 || typeof value !== 'number') {
      throw new ElmanError('REPRODUCE_PATH_MISSING', {
        message: `the row's experiment has no number at ${path}`,
        found: JSON.stringify(value) ?? 'nothing',
        where: 'reduction.widths of the row',
        hint: 'name the sizes as they stand in the experiment, such as model.cell.hidden',
      })
    }
    at[each] = change(value)
  }
}
