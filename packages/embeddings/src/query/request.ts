import { ElmanError } from '@elman/core'

/** A number of things asked for. @throws `EMBEDDING_QUERY_INVALID` unless it is a whole number above 0. */
export function checkCount(name: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value
  throw new ElmanError('EMBEDDING_QUERY_INVALID', {
    message: `\`${name}\` cannot be ${value}`,
    expected: 'a whole number above 0',
  })
}
