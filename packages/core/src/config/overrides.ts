/** `--set path=value`: changes to a config from the command line. */
import { ElmanError } from '../errors/elman-error.ts'
import { isRecord } from './schema-walk.ts'

/**
 * A copy of a config with values replaced. The config itself and the parts not named stay as they are.
 *
 * A value is JSON if it reads as JSON (`3`, `true`, `null`, `[1,2]`, `"3"`), else the string itself. A path goes through
 * objects by key and arrays by index (the index after the last one appends). A component in its short form, `'lstm'`,
 * becomes `{ type: 'lstm' }` when the path goes into it. Keys that nothing knows are found by validation later.
 *
 * @param overrides such as `train.epochs=3`, `model.layers.0.hidden=64`
 * @throws CONFIG_OVERRIDE_INVALID when an override has no `=`, an empty key, or a path into a number or past an array
 */
export function applyOverrides<Config>(config: Config, overrides: readonly string[]): Config {
  let changed: unknown = config
  for (const override of overrides) {
    const equals = override.indexOf('=')
    if (equals < 0) throw invalid(override, 'it has no "="')
    const keys = override.slice(0, equals).trim().split('.')
    if (keys.some(key => key === '')) throw invalid(override, 'a key in its path is empty')
    changed = setAt(changed, keys, 0, parseValue(override.slice(equals + 1)), override)
  }
  return changed as Config
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function setAt(
  target: unknown,
  keys: readonly string[],
  depth: number,
  value: unknown,
  override: string,
): unknown {
  if (depth === keys.length) return value
  const key = keys[depth]!
  const next = (inner: unknown) => setAt(inner, keys, depth + 1, value, override)
  if (target === undefined || target === null) return { [key]: next(undefined) }
  if (Array.isArray(target)) {
    const index = /^\d+$/.test(key) ? Number(key) : Number.NaN
    if (!(index <= target.length)) {
      const range = `an index from 0 to ${target.length}`
      throw invalid(override, `${keys.slice(0, depth).join('.')} is an array: "${key}" is not ${range}`)
    }
    const copy = [...target]
    copy[index] = next(target[index])
    return copy
  }
  if (typeof target === 'string') return { type: target, [key]: next(undefined) }
  if (isRecord(target))
    return { ...target, [key]: next(Object.hasOwn(target, key) ? target[key] : undefined) }
  throw invalid(override, `${keys.slice(0, depth).join('.')} is ${String(target)}, which has no "${key}"`)
}

function invalid(override: string, why: string): ElmanError {
  return new ElmanError('CONFIG_OVERRIDE_INVALID', {
    message: `--set ${override}: ${why}`,
    expected: '--set path=value, such as --set train.epochs=3 or --set model.layers.0.hidden=64',
  })
}
