/** The names that a pickle may ask for. There are no others: nothing is looked up anywhere else. */
import {
  type AllowedCall,
  type AllowedGlobal,
  isKey,
  isRecord,
  type PickleKey,
  type StackValue,
  type StorageKind,
  type StorageReference,
  type TensorPlan,
} from './pickle-value.ts'

const STORAGES: { readonly [name: string]: StorageKind } = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
}

/** Most axes of a tensor. */
const MAXIMUM_RANK = 16

/** Names of a pickle without tensors. */
export const PLAIN_NAMES: ReadonlyMap<string, AllowedGlobal> = allowed({
  'collections.OrderedDict': orderedDictionary,
})

/** Names of a file of `torch.save`. */
export const TORCH_NAMES: ReadonlyMap<string, AllowedGlobal> = new Map([
  ...PLAIN_NAMES,
  ...allowed({
    'torch._utils._rebuild_tensor': rebuildTensor,
    'torch._utils._rebuild_tensor_v2': rebuildTensor,
    'torch._utils._rebuild_parameter': rebuildParameter,
  }),
  ...Object.entries(STORAGES).flatMap(([name, storage]) =>
    [`torch.${name}`, `torch.cuda.${name}`].map((full): [string, AllowedGlobal] => [
      full,
      { kind: 'global', name: full, storage },
    ]),
  ),
])

function allowed(calls: { readonly [name: string]: (call: AllowedCall) => StackValue }) {
  return new Map(
    Object.entries(calls).map(([name, call]): [string, AllowedGlobal] => [
      name,
      { kind: 'global', name, call },
    ]),
  )
}

function orderedDictionary({ parameters, copies, refuse }: AllowedCall): StackValue {
  const [pairs = [], ...rest] = parameters
  if (!Array.isArray(pairs) || rest.length > 0) throw refuse('parameters that are not a list of pairs')
  copies(pairs.length)
  const result = new Map<PickleKey, StackValue>()
  for (const pair of pairs as readonly StackValue[]) {
    const [key, value, ...more] = Array.isArray(pair) ? (pair as readonly StackValue[]) : []
    if (key === undefined || value === undefined || more.length > 0 || !isKey(key))
      throw refuse('an entry that is no pair')
    result.set(key, value)
  }
  return result
}

/** storage, offset, shape, strides; then `requires_grad`, hooks and more, which have no say here. */
function rebuildTensor({ parameters, refuse }: AllowedCall): StackValue {
  const [storage, offset, shape, strides] = parameters
  if (!isStorage(storage)) throw refuse('a first parameter that is no storage')
  if (!isCount(offset)) throw refuse('an offset that is no count')
  if (!isCounts(shape) || !isCounts(strides) || shape.length !== strides.length)
    throw refuse('a shape or strides that are not counts, one for each axis')
  if (shape.length > MAXIMUM_RANK) throw refuse(`${shape.length} axes`)
  const empty = shape.includes(0)
  const last = shape.reduce((sum, extent, axis) => sum + (extent - 1) * strides[axis]!, offset)
  if (!empty && !(last < storage.count)) {
    throw refuse(`element ${last} of a storage of ${storage.count}`)
  }
  return { kind: 'tensor', storage, offset, shape: [...shape], strides: [...strides] }
}

function rebuildParameter({ parameters, refuse }: AllowedCall): StackValue {
  const [tensor] = parameters
  if (!isTensorPlan(tensor)) throw refuse('a first parameter that is no tensor')
  return tensor
}

/**
 * The numbers that a persistent id names: `('storage', type, key, device, count)`, in old files with
 * `None` or `(view key, start, count)` after it.
 */
export function storageOf(id: StackValue, refuse: (found: string) => Error): StorageReference {
  if (!Array.isArray(id) || id[0] !== 'storage') throw refuse('an id that is no storage')
  const [, type, key, , count, view = null, ...rest] = id as readonly StackValue[]
  if (type === undefined || !isRecord(type) || type.kind !== 'global' || type.storage === undefined)
    throw refuse('a storage of unknown type')
  if (typeof key !== 'string' && typeof key !== 'number') throw refuse('a storage without a name')
  if (!isCount(count) || rest.length > 0) throw refuse('a storage whose length is no count')
  const whole = { kind: 'storage', elements: type.storage, key: String(key), whole: count } as const
  if (view === null) return { ...whole, count, start: 0 }
  const [, start, length] = Array.isArray(view) ? (view as readonly StackValue[]) : []
  if (!isCount(start) || !isCount(length) || start + length > count) throw refuse('a view past its storage')
  return { ...whole, count: length, start }
}

function isStorage(value: StackValue | undefined): value is StorageReference {
  return value !== undefined && isRecord(value) && value.kind === 'storage'
}

function isTensorPlan(value: StackValue | undefined): value is TensorPlan {
  return value !== undefined && isRecord(value) && value.kind === 'tensor'
}

function isCount(value: StackValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isCounts(value: StackValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every(isCount)
}
