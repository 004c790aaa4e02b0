/** The fixed structures of a written file: superblock and object headers of version 1. */
import type { ElementKind } from './write-hdf5.ts'

/** Bytes of a superblock of version 0. */
export const SUPERBLOCK_SIZE = 96

/** Half the symbols that one leaf of a group may hold. */
export const LEAF_HALF = 4

/** Half the children that one node of a group's tree may have. */
export const NODE_HALF = 16

const NOWHERE = 0xffffffffffffffffn

/** Appends little-endian numbers. */
export class ByteList {
  readonly #bytes: number[] = []

  /** Numbers written. */
  get length(): number {
    return this.#bytes.length
  }

  /** One byte each. */
  bytes(...values: number[]): this {
    this.#bytes.push(...values)
    return this
  }

  /** An unsigned integer of `width` bytes. */
  uint(value: number | bigint, width: 2 | 4 | 8): this {
    let rest = BigInt(value)
    for (let i = 0; i < width; i++, rest >>= 8n) this.#bytes.push(Number(rest & 0xffn))
    return this
  }

  /** Zeros up to `length` bytes in all. */
  padTo(length: number): this {
    while (this.#bytes.length < length) this.#bytes.push(0)
    return this
  }

  /** A copy as an array. */
  done(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }
}

/** The superblock of a file of `end` bytes. */
export function superblock(rootHeader: number, end: number): Uint8Array {
  return new ByteList()
    .bytes(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)
    .bytes(0, 0, 0, 0, 0, 8, 8, 0) // versions; 8 bytes for offsets and for lengths
    .uint(LEAF_HALF, 2)
    .uint(NODE_HALF, 2)
    .uint(0, 4)
    .uint(0, 8)
    .uint(NOWHERE, 8)
    .uint(end, 8)
    .uint(NOWHERE, 8)
    .uint(0, 8)
    .uint(rootHeader, 8)
    .padTo(SUPERBLOCK_SIZE) // nothing cached of the root group
    .done()
}

/** Header of a group. */
export function groupHeader(tree: number, heap: number): Uint8Array {
  return header([[0x11, new ByteList().uint(tree, 8).uint(heap, 8)]])
}

/** Header of a contiguous dataset whose bytes are at `at`. */
export function datasetHeader(
  shape: readonly number[],
  type: ElementKind,
  at: number,
  size: number,
): Uint8Array {
  const space = new ByteList().bytes(1, shape.length, 0, 0).uint(0, 4)
  for (const axis of shape) space.uint(axis, 8)
  const layout = new ByteList()
    .bytes(3, 1)
    .uint(size === 0 ? NOWHERE : at, 8)
    .uint(size, 8)
  return header([
    [0x01, space],
    [0x03, datatype(type)],
    [0x05, new ByteList().bytes(2, 2, 2, 0)], // memory when first written, no fill value
    [0x08, layout],
  ])
}

function header(messages: readonly (readonly [type: number, content: ByteList])[]): Uint8Array {
  const body = new ByteList()
  for (const [type, content] of messages) {
    const padded = content.padTo(Math.ceil(content.length / 8) * 8)
    body
      .uint(type, 2)
      .uint(padded.length, 2)
      .bytes(0, 0, 0, 0, ...padded.done())
  }
  const start = new ByteList().bytes(1, 0).uint(messages.length, 2).uint(1, 4).uint(body.length, 4)
  return start
    .padTo(16)
    .bytes(...body.done())
    .done()
}

function datatype(type: ElementKind): ByteList {
  if (type.kind === 'string') return new ByteList().bytes(0x13, 0x11, 0, 0).uint(type.size, 4) // padded, UTF-8
  const single = type.kind === 'float32'
  const bits = single ? 32 : 64
  return new ByteList()
    .bytes(0x11, 0x20, bits - 1, 0)
    .uint(bits / 8, 4)
    .uint(0, 2)
    .uint(bits, 2)
    .bytes(...(single ? [23, 8, 0, 23] : [52, 11, 0, 52]))
    .uint(single ? 127 : 1023, 4)
}
