/**
 * A writer of HDF5 files, dataset by dataset: only names and addresses stay in memory. The form is that of h5py's
 * defaults: superblock 0, groups by symbol tables, contiguous little-endian datasets.
 *
 * Numbers and headers are appended as they come; the groups follow at the end, and the superblock, which knows where
 * they are, is written last. Until then the file has no signature: a half-written one is no HDF5 file.
 */
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { ElmanError, fileError, type NdArray, sizeOf } from '@elman/core'
import { datasetHeader, groupHeader, SUPERBLOCK_SIZE, superblock } from './hdf5-blocks.ts'
import { symbolTable } from './hdf5-symbols.ts'

/** A file that is being written. */
export interface Hdf5Writer {
  /**
   * Appends a dataset of floats.
   *
   * @param path - Names joined by `/`; the groups are made.
   * @throws `HDF5_PATH_TAKEN`, `HDF5_PATH_INVALID`, `FILE_UNWRITABLE`
   */
  write(path: string, array: NdArray): Promise<void>
  /** Appends a dataset (1) that holds one text of fixed length, UTF-8. @throws as {@link write} */
  writeText(path: string, text: string): Promise<void>
  /** Writes the groups and puts the file in its place. */
  close(): Promise<void>
  /** Gives up: nothing is left. */
  discard(): Promise<void>
}

/** A group while it is collected: addresses of datasets' headers, and groups. */
type Group = Map<string, number | Group>

/**
 * Opens a file for writing; an older file of that name stays until `close`.
 *
 * @throws `FILE_UNWRITABLE`
 */
export async function createHdf5(path: string): Promise<Hdf5Writer> {
  const temporary = `${path}.partial`
  const guard = async <T>(work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      throw error instanceof ElmanError ? error : fileError('write', path, error)
    })
  const handle: FileHandle = await guard(() => open(temporary, 'w'))
  const root: Group = new Map()
  let end = SUPERBLOCK_SIZE

  const append = async (bytes: Uint8Array): Promise<number> => {
    const at = end
    if (bytes.length > 0) await handle.write(bytes, 0, bytes.length, at)
    end = at + Math.ceil(bytes.length / 8) * 8
    return at
  }
  const add = async (name: string, shape: readonly number[], kind: ElementKind, bytes: Uint8Array) => {
    const [group, last] = place(root, name, path)
    const at = await append(bytes)
    group.set(last, await append(datasetHeader(shape, kind, at, bytes.length)))
  }
  const finishGroup = async (group: Group): Promise<number> => {
    const members: (readonly [string, number])[] = []
    for (const [name, member] of group) {
      members.push([name, typeof member === 'number' ? member : await finishGroup(member)])
    }
    const { bytes, tree, heap } = symbolTable(members, end)
    await append(bytes)
    return append(groupHeader(tree, heap))
  }

  return {
    write: (name, array) =>
      guard(() => {
        if (array.dtype !== 'float32' && array.dtype !== 'float64') throw notFloat(name, array, path)
        return add(name, array.shape, { kind: array.dtype }, bytesOf(array))
      }),
    writeText: (name, text) =>
      guard(() => {
        const bytes = new TextEncoder().encode(text)
        return add(
          name,
          [1],
          { kind: 'string', size: Math.max(1, bytes.length) },
          bytes.length === 0 ? new Uint8Array(1) : bytes,
        )
      }),
    close: () =>
      guard(async () => {
        const header = await finishGroup(root)
        await handle.truncate(end)
        const first = superblock(header, end)
        await handle.write(first, 0, first.length, 0)
        await handle.sync()
        await handle.close()
        await rename(temporary, path)
      }),
    async discard() {
      await handle.close()
      await rm(temporary, { force: true })
    },
  }
}

/** What the elements of a dataset are. */
export type ElementKind =
  | { readonly kind: 'float32' | 'float64' }
  | { readonly kind: 'string'; readonly size: number }

function bytesOf({ data, shape }: NdArray): Uint8Array {
  const whole = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return whole.subarray(0, sizeOf(shape) * data.BYTES_PER_ELEMENT)
}

/** The group that a path ends in, made where it is not there, and the last name. */
function place(root: Group, path: string, where: string): [Group, string] {
  const names = path.split('/')
  const last = names.pop()!
  if ([...names, last].some(name => name === '' || name === '.' || name.includes('\0'))) {
    throw new ElmanError('HDF5_PATH_INVALID', {
      message: `"${path}" is no name of a dataset`,
      expected: 'names that are not empty, joined by "/"',
      where,
    })
  }
  let group = root
  for (const name of names) {
    const member = group.get(name) ?? new Map()
    if (typeof member === 'number') throw taken(name, where)
    group.set(name, member)
    group = member
  }
  if (group.has(last)) throw taken(path, where)
  return [group, last]
}

function taken(path: string, where: string): ElmanError {
  return new ElmanError('HDF5_PATH_TAKEN', { message: `"${path}" is already in the file`, where })
}

function notFloat(path: string, { dtype }: NdArray, where: string): ElmanError {
  return new ElmanError('HDF5_UNSUPPORTED', {
    message: `dataset "${path}" is not written`,
    expected: 'float32 or float64',
    found: dtype,
    where,
  })
}
