/** What a pickle may become, and what stands on its stack meanwhile. */
import type { NdArray } from '@elman/core'

/** A key of a dictionary. */
export type PickleKey = string | number | bigint | boolean | null

/** What a pickle holds once it is read. Tuples are frozen arrays; whole numbers past 2^53 are bigints. */
export type PickleValue = PickleKey | NdArray | readonly PickleValue[] | ReadonlyMap<PickleKey, PickleValue>

/** A name that the allow-list knows. */
export interface AllowedGlobal {
  readonly kind: 'global'
  /** As the pickle spells it: `module.name`. */
  readonly name: string
  /** What a storage of this name holds, where it is one. */
  readonly storage?: StorageKind | undefined
  /** What a call of it gives, where it may be called. */
  readonly call?: ((call: AllowedCall) => StackValue) | undefined
}

/** A call from the allow-list. */
export interface AllowedCall {
  readonly parameters: readonly StackValue[]
  /** Says how many values the call copies: all copies together may not outgrow the pickle. */
  readonly copies: (count: number) => void
  /** Refuses the call, saying what was wrong with it. */
  readonly refuse: (found: string) => Error
}

/** Elements of a storage. */
export type StorageKind =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool'

/** Numbers that lie outside of the pickle. */
export interface StorageReference {
  readonly kind: 'storage'
  readonly elements: StorageKind
  /** Name of the numbers in the file. */
  readonly key: string
  /** Elements that there should be. */
  readonly count: number
  /** First element of the storage within those of `key`; 0 but for views of old files. */
  readonly start: number
  /** Elements of `key` as a whole. */
  readonly whole: number
}

/** A tensor whose numbers have not been read. */
export interface TensorPlan {
  readonly kind: 'tensor'
  readonly storage: StorageReference
  /** Element of the storage that is the first. */
  readonly offset: number
  readonly shape: readonly number[]
  /** In elements. */
  readonly strides: readonly number[]
}

/** What stands on the stack of a pickle that is being read. */
export type StackValue =
  | PickleKey
  | AllowedGlobal
  | StorageReference
  | TensorPlan
  | StackValue[]
  | readonly StackValue[]
  | Map<PickleKey, StackValue>

/** Whether it is one of the records of this reader. */
export function isRecord(value: StackValue): value is AllowedGlobal | StorageReference | TensorPlan {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map)
}

/** Whether it may be the key of a dictionary. */
export function isKey(value: StackValue): value is PickleKey {
  return value === null || typeof value !== 'object'
}

/** Whether it is a list, which can grow; tuples are frozen. */
export function isList(value: StackValue | undefined): value is StackValue[] {
  return Array.isArray(value) && !Object.isFrozen(value)
}
