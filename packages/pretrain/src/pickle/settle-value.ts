/** From what a pickle left on its stack to plain values, with the numbers of tensors read. */
import { ElmanError, type NdArray } from '@elman/core'
import { refusedPickle } from './pickle-bytes.ts'
import { isRecord, type PickleValue, type StackValue, type TensorPlan } from './pickle-value.ts'

/** Most lists or dictionaries inside each other. */
const DEEPEST = 100

/**
 * The value itself. What is shared in the pickle is shared in the result.
 *
 * @param tensorOf - Reads the numbers of a tensor; tensors are refused without it.
 * @throws `PICKLE_REFUSED` for a value that contains itself, is nested too deeply, or is a bare name
 */
export function settleValue(
  value: StackValue,
  where: string,
  tensorOf?: (plan: TensorPlan) => NdArray,
): PickleValue {
  const settled = new Map<object, PickleValue>()
  const open = new Set<object>()
  const refuse = (asked: string) => refusedPickle(asked, undefined, where)
  const settle = (inner: StackValue): PickleValue => {
    if (typeof inner !== 'object' || inner === null) return inner
    const known = settled.get(inner)
    if (known !== undefined) return known
    if (open.has(inner)) throw refuse('a value that contains itself')
    if (open.size >= DEEPEST) throw refuse(`values nested more than ${DEEPEST} deep`)
    open.add(inner)
    const result = compound(inner)
    open.delete(inner)
    settled.set(inner, result)
    return result
  }
  const compound = (inner: StackValue & object): PickleValue => {
    if (inner instanceof Map) return new Map([...inner].map(([key, item]) => [key, settle(item)]))
    if (!isRecord(inner)) return (inner as readonly StackValue[]).map(settle)
    if (inner.kind === 'tensor' && tensorOf !== undefined) return tensorOf(inner)
    throw refuse(inner.kind === 'global' ? `"${inner.name}" itself` : `a bare ${inner.kind}`)
  }
  return settle(value)
}

/** The list of strings that a value must be, such as a vocabulary. @throws `PICKLE_NOT_STRINGS` */
export function stringsOf(value: PickleValue, where: string): string[] {
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value as string[]
  throw new ElmanError('PICKLE_NOT_STRINGS', {
    message: 'the pickle holds no list of strings',
    found:
      value instanceof Map ? 'a dictionary' : Array.isArray(value) ? 'a list of other things' : typeof value,
    where,
    hint: 'a vocabulary is a list of tokens in the order of their ids, such as itos_wt103.pkl',
  })
}
