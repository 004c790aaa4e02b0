/** One text and one hash for a config, whatever the order of its keys. */
import { createHash } from 'node:crypto'
import { ElmanError } from '../errors/elman-error.ts'

/**
 * JSON with sorted keys and no spaces (the form of RFC 8785). Keys whose value is undefined are left out; -0 is 0.
 *
 * @throws CONFIG_NOT_DATA for what JSON cannot hold: functions, class instances, NaN, infinities, circles
 */
export function canonicalJson(value: unknown): string {
  return write(value, [], [])
}

/** SHA-256 of the canonical JSON, as 64 hexadecimal digits. */
export function hashConfig(config: unknown): string {
  return createHash('sha256').update(canonicalJson(config), 'utf8').digest('hex')
}

function write(value: unknown, path: readonly string[], ancestors: readonly object[]): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw notData(path, String(value))
    return JSON.stringify(value === 0 ? 0 : value)
  }
  if (typeof value !== 'object') throw notData(path, value === undefined ? 'undefined' : `a ${typeof value}`)
  if (ancestors.includes(value)) throw notData(path, 'an object that contains itself')
  const inside = [...ancestors, value]
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item, i) => write(item, [...path, String(i)], inside)).join(',')}]`
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null) {
    throw notData(path, `an instance of ${prototype.constructor?.name || 'a class'}`)
  }
  const entries = Object.entries(value).filter(([, part]) => part !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${write(part, [...path, key], inside)}`).join(',')}}`
}

function notData(path: readonly string[], found: string): ElmanError {
  return new ElmanError('CONFIG_NOT_DATA', {
    message: `${path.join('.') || 'the config'} is not data`,
    expected: 'null, a boolean, a finite number, a string, an array or a plain object',
    found,
    hint: 'a config is stored and hashed: name a component by its type and options',
  })
}
