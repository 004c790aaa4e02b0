import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isElmanError, type NdArray, ndArray } from '@elman/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseHdf5, readHdf5 } from './read-hdf5.ts'
import { createHdf5 } from './write-hdf5.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-hdf5-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const fixture = readFileSync(new URL('../fixtures/elmo-tiny/lm_weights.hdf5', import.meta.url))
/** Made by h5py 3.16 (see tools/goldens/elmo-files.py): superblock 3, compact links, a chunked dataset, an integer one. */
const latest = readFileSync(new URL('../fixtures/elmo-latest.hdf5', import.meta.url))

const ramp = (shape: readonly number[], from = 0): NdArray => {
  const size = shape.reduce((product, axis) => product * axis, 1)
  return ndArray(
    'float32',
    shape,
    Float32Array.from({ length: size }, (_, i) => from + i),
  )
}

test('the datasets of the published file have their names, shapes and first numbers', () => {
  const { datasets } = parseHdf5(fixture, 'weights')
  expect(datasets.size).toBe(33)
  const embedding = datasets.get('char_embed')!
  expect(embedding).toMatchObject({ shape: [261, 4], kind: 'float32' })
  expect(datasets.get('RNN_1/RNN/MultiRNNCell/Cell1/LSTMCell/W_P_0')!.shape).toEqual([64, 16])
  expect(embedding.read().data).toHaveLength(1044)
})

test.each([0, 1, 8, 9, 256, 257, 3000])('a group of %i datasets is read as it was written', async count => {
  const path = join(root, 'group.hdf5')
  const writer = await createHdf5(path)
  for (let i = 0; i < count; i++) await writer.write(String(i), ramp([2, 1], i))
  await writer.close()
  const { datasets } = await readHdf5(path)
  expect(datasets.size).toBe(count)
  for (let i = 0; i < count; i++) expect(datasets.get(String(i))!.read()).toEqual(ramp([2, 1], i))
})

test('groups, doubles, texts and empty arrays are read as they were written', async () => {
  const path = join(root, 'kinds.hdf5')
  const writer = await createHdf5(path)
  const double = ndArray('float64', [2], Float64Array.of(Math.PI, -0))
  await writer.write('a/b/ü', double)
  await writer.write('a/none', ramp([0, 4]))
  await writer.writeText('text', 'é')
  await writer.close()
  const { datasets } = await readHdf5(path)
  expect([...datasets.keys()].sort()).toEqual(['a/b/ü', 'a/none', 'text'])
  expect(datasets.get('a/b/ü')!.read()).toEqual(double)
  expect(datasets.get('a/none')!.read()).toEqual(ramp([0, 4]))
  expect(new TextDecoder().decode(datasets.get('text')!.bytes())).toBe('é')
})

test('an array that is a part of a larger memory is written as it is', async () => {
  const path = join(root, 'part.hdf5')
  const writer = await createHdf5(path)
  await writer.write('part', ndArray('float32', [2], Float32Array.of(1, 2, 3, 4).subarray(1, 3)))
  await writer.close()
  expect((await readHdf5(path)).datasets.get('part')!.read().data).toEqual(Float32Array.of(2, 3))
})

