/** Reading pickles and files of `torch.save` without running anything: what is not on the allow-list is refused. */
import { readFile } from 'node:fs/promises'
import { ElmanError, fileError } from '@elman/core'
import { PLAIN_NAMES, storageOf, TORCH_NAMES } from './allow-list.ts'
import { damagedPickle, pickleBytes } from './pickle-bytes.ts'
import { runPickle } from './pickle-machine.ts'
import type { PickleValue, StorageReference } from './pickle-value.ts'
import { settleValue, stringsOf } from './settle-value.ts'
import { STORAGE_BYTES, tensorReader } from './stored-tensors.ts'
import { isZip, type ZipEntries, zipEntries } from './zip-entries.ts'

/** First object of a file of `torch.save` before version 1.6, and the version after it. */
const MAGIC = 0x1950a86a20f9469cfc6cn
const LEGACY_VERSION = 1001

/**
 * Reads a pickle of dictionaries, lists, tuples, strings and numbers.
 *
 * @param where - Name of the file, for errors.
 * @throws `PICKLE_TRUNCATED`, `PICKLE_DAMAGED`, `PICKLE_REFUSED`
 */
export function readPickle(data: Uint8Array, where: string): PickleValue {
  return settleValue(runPickle(data, 0, { names: PLAIN_NAMES, where }).value, where)
}

/**
 * Reads a file of `torch.save`, of the ZIP format or the one before it: also tensors of float64, float32, float16,
 * bfloat16 (both become float32), int64, int32, int16, int8, uint8 (these become int32) and bool.
 *
 * @param where - Name of the file, for errors.
 * @throws `PICKLE_TRUNCATED`, `PICKLE_DAMAGED`, `PICKLE_REFUSED`, `ZIP_INVALID`, `TENSOR_TOO_LARGE`,
 *   `TORCH_FILE_UNKNOWN` when it is no file of `torch.save`
 */
export function readTorch(data: Uint8Array, where: string): PickleValue {
  return isZip(data) ? readZipFormat(data, where) : readLegacyFormat(data, where)
}

/** Reads a file of `torch.save`, which must fit into memory; as {@link readTorch}. @throws `FILE_UNREADABLE` */
export async function readTorchFile(path: string): Promise<PickleValue> {
  return readTorch(await bytesOfFile(path), path)
}

/** Reads a pickled list of strings, such as `itos_wt103.pkl`. @throws as {@link readPickle}; `PICKLE_NOT_STRINGS` */
export async function readPickledStrings(path: string): Promise<string[]> {
  return stringsOf(readPickle(await bytesOfFile(path), path), path)
}

async function bytesOfFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    throw fileError('read', path, error)
  }
}

function readZipFormat(data: Uint8Array, where: string): PickleValue {
  const entries = zipEntries(data, where)
  const name = entries.names.find(entry => /^[^/]+\/data\.pkl$/.test(entry))
  if (name === undefined) throw unknownFile('a ZIP archive without NAME/data.pkl', where)
  const root = name.slice(0, -'data.pkl'.length)
  checkByteOrder(entries, root, where)
  const inPickle = `${where}, ${name}`
  const how = { names: TORCH_NAMES, where: inPickle, persistent: storageOf }
  const { value } = runPickle(entries.read(name), 0, how)
  const read = new Map<string, Uint8Array>()
  const bytesOf = (storage: StorageReference): Uint8Array => {
    const bytes = read.get(storage.key) ?? entries.read(`${root}data/${storage.key}`)
    read.set(storage.key, bytes)
    checkLength(storage, bytes.length, where)
    return bytes
  }
  return settleValue(value, inPickle, tensorReader(bytesOf, data.length, where))
}

function checkByteOrder(entries: ZipEntries, root: string, where: string): void {
  const name = `${root}byteorder`
  if (!entries.names.includes(name)) return
  const order = new TextDecoder().decode(entries.read(name))
  if (order !== 'little') throw unknownFile(`byte order "${order}"`, where)
}

/** Four pickles (a magic number, a version, the system, the object), the names of the storages, and these. */
function readLegacyFormat(data: Uint8Array, where: string): PickleValue {
  const plain = { names: PLAIN_NAMES, where }
  if (data[0] !== 0x80) throw unknownFile('neither a ZIP archive nor a pickle', where)
  const magic = runPickle(data, 0, plain)
  if (magic.value !== MAGIC) throw unknownFile('a pickle, but not of torch.save', where)
  const version = runPickle(data, magic.end, plain)
  if (version.value !== LEGACY_VERSION) throw unknownFile(`version ${String(version.value)}`, where)
  const system = runPickle(data, version.end, plain)
  if (system.value instanceof Map && system.value.get('little_endian') === false)
    throw unknownFile('byte order "big"', where)
  const known = new Map<string, StorageReference>()
  const content = runPickle(data, system.end, {
    names: TORCH_NAMES,
    where,
    persistent(id, refuse) {
      const storage = storageOf(id, refuse)
      const first = known.get(storage.key) ?? storage
      if (first.elements !== storage.elements || first.whole !== storage.whole)
        throw refuse(`storage "${storage.key}" in two forms`)
      known.set(storage.key, first)
      return storage
    },
  })
  const names = runPickle(data, content.end, plain)
  const keys = stringsOf(settleValue(names.value, where), where)
  const places = storagePlaces(data, names.end, keys, known, where)
  const bytesOf = ({ key }: StorageReference): Uint8Array => {
    const bytes = places.get(key)
    if (bytes === undefined) throw damagedPickle(`storage "${key}" is not there`, names.end, where)
    return bytes
  }
  return settleValue(content.value, where, tensorReader(bytesOf, data.length, where))
}

/** The storages one after the other: eight bytes that count the elements, then these. */
function storagePlaces(
  data: Uint8Array,
  start: number,
  keys: readonly string[],
  known: ReadonlyMap<string, StorageReference>,
  where: string,
): Map<string, Uint8Array> {
  const bytes = pickleBytes(data, start, where)
  const places = new Map<string, Uint8Array>()
  for (const key of keys) {
    const storage = known.get(key)
    if (storage === undefined || places.has(key))
      throw damagedPickle(`storage "${key}" is announced, and not used or twice`, bytes.offset(), where)
    const count = bytes.length8()
    if (count !== storage.whole)
      throw damagedPickle(
        `storage "${key}" has ${count} elements, not ${storage.whole}`,
        bytes.offset(),
        where,
      )
    places.set(key, bytes.take(count * STORAGE_BYTES[storage.elements]))
  }
  return places
}

function checkLength({ key, elements, whole }: StorageReference, found: number, where: string): void {
  const expected = whole * STORAGE_BYTES[elements]
  if (found === expected) return
  throw new ElmanError('ZIP_INVALID', {
    message: `storage "${key}" has another length than its tensors say`,
    expected: `${expected} bytes`,
    found: `${found} bytes`,
    where,
  })
}

function unknownFile(found: string, where: string): ElmanError {
  return new ElmanError('TORCH_FILE_UNKNOWN', {
    message: 'not a file that torch.save writes',
    expected: 'a state dict saved by torch.save, of any version since 0.1.12, little-endian',
    found,
    where,
  })
}
