/**
 * Entries of a ZIP archive that are stored as they are, as `torch.save` writes them (with the records of ZIP64).
 * Compressed, encrypted and doubled entries are refused; every place is checked against the file's length, and every
 * entry that is read against its checksum.
 */
import { crc32 } from 'node:zlib'
import { ElmanError } from '@elman/core'

/** Entries by name. */
export interface ZipEntries {
  readonly names: readonly string[]
  /** The bytes of an entry: a view of the file. @throws `ZIP_INVALID` when it is not there or is damaged */
  read(name: string): Uint8Array
}

interface Entry {
  readonly header: number
  readonly size: number
  readonly checksum: number
}

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
/** Longest comment after the end record, and the record itself. */
const END_REGION = 65_535 + 22

/** Whether a file begins as a ZIP archive does. */
export function isZip(data: Uint8Array): boolean {
  return data.length >= 4 && data[0] === 0x50 && data[1] === 0x4b && data[2] === 3 && data[3] === 4
}

/**
 * Reads the directory of an archive.
 *
 * @throws `ZIP_INVALID`
 */
export function zipEntries(data: Uint8Array, where: string): ZipEntries {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const invalid = (found: string) =>
    new ElmanError('ZIP_INVALID', { message: 'not a sound ZIP archive of stored entries', found, where })
  const check = (at: number, count: number, what: string) => {
    if (at >= 0 && at + count <= data.length) return
    throw invalid(`${what} at ${at} of ${count} bytes, in a file of ${data.length}`)
  }
  const { count, start, end } = directoryOf(view, check, invalid)
  const entries = new Map<string, Entry>()
  const decoder = new TextDecoder()
  let at = start
  for (let index = 0; index < count; index++) {
    check(at, 46, 'an entry of the directory')
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL) throw invalid(`no directory entry at ${at}`)
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)]
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map(place =>
      view.getUint16(at + place, true),
    )
    check(at + 46, nameLength! + extraLength!, 'a name')
    const name = decoder.decode(data.subarray(at + 46, at + 46 + nameLength!))
    if (entries.has(name)) throw invalid(`two entries "${name}"`)
    if ((flags & 1) !== 0) throw invalid(`entry "${name}" is encrypted`)
    if (method !== 0) throw invalid(`entry "${name}" is compressed (method ${method})`)
    const sizes = [20, 24, 42].map(place => view.getUint32(at + place, true))
    const extra = { at: at + 46 + nameLength!, length: extraLength! }
    const [packed, size, header] = widened(view, sizes as [number, number, number], extra, invalid)
    if (packed !== size) throw invalid(`entry "${name}" has two sizes`)
    entries.set(name, { header, size, checksum: view.getUint32(at + 16, true) })
    at += 46 + nameLength! + extraLength! + commentLength!
  }
  return {
    names: [...entries.keys()],
    read(name) {
      const entry = entries.get(name)
      if (entry === undefined) throw invalid(`no entry "${name}"`)
      const { header, size, checksum } = entry
      check(header, 30, `the header of "${name}"`)
      if (view.getUint32(header, true) !== LOCAL) throw invalid(`no header of "${name}" at ${header}`)
      const begin = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true)
      check(begin, size, `"${name}"`)
      const bytes = data.subarray(begin, begin + size)
      if (crc32(bytes) !== checksum) throw invalid(`the checksum of "${name}" differs`)
      return bytes
    },
  }
}

type Check = (at: number, count: number, what: string) => void
type Invalid = (found: string) => ElmanError

/** Where the directory is, by the record at the end of the file. */
function directoryOf(view: DataView, check: Check, invalid: Invalid) {
  const length = view.byteLength
  let record = length - 22
  while (record >= 0 && record >= length - END_REGION && view.getUint32(record, true) !== END) record -= 1
  if (record < 0 || record < length - END_REGION) throw invalid('no directory at the end of the file')
  const locator = record - 20
  let [count, bytes, start] = [
    view.getUint16(record + 10, true),
    view.getUint32(record + 12, true),
    view.getUint32(record + 16, true),
  ]
  if (locator >= 0 && view.getUint32(locator, true) === LOCATOR_64) {
    const wide = Number(view.getBigUint64(locator + 8, true))
    check(wide, 56, 'the directory of ZIP64')
    if (view.getUint32(wide, true) !== END_64) throw invalid(`no directory of ZIP64 at ${wide}`)
    ;[count, bytes, start] = [32, 40, 48].map(place => Number(view.getBigUint64(wide + place, true))) as [
      number,
      number,
      number,
    ]
  }
  check(start, bytes, 'the directory')
  if (count * 46 > bytes) throw invalid(`${count} entries in a directory of ${bytes} bytes`)
  return { count, start, end: start + bytes }
}

/** Packed size, size and place of the header, from the extra field where 32 bits do not hold them. */
function widened(
  view: DataView,
  values: [number, number, number],
  extra: { readonly at: number; readonly length: number },
  invalid: Invalid,
): [number, number, number] {
  const [packed, size, header] = values
  if (![packed, size, header].includes(0xffffffff)) return values
  const end = extra.at + extra.length
  for (let at = extra.at; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue
    let place = at + 4
    const limit = Math.min(end, place + view.getUint16(at + 2, true))
    const wide = (value: number): number => {
      if (value !== 0xffffffff) return value
      if (place + 8 > limit) throw invalid('sizes of ZIP64 that are cut short')
      place += 8
      return Number(view.getBigUint64(place - 8, true))
    }
    const wideSize = wide(size) // the extra field has the size before the packed size
    return [wide(packed), wideSize, wide(header)]
  }
  throw invalid('sizes of ZIP64 that are not there')
}