test('a name that is taken, empty or inside a dataset is refused, and a discarded file leaves nothing', async () => {
  const writer = await createHdf5(join(root, 'names.hdf5'))
  await writer.write('a/b', ramp([1]))
  await expect(writer.write('a/b', ramp([1]))).rejects.toMatchObject({ code: 'HDF5_PATH_TAKEN' })
  await expect(writer.write('a/b/c', ramp([1]))).rejects.toMatchObject({ code: 'HDF5_PATH_TAKEN' })
  await expect(writer.write('a//c', ramp([1]))).rejects.toMatchObject({ code: 'HDF5_PATH_INVALID' })
  await expect(writer.write('ids', ndArray('int32', [1], Int32Array.of(1)))).rejects.toMatchObject({
    code: 'HDF5_UNSUPPORTED',
  })
  await writer.discard()
  await expect(readHdf5(join(root, 'names.hdf5'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  await expect(readHdf5(join(root, 'names.hdf5.partial'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
})

test('a file of the newest form of h5py is read, and what is chunked or no float is refused by name', () => {
  const { datasets } = parseHdf5(latest, 'latest.hdf5')
  expect(datasets.get('group/ramp')!.read()).toEqual(ramp([2, 3]))
  expect(() => datasets.get('chunked')!.read()).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: HDF5_UNSUPPORTED  the HDF5 file uses a feature that is not read here
      expected groups by symbol tables or compact links, and contiguous little-endian float datasets without filters
      found    a chunked dataset
      in latest.hdf5, chunked
      write it again with h5py's defaults: no chunks, no compression, no libver='latest' for large groups]
  `)
  expect(() => datasets.get('integers')!.read()).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: HDF5_UNSUPPORTED  the HDF5 file uses a feature that is not read here
      expected groups by symbol tables or compact links, and contiguous little-endian float datasets without filters
      found    elements that are no such floats
      in latest.hdf5, integers
      write it again with h5py's defaults: no chunks, no compression, no libver='latest' for large groups]
  `)
})

test('what is no HDF5 file is refused with what it looks like', () => {
  const text = new TextEncoder().encode('the 0.1 0.2\nof 0.3 0.4\n')
  expect(() => parseHdf5(text, 'vectors.txt')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: HDF5_SIGNATURE  this is no HDF5 file
      expected the eight bytes 89 48 44 46 0d 0a 1a 0a at its start
      found    text that begins with "the 0.1 0.2\\nof 0.3 0.4\\n"
      in vectors.txt
      word vectors as text are read by @elman/embeddings]
  `)
  expect(() => parseHdf5(new Uint8Array(0), 'empty')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: HDF5_SIGNATURE  this is no HDF5 file
      expected the eight bytes 89 48 44 46 0d 0a 1a 0a at its start
      found    an empty file
      in empty]
  `)
  expect(() => parseHdf5(Uint8Array.of(0x80, 2, 0x8a), 'pickle')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: HDF5_SIGNATURE  this is no HDF5 file
      expected the eight bytes 89 48 44 46 0d 0a 1a 0a at its start
      found    80 02 8a
      in pickle]
  `)
})

/** Reads everything in a file. Nothing, or the error. */
function readAll(bytes: Uint8Array): unknown {
  try {
    for (const dataset of parseHdf5(bytes, 'damaged').datasets.values()) dataset.read()
    return undefined
  } catch (error) {
    return error
  }
}

test('a file that is cut off anywhere is refused by an error of ours', () => {
  for (let length = 0; length < fixture.length; length += length < 3000 ? 7 : 4099) {
    const error = readAll(fixture.subarray(0, length))
    expect(isElmanError(error), `cut after ${length} bytes: ${String(error)}`).toBe(true)
  }
})

test('whatever byte of the structure is changed, reading ends, in numbers or in an error of ours', () => {
  const refused = new Set<string>()
  for (const original of [fixture, latest]) {
    for (let at = 0; at < Math.min(original.length, 24_000); at += 7) {
      for (const value of [0, 255, original[at]! ^ 0x10]) {
        const bytes = Uint8Array.from(original)
        bytes[at] = value
        const error = readAll(bytes)
        if (error === undefined) continue
        if (!isElmanError(error)) throw error
        refused.add(error.code)
      }
    }
  }
  expect([...refused].sort()).toEqual(['HDF5_DAMAGED', 'HDF5_SIGNATURE', 'HDF5_UNSUPPORTED'])
}, 120_000)

test('a dataset larger than the file is refused before memory is taken', async () => {
  const path = join(root, 'huge.hdf5')
  const writer = await createHdf5(path)
  await writer.write('x', ramp([2, 3]))
  await writer.close()
  const bytes = readFileSync(path)
  const at = bytes.indexOf(Uint8Array.of(1, 2, 0, 0, 0, 0, 0, 0, 2, 0)) + 8 // version 1, two axes, the first of 2
  bytes.writeBigUInt64LE(2n ** 40n, at)
  expect(() => parseHdf5(bytes, 'huge').datasets.get('x')!.read()).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: HDF5_DAMAGED  the HDF5 file contradicts itself
      expected 13194139533312 bytes: (1099511627776, 3) of 4 each
      found    24 bytes
      in huge, x
      get the file again, and compare its size with that of the source]
  `)
})
