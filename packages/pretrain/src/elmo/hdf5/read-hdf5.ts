/**
 * A reader of the HDF5 files that ELMo's weights and vectors come in: superblocks 0 to 3, groups by symbol tables or
 * compact links, contiguous or compact datasets of floats. Whatever else a file may hold is refused by name. Nothing
 * of the file is trusted: every address is checked against its size, and no structure is walked twice.
 *
 * Form: the HDF5 File Format Specification, versions 2.0 and 3.0.
 */
import { readFile } from 'node:fs/promises'
import { ElmanError, fileError } from '@elman/core'
import { type ByteView, byteView } from './byte-view.ts'
import { type Hdf5Dataset, readDataset } from './dataset.ts'

import { readLinks } from './group.ts'
import { damaged } from './hdf5-error.ts'
import { MESSAGE, readMessages } from './object-header.ts'

export type { Hdf5Dataset } from './dataset.ts'

/** A file's datasets by path, such as `CNN/W_cnn_0`. */
export interface Hdf5File {
  readonly where: string
  readonly datasets: ReadonlyMap<string, Hdf5Dataset>
}

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]

/** Groups in groups; more than any real file has. */
const DEEPEST = 32

/**
 * Reads the structure of a file; numbers are read when a dataset is asked for them.
 *
 * @throws `FILE_UNREADABLE`; as {@link parseHdf5}
 */
export async function readHdf5(path: string): Promise<Hdf5File> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileError('read', path, error)
  })
  return parseHdf5(bytes, path)
}

/**
 * The same from the bytes of a file.
 *
 * @param where - Name of the file, for errors.
 * @throws `HDF5_SIGNATURE` when it is none, `HDF5_DAMAGED`, `HDF5_UNSUPPORTED`
 */
export function parseHdf5(bytes: Uint8Array, where: string): Hdf5File {
  if (SIGNATURE.some((byte, index) => bytes[index] !== byte)) throw notHdf5(bytes, where)
  const view = byteView(bytes, where)
  const datasets = new Map<string, Hdf5Dataset>()
  const seen = new Set<number>()
  const visit = (address: number, path: string, depth: number) => {
    if (depth > DEEPEST) throw damaged(where, `groups more than ${DEEPEST} deep`)
    if (seen.has(address)) throw damaged(where, `an object that is part of itself or linked twice: ${path}`)
    seen.add(address)
    const messages = readMessages(view, address)
    if (messages.some(({ type }) => type === MESSAGE.datatype)) {
      datasets.set(path, readDataset(view, path, messages))
      return
    }
    for (const { name, address: child } of readLinks(view, messages)) {
      visit(child, path === '' ? name : `${path}/${name}`, depth + 1)
    }
  }
  visit(rootAddress(view), '', 0)
  return { where, datasets }
}

function rootAddress(view: ByteView): number {
  const version = view.uint(8, 1)
  if (version > 3) throw damaged(view.where, `superblock of version ${version}`, 'version 0 to 3')
  const sizesAt = version < 2 ? 13 : 9
  const sizes = [view.uint(sizesAt, 1), view.uint(sizesAt + 1, 1)]
  if (sizes.some(size => size !== 8)) {
    throw damaged(view.where, `offsets and lengths of ${sizes.join(' and ')} bytes`, '8 and 8')
  }
  const base = view.address(version < 2 ? (version === 0 ? 24 : 28) : 12)
  const end = view.address(version < 2 ? (version === 0 ? 40 : 44) : 28)
  if (base !== 0) throw damaged(view.where, `base address ${base}`, '0')
  if (end > view.size)
    throw damaged(view.where, `${view.size} bytes`, `${end} bytes, as the file itself says`)
  return view.address(version < 2 ? (version === 0 ? 64 : 68) : 36)
}

function notHdf5(bytes: Uint8Array, where: string): ElmanError {
  const start = String.fromCharCode(...bytes.subarray(0, 64))
  const text = /^[\x20-\x7e\s]+$/.test(start) && start.length > 0
  return new ElmanError('HDF5_SIGNATURE', {
    message: 'this is no HDF5 file',
    expected: 'the eight bytes 89 48 44 46 0d 0a 1a 0a at its start',
    found: text
      ? `text that begins with ${JSON.stringify(start.slice(0, 24))}`
      : [...bytes.subarray(0, 8)].map(byte => byte.toString(16).padStart(2, '0')).join(' ') ||
        'an empty file',
    where,
    ...(text ? { hint: 'word vectors as text are read by @elman/embeddings' } : {}),
  })
}
