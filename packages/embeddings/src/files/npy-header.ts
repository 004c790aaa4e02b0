/** The head of a NumPy .npy file (versions 1 to 3): magic, length, and a Python dictionary literal of three keys. */

import { ElmanError, halfFloatTable } from '@elman/core'
import type { ByteStream } from './byte-stream.ts'

/** A matrix in an .npy file. */
export interface NpyLayout {
  readonly rows: number
  readonly columns: number
  /** Bytes of a number. */
  readonly width: 2 | 4 | 8
  /** First byte of the data. */
  readonly position: number
}

const WIDTHS: Readonly<Record<string, 2 | 4 | 8>> = { '<f2': 2, '<f4': 4, '<f8': 8 }
/** NumPy's own limit is 10,000 unless files are trusted. */
const MAXIMUM_HEADER = 65_536

/**
 * Reads the head of an .npy file that holds a matrix, and checks it against the file's size.
 *
 * @throws `EMBEDDING_NPY_INVALID` for other arrays, `EMBEDDING_FILE_TRUNCATED`
 */
export async function readNpyLayout(stream: ByteStream): Promise<NpyLayout> {
  const { path } = stream
  await stream.need(12)
  const head = stream.buffer.subarray(stream.begin, stream.end)
  const major = head[6] ?? 0
  const start = major === 1 ? 10 : 12
  if (head.length < start || major < 1 || major > 3)
    throw invalid(path, 'the version of the .npy file is unknown', '1, 2 or 3', String(major))
  const length = major === 1 ? head.readUInt16LE(8) : head.readUInt32LE(8)
  if (length > MAXIMUM_HEADER)
    throw invalid(
      path,
      'the header of the .npy file is too long',
      `at most ${MAXIMUM_HEADER} bytes`,
      String(length),
    )
  if (!(await stream.need(start + length)))
    throw truncated(path, `a header of ${length} bytes`, `${stream.available - start} bytes`)
  const text = stream.buffer.toString('utf8', stream.begin + start, stream.begin + start + length)
  const { rows, columns, width } = parseHeader(path, text)
  const position = start + length
  if (rows * columns * width > stream.size - position)
    throw truncated(
      path,
      `${rows} × ${columns} numbers of ${width} bytes`,
      `${stream.size - position} bytes behind the header`,
    )
  return { rows, columns, width, position }
}

function parseHeader(path: string, text: string): Omit<NpyLayout, 'position'> {
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1]
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1]
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1]
  if (shape === undefined || order === undefined || (descr === undefined && !text.includes("'descr'")))
    throw invalid(
      path,
      'the header of the .npy file is none',
      'descr, fortran_order and shape',
      JSON.stringify(text.slice(0, 60)),
    )
  if (descr === undefined)
    throw invalid(path, 'the array holds records', 'float16, float32 or float64', 'fields')
  if (descr.includes('O')) throw invalid(path, 'the array holds Python objects (a pickle)', 'numbers', descr)
  const width = Object.hasOwn(WIDTHS, descr) ? WIDTHS[descr] : undefined
  if (width === undefined)
    throw invalid(
      path,
      'the numbers of the array are of a kind that is not read',
      Object.keys(WIDTHS).join(', '),
      descr,
    )
  const extents = shape
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
    .map(Number)
  const [rows = 0, columns = 0] = extents
  if (extents.length !== 2 || rows === 0 || columns === 0)
    throw invalid(path, 'the array is no matrix', '(words, dimensions)', `(${extents.join(', ')})`)
  if (order === 'True' && rows > 1 && columns > 1)
    throw invalid(
      path,
      'the matrix lies column by column (Fortran order)',
      'rows one after the other',
      'fortran_order: True',
      'in Python save numpy.ascontiguousarray(matrix)',
    )
  return { rows, columns, width }
}

/** Turns `count` numbers at `offset` of a buffer into float32. */
export function npyDecoder(
  width: 2 | 4 | 8,
): (bytes: Buffer, offset: number, target: Float32Array, at: number, count: number) => void {
  if (width === 4)
    return (bytes, offset, target, at, count) => {
      new Uint8Array(target.buffer, target.byteOffset + at * 4, count * 4).set(
        bytes.subarray(offset, offset + count * 4),
      )
    }
  if (width === 8)
    return (bytes, offset, target, at, count) => {
      for (let i = 0; i < count; i++) target[at + i] = bytes.readDoubleLE(offset + 8 * i)
    }
  const table = halfFloatTable()
  return (bytes, offset, target, at, count) => {
    for (let i = 0; i < count; i++) target[at + i] = table[bytes.readUInt16LE(offset + 2 * i)]!
  }
}

/** The head of a float32 matrix, version 1, padded so that the data begin at a multiple of 64. */
export function encodeNpyHeader(rows: number, columns: number): Buffer {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10
  const head = Buffer.alloc(10 + length, 0x20)
  head.write('\x93NUMPY\x01\x00', 0, 'latin1')
  head.writeUInt16LE(length, 8)
  head.write(text, 10, 'latin1')
  head[head.length - 1] = 10
  return head
}

function invalid(path: string, message: string, expected: string, found: string, hint?: string): ElmanError {
  return new ElmanError('EMBEDDING_NPY_INVALID', {
    message,
    expected,
    found,
    where: `${path}, byte 0`,
    ...(hint === undefined ? {} : { hint }),
  })
}

function truncated(path: string, expected: string, found: string): ElmanError {
  return new ElmanError('EMBEDDING_FILE_TRUNCATED', {
    message: 'the .npy file is shorter than its header says',
    expected,
    found,
    where: `${path}, byte 0`,
    hint: 'was the file cut off? Save or download it again',
  })
}
