/** Nested parameter records as flat maps, named by dotted paths such as `rnn.0.recurrent`, and back. */

import { ElmanError } from '../errors/elman-error.ts'
import { isNdArray, type NdArray } from '../tensor/nd-array.ts'

/** Arrays in nested plain records; a list counts as a record with the names `0`, `1`, … */
export interface ParameterRecord {
  readonly [name: string]: NdArray | ParameterRecord
}

/**
 * The arrays by path, in the order of the record. Records without arrays leave no trace.
 *
 * @throws `PARAMETER_PATH_INVALID` for a name that is empty or holds a dot; `PARAMETER_NOT_ARRAY` for a leaf that
 * is no array.
 */
export function flattenParameters(parameters: ParameterRecord): Map<string, NdArray> {
  const flat = new Map<string, NdArray>()
  collect(parameters, '', flat)
  return flat
}

function collect(record: ParameterRecord, prefix: string, flat: Map<string, NdArray>): void {
  for (const [name, value] of Object.entries(record)) {
    const path = prefix + name
    checkName(name, path)
    if (isNdArray(value)) flat.set(path, value)
    else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value))
      collect(value, `${path}.`, flat)
    else {
      throw new ElmanError('PARAMETER_NOT_ARRAY', {
        message: `parameter ${path} is neither an array nor a record of arrays`,
        expected: 'an NdArray { dtype, shape, data }, or a plain record of them',
        found:
          value === null ? 'null' : ArrayBuffer.isView(value) ? 'bare storage without a shape' : typeof value,
      })
    }
  }
}

/**
 * The nested records of a flat map; the inverse of {@link flattenParameters}, lists becoming records.
 *
 * @throws `PARAMETER_PATH_INVALID` for a path with an empty part, or one that is both an array and a record.
 */
export function unflattenParameters(flat: Iterable<readonly [string, NdArray]>): ParameterRecord {
  const root: Record<string, unknown> = {}
  for (const [path, array] of flat) {
    const names = path.split('.')
    for (const name of names) checkName(name, path)
    const leaf = names.pop()!
    let record = root
    for (const name of names) {
      record[name] ??= {}
      if (isNdArray(record[name]))
        throw invalidPath(path, `${name} is an array already and cannot hold another`)
      record = record[name] as Record<string, unknown>
    }
    if (leaf in record) throw invalidPath(path, 'the path is taken by another array or record')
    record[leaf] = array
  }
  return root as ParameterRecord
}

function checkName(name: string, path: string): void {
  if (name === '') throw invalidPath(path, 'a part of it is empty')
  if (name.includes('.')) throw invalidPath(path, `the name ${JSON.stringify(name)} holds a dot`)
  if (name in Object.prototype) throw invalidPath(path, `${name} is a name of every JavaScript object`)
}

function invalidPath(path: string, reason: string): ElmanError {
  return new ElmanError('PARAMETER_PATH_INVALID', {
    message: `"${path}" cannot name a parameter: ${reason}`,
    expected: 'names joined by dots, such as rnn.0.recurrent',
  })
}
