import type { NdArray } from '@elman/core'
import type { OnnxElementType } from './element-type.ts'

/** A constant of a graph. */
export interface OnnxInitializer {
  readonly name: string
  readonly elementType: OnnxElementType
  readonly shape: readonly number[]
  /** The elements, row-major, little-endian. A view of the array's own storage. */
  readonly bytes: Uint8Array
}

const SAMPLES = 64

/** The bytes of an array without copying. */
export function bytesOf(array: NdArray): Uint8Array {
  const { buffer, byteOffset, byteLength } = array.data
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/**
 * Finds constants by content. A sampled hash narrows the search, then all bytes are compared, so that a large array
 * is read whole only when there is a candidate.
 */
export class InitializerTable {
  readonly #buckets = new Map<string, OnnxInitializer[]>()

  /** Name of an equal constant (same type, shape and bits), if there is one. */
  find(elementType: OnnxElementType, shape: readonly number[], bytes: Uint8Array): string | undefined {
    const bucket = this.#buckets.get(bucketKey(elementType, shape, bytes))
    return bucket?.find(candidate => Buffer.compare(candidate.bytes, bytes) === 0)?.name
  }

  /** Makes a constant findable. */
  add(initializer: OnnxInitializer): void {
    const key = bucketKey(initializer.elementType, initializer.shape, initializer.bytes)
    const bucket = this.#buckets.get(key)
    if (bucket === undefined) this.#buckets.set(key, [initializer])
    else bucket.push(initializer)
  }
}

function bucketKey(elementType: OnnxElementType, shape: readonly number[], bytes: Uint8Array): string {
  let hash = 0x811c9dc5
  const stride = Math.max(1, Math.floor(bytes.length / SAMPLES))
  for (let i = 0; i < bytes.length; i += stride) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return `${elementType}[${shape.join(',')}]${hash}`
}
