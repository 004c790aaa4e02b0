/** Datasets: their messages checked against each other and against the file, their numbers read on demand. */
import { ElmanError, type NdArray, ndArray } from '@elman/core'
import type { ByteView } from './byte-view.ts'
import { damaged, unsupported } from './hdf5-error.ts'
import { type HeaderMessage, MESSAGE } from './object-header.ts'

/** A dataset of a file. */
export interface Hdf5Dataset {
  readonly path: string
  readonly shape: readonly number[]
  /** What its elements are; `other` is not read. */
  readonly kind: 'float32' | 'float64' | 'string' | 'other'
  /** Bytes of one element. */
  readonly elementSize: number
  /**
   * Its numbers, in memory of their own.
   *
   * @throws `HDF5_UNSUPPORTED`, `HDF5_DAMAGED`
   */
  read(): NdArray
  /** Its bytes as they are in the file; shares the file's memory. @throws as {@link read} */
  bytes(): Uint8Array
}

/** Axes of a dataset that HDF5 allows. */
const MOST_AXES = 32

/** A dataset from the messages of its header. */
export function readDataset(view: ByteView, path: string, messages: readonly HeaderMessage[]): Hdf5Dataset {
  const where = `${view.where}, ${path}`
  const shape = readShape(view, where, find(messages, MESSAGE.dataspace, where, 'dataspace'))
  const type = readType(view, find(messages, MESSAGE.datatype, where, 'datatype'), where)
  const bytes = (): Uint8Array => {
    if (messages.some(message => message.type === MESSAGE.filters)) throw unsupported(where, 'a filter')
    const layout = readLayout(view, where, find(messages, MESSAGE.layout, where, 'layout'))
    const size = shape.reduce((product, axis) => product * axis, type.elementSize)
    if (layout.length !== size) {
      throw damaged(
        where,
        `${layout.length} bytes`,
        `${size} bytes: (${shape.join(', ')}) of ${type.elementSize} each`,
      )
    }
    return layout
  }
  return {
    ...{ path, shape, ...type },
    bytes,
    read() {
      const { kind } = type
      if (kind !== 'float32' && kind !== 'float64') {
        throw unsupported(
          where,
          kind === 'string' ? 'a dataset of texts' : 'elements that are no such floats',
        )
      }
      const raw = new Uint8Array(bytes()) // a copy, also of a Buffer, whose slice is none
      const data = kind === 'float32' ? new Float32Array(raw.buffer) : new Float64Array(raw.buffer)
      return ndArray(kind, shape, data)
    },
  }
}

function find(messages: readonly HeaderMessage[], type: number, where: string, name: string): HeaderMessage {
  const message = messages.find(candidate => candidate.type === type)
  if (message === undefined)
    throw damaged(where, `no ${name}`, `a ${name} message in the header of a dataset`)
  return message
}

function readShape(view: ByteView, where: string, { at, size }: HeaderMessage): number[] {
  const version = view.uint(at, 1)
  const rank = view.uint(at + 1, 1)
  if (version !== 1 && version !== 2)
    throw damaged(where, `dataspace of version ${version}`, 'version 1 or 2')
  const start = version === 1 ? 8 : 4
  if (rank > MOST_AXES || start + 8 * rank > size) {
    throw damaged(where, `${rank} axes in a dataspace of ${size} bytes`)
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.address(at + start + 8 * axis))
  if (shape.some(length => length < 0)) throw damaged(where, 'an axis without length')
  return shape
}

type ElementType = Pick<Hdf5Dataset, 'kind' | 'elementSize'>

/** Bit offset, precision, place and size of exponent and mantissa, exponent bias: IEEE 754. */
const FLOATS = {
  4: { kind: 'float32', sign: 31, layout: [32, 23, 8, 0, 23, 127] },
  8: { kind: 'float64', sign: 63, layout: [64, 52, 11, 0, 52, 1023] },
} as const

function readType(view: ByteView, { at, size }: HeaderMessage, where: string): ElementType {
  if (size < 8) throw damaged(where, `a datatype of ${size} bytes`)
  const kind = view.uint(at, 1) & 0xf
  const elementSize = view.uint(at + 4, 4)
  if (elementSize === 0) throw damaged(where, 'elements of 0 bytes')
  if (kind === 3) return { kind: 'string', elementSize }
  const float = FLOATS[elementSize as 4 | 8]
  if (kind !== 1 || float === undefined || size < 20) return { kind: 'other', elementSize }
  const found = [
    ...[view.uint(at + 10, 2), view.uint(at + 12, 1), view.uint(at + 13, 1)],
    ...[view.uint(at + 14, 1), view.uint(at + 15, 1), view.uint(at + 16, 4)],
  ]
  const littleEndian = (view.uint(at + 1, 1) & 0x41) === 0 && view.uint(at + 8, 2) === 0
  const ieee = littleEndian && view.uint(at + 2, 1) === float.sign && String(found) === String(float.layout)
  return { kind: ieee ? float.kind : 'other', elementSize }
}

function readLayout(view: ByteView, where: string, { at, size }: HeaderMessage): Uint8Array {
  const version = view.uint(at, 1)
  if (version !== 3 && version !== 4) throw unsupported(where, `data layout of version ${version}`)
  const layout = view.uint(at + 1, 1)
  if (layout === 0) {
    const length = view.uint(at + 2, 2)
    if (4 + length > size) throw damaged(where, `${length} bytes in a message of ${size}`)
    return view.bytes(at + 4, length)
  }
  if (layout !== 1) throw unsupported(where, layout === 2 ? 'a chunked dataset' : `data layout ${layout}`)
  const address = view.address(at + 2)
  const length = view.address(at + 10)
  if (address < 0 && length > 0) throw damaged(where, 'a dataset that was never written')
  return view.bytes(Math.max(0, address), length)
}

/**
 * The dataset of a path.
 *
 * @throws `HDF5_DATASET_MISSING`
 */
export function datasetAt(
  datasets: ReadonlyMap<string, Hdf5Dataset>,
  path: string,
  where: string,
): Hdf5Dataset {
  const dataset = datasets.get(path)
  if (dataset !== undefined) return dataset
  const names = [...datasets.keys()]
  throw new ElmanError('HDF5_DATASET_MISSING', {
    message: `the file has no dataset "${path}"`,
    found:
      names.length === 0 ? 'no dataset' : `${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`,
    where,
  })
}
