import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isElmanError } from '../errors/elman-error.ts'
import { BYTES_PER_ELEMENT } from '../tensor/dtype.ts'
import { arrayOf, type NdArray, ndArray, toNumbers } from '../tensor/nd-array.ts'
import { openSafetensors, readSafetensors, type Safetensors } from './safetensors-read.ts'
import { encodeSafetensors, writeSafetensors } from './safetensors-write.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'elman-safetensors-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const sample: [string, NdArray][] = [
  ['flags', ndArray('bool', [3], Uint8Array.of(1, 0, 1))],
  [
    'rnn.0.recurrent',
    arrayOf([
      [1.5, -2, 3],
      [4, 5, Number.NaN],
    ]),
  ],
  ['exact', ndArray('float64', [2], Float64Array.of(Math.PI, -0))],
  ['ids', ndArray('int64', [2], BigInt64Array.of(-1n, 2n ** 62n))],
  ['index', ndArray('int32', [], Int32Array.of(-7))],
  ['empty', ndArray('float32', [0, 4], new Float32Array(0))],
]

const encode = (tensors: [string, NdArray][], metadata = {}): Uint8Array =>
  Buffer.concat(encodeSafetensors(tensors, metadata))

/** A file from header text and a number of data bytes, valid or not. */
function file(header: string, dataBytes = 0): Uint8Array {
  const json = new TextEncoder().encode(header)
  const bytes = new Uint8Array(8 + json.length + dataBytes)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true)
  bytes.set(json, 8)
  return bytes
}

const messageOf = (bytes: Uint8Array): Promise<string> =>
  readSafetensors(bytes).then(
    () => 'was read',
    error => (isElmanError(error) ? error.message : `NOT OURS: ${error}`),
  )

test('every dtype, a scalar and an empty array are read as they were written, through a file', async () => {
  const path = join(folder, 'a.safetensors')
  const written = await writeSafetensors(path, sample, { format: 'elman', note: 'é' })
  const { tensors, metadata } = await readSafetensors(path)
  expect(tensors).toEqual(new Map(sample))
  expect(metadata).toEqual({ format: 'elman', note: 'é' })
  expect(written.bytes).toBe(readFileSync(path).length)
  expect(readdirSync(folder)).toEqual(['a.safetensors'])
})

test('one tensor is read without the others', async () => {
  const reader = await openSafetensors(encode(sample))
  expect(toNumbers(await reader.read('index'))).toEqual([-7])
  expect(await reader.read('indx').catch(error => error.message)).toMatchInlineSnapshot(`
    "SAFETENSORS_TENSOR_MISSING  there is no tensor "indx" among the 6 of the file
      in safetensors bytes
      did you mean index?"
  `)
  const { tensors } = await readSafetensors(encode(sample), name => name === 'ids')
  expect([...tensors.keys()]).toEqual(['ids'])
})

test('the same arrays in another order give the same bytes, with each tensor aligned', async () => {
  const bytes = encode(sample)
  expect(encode([...sample].reverse())).toEqual(bytes)
  for (const { position, dtype } of (await openSafetensors(bytes)).entries.values()) {
    expect(position % BYTES_PER_ELEMENT[dtype]).toBe(0)
  }
})

test('a file of the reference implementation is read, half floats and small integers widened exactly', async () => {
  const bytes = readFileSync(new URL('./fixtures/reference.safetensors', import.meta.url))
  const { tensors, metadata } = await readSafetensors(bytes)
  expect(metadata).toEqual({ format: 'np' })
  expect(
    Object.fromEntries(
      [...tensors].map(([name, array]) => [name, [array.dtype, array.shape, [...array.data]]]),
    ),
  ).toEqual({
    u64: ['int64', [2], [0n, 2n ** 63n - 1n]],
    a: ['int64', [3], [1n, 2n, 3n]],
    'b.weight': ['float32', [2, 2], [1.5, -2, 3, 4]],
    half: ['float32', [4], [1.5, -0.25, 65504, 2 ** -24]],
    i16: ['int32', [1], [-5]],
    u8: ['int32', [2], [0, 255]],
    z: ['bool', [3], [1, 0, 1]],
  })
})

test('bfloat16 is the upper half of float32, also across pieces', async () => {
  const count = 700_000
  const bytes = file(`{"b":{"dtype":"BF16","shape":[${count}],"data_offsets":[0,${2 * count}]}}`, 2 * count)
  const expected = new Float32Array(count).map((_, i) => (i % 256) - 128)
  const upper = new Uint16Array(expected.buffer).filter((_, i) => i % 2 === 1)
  bytes.set(new Uint8Array(upper.buffer), bytes.length - 2 * count)
  const { data } = (await readSafetensors(bytes)).tensors.get('b')!
  expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(expected.buffer))).toBe(0)
})

const f32 = (shape: string, begin: number, end: number) =>
  `{"dtype":"F32","shape":[${shape}],"data_offsets":[${begin},${end}]}`

test('each kind of damage has its code', async () => {
  const cases: Record<string, Uint8Array> = {
    'five bytes': new Uint8Array(5),
    'a huge header': Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127, 0),
    'a header past the end': file('{}').subarray(0, 9),
    'no JSON': file('{"a":'),
    'not UTF-8': new Uint8Array(10).fill(0xff, 8).fill(2, 0, 1),
    'a list': file('[1]'),
    'a leading space': file(' {}'),
    'a number for a tensor': file('{"a":3}'),
    'no shape': file('{"a":{"dtype":"F32","data_offsets":[0,0]}}'),
    'a fractional extent': file(`{"a":${f32('1.5', 0, 6)}}`, 6),
    'backward offsets': file(`{"a":${f32('1', 4, 0)}}`, 4),
    'a name twice': file(`{"a":${f32('1', 0, 4)},"a":${f32('1', 0, 4)}}`, 4),
    'an unknown dtype': file('{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}', 1),
    'a dtype of objects': file('{"a":{"dtype":"toString","shape":[1],"data_offsets":[0,1]}}', 1),
    'a shape that does not fit': file(`{"a":${f32('2,3', 0, 20)}}`, 20),
    'a shape past all numbers': file(
      `{"a":${f32('9007199254740991,9007199254740991,9007199254740991', 0, 4)}}`,
      4,
    ),
    'half an element in': file(
      `{"b":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]},"a":${f32('1', 2, 6)}}`,
      6,
    ),
    'an overlap': file(`{"a":${f32('2', 0, 8)},"b":${f32('2', 4, 12)}}`, 12),
    'a gap': file(`{"a":${f32('1', 0, 4)},"b":${f32('1', 8, 12)}}`, 12),
    'bytes at the end': file(`{"a":${f32('1', 0, 4)}}`, 5),
    'too few bytes': file(`{"a":${f32('100000000', 0, 400000000)}}`, 4),
    'numbers as metadata': file('{"__metadata__":{"a":1}}'),
    'a truth value of 2': file('{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}', 1).fill(2, -1),
    'a number over int64': file('{"a":{"dtype":"U64","shape":[1],"data_offsets":[0,8]}}', 8).fill(255, -8),
  }
  const messages: Record<string, string> = {}
  for (const [name, bytes] of Object.entries(cases)) messages[name] = await messageOf(bytes)
  expect(messages).toMatchInlineSnapshot(`
    {
      "a dtype of objects": "SAFETENSORS_DTYPE_UNKNOWN  tensor "a" has a dtype that cannot be read
      expected F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL
      found    toString
      in safetensors bytes",
      "a fractional extent": "SAFETENSORS_HEADER_INVALID  tensor "a" has no shape of whole numbers that are not negative
      in safetensors bytes",
      "a gap": "SAFETENSORS_GAP  4 bytes between tensor "a" and tensor "b" belong to nothing
      in safetensors bytes",
      "a header past the end": "SAFETENSORS_TRUNCATED  the file ends inside its header
      expected 2 bytes
      found    1 bytes
      in safetensors bytes",
      "a huge header": "SAFETENSORS_HEADER_TOO_LARGE  the header is longer than a safetensors header may be; is this another kind of file?
      expected at most 100000000 bytes
      found    9223372036854775807 bytes
      in safetensors bytes",
      "a leading space": "SAFETENSORS_HEADER_INVALID  the header does not start with {
      in safetensors bytes",
      "a list": "SAFETENSORS_HEADER_INVALID  the header does not start with {
      in safetensors bytes",
      "a name twice": "SAFETENSORS_DUPLICATE_NAME  the name "a" stands twice in the header
      in safetensors bytes",
      "a number for a tensor": "SAFETENSORS_HEADER_INVALID  tensor "a" is not described by an object
      in safetensors bytes",
      "a number over int64": "SAFETENSORS_VALUE_INVALID  tensor "a" holds a number above 2^63 - 1, which no dtype here can hold
      in safetensors bytes",
      "a shape past all numbers": "SAFETENSORS_SHAPE_INVALID  the shape of tensor "a" does not fit its bytes
      expected 4 bytes, as data_offsets say
      found    F32[9007199254740991,9007199254740991,9007199254740991], 2.923003274661805e+48 bytes
      in safetensors bytes",
      "a shape that does not fit": "SAFETENSORS_SHAPE_INVALID  the shape of tensor "a" does not fit its bytes
      expected 20 bytes, as data_offsets say
      found    F32[2,3], 24 bytes
      in safetensors bytes",
      "a truth value of 2": "SAFETENSORS_VALUE_INVALID  tensor "a" is of truth values but holds another byte
      expected 0 or 1
      found    2
      in safetensors bytes",
      "an overlap": "SAFETENSORS_OVERLAP  tensor "a" and tensor "b" share bytes
      in safetensors bytes",
      "an unknown dtype": "SAFETENSORS_DTYPE_UNKNOWN  tensor "a" has a dtype that cannot be read
      expected F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL
      found    F8_E4M3
      in safetensors bytes",
      "backward offsets": "SAFETENSORS_HEADER_INVALID  tensor "a" ends at byte 0, before its start 4
      in safetensors bytes",
      "bytes at the end": "SAFETENSORS_GAP  1 bytes at the end of the file belong to no tensor
      in safetensors bytes",
      "five bytes": "SAFETENSORS_TRUNCATED  the file is too short
      expected at least 8 bytes
      found    5 bytes
      in safetensors bytes",
      "half an element in": "SAFETENSORS_MISALIGNED  tensor "a" starts within an element
      expected a multiple of 4 bytes
      found    byte 2
      in safetensors bytes",
      "no JSON": "SAFETENSORS_HEADER_INVALID  the header is not JSON in UTF-8
      found    Unexpected end of JSON input
      in safetensors bytes",
      "no shape": "SAFETENSORS_HEADER_INVALID  tensor "a" has no shape of whole numbers that are not negative
      in safetensors bytes",
      "not UTF-8": "SAFETENSORS_HEADER_INVALID  the header is not JSON in UTF-8
      found    The encoded data was not valid for encoding utf-8
      in safetensors bytes",
      "numbers as metadata": "SAFETENSORS_HEADER_INVALID  __metadata__ must be an object of strings
      in safetensors bytes",
      "too few bytes": "SAFETENSORS_TRUNCATED  the file ends inside its tensors
      expected 400000078 bytes, as the header says
      found    82 bytes
      in safetensors bytes",
    }
  `)
})

test('a tensor larger than any array is an error, not a crash', async () => {
  const path = join(folder, 'sparse.safetensors')
  const elements = 2 ** 38
  writeFileSync(path, file(`{"a":${f32(String(elements), 0, 4 * elements)}}`))
  const start = readFileSync(path).length
  truncateSync(path, start + 4 * elements)
  expect(await readSafetensors(path).catch(error => error.code)).toBe('SAFETENSORS_TENSOR_TOO_LARGE')
})

test('a file that shrinks after it was opened is an error', async () => {
  const path = join(folder, 'shrinking.safetensors')
  await writeSafetensors(path, sample)
  const reader = await openSafetensors(path)
  truncateSync(path, readFileSync(path).length - 3)
  expect(await reader.read('flags').catch(error => error.code)).toBe('SAFETENSORS_TRUNCATED')
  await reader.close()
})

test('a reserved, broken or repeated name cannot be written', () => {
  const one = arrayOf(1)
  expect(() => encode([['__metadata__', one]])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: SAFETENSORS_NAME_INVALID  "__metadata__" cannot name a tensor in a safetensors file
      expected each name once; any text of whole characters but __metadata__, which the format reserves]
  `)
  expect(() => encode([['\ud800', one]])).toThrow('SAFETENSORS_NAME_INVALID')
  expect(() =>
    encode([
      ['a', one],
      ['b', arrayOf(1, 'float64')],
      ['a', one],
    ]),
  ).toThrow('SAFETENSORS_NAME_INVALID')
  expect(() => encode([['a', { ...one, shape: [3] }]])).toThrow('SHAPE_MISMATCH')
})

/** Reads damaged bytes: what was read, or nothing after an error of ours. Any other error fails the test. */
async function readDamaged(bytes: Uint8Array): Promise<Safetensors | undefined> {
  try {
    return await readSafetensors(bytes)
  } catch (error) {
    if (!isElmanError(error)) throw error
    return undefined
  }
}

test('a file cut or lengthened anywhere is always refused', async () => {
  const whole = encode(sample, { a: 'b' })
  for (let length = 0; length < whole.length; length++)
    expect(await readDamaged(whole.subarray(0, length))).toBeUndefined()
  expect(await readDamaged(Buffer.concat([whole, new Uint8Array(1)]))).toBeUndefined()
})

test('a changed byte in the header is refused or leaves the numbers of each tensor whose name and type it left', async () => {
  const whole = encode(sample, { a: 'b' })
  const header = whole.length - sample.reduce((sum, [, { data }]) => sum + data.byteLength, 0)
  const original = new Map(sample)
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: header - 1 }),
      fc.integer({ min: 0, max: 255 }),
      async (at, value) => {
        const damaged = Uint8Array.from(whole)
        damaged[at] = value
        const read = await readDamaged(damaged)
        for (const [name, array] of read?.tensors ?? []) {
          const before = original.get(name)
          const sameType = before?.dtype === array.dtype && before.shape.join() === array.shape.join()
          if (sameType) expect(array).toEqual(before)
        }
      },
    ),
    { seed: 1, numRuns: 1500 },
  )
})

test('random damage of every kind is refused or read as what the damaged file says', async () => {
  const whole = encode(sample, { a: 'b' })
  const edit = fc.record({
    at: fc.integer({ min: 0, max: whole.length }),
    remove: fc.integer({ min: 0, max: 6 }),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.constantFrom('0', '"', '{', '}', ',', ']', ':1e3', '[]').map(text => new TextEncoder().encode(text)),
    ),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async edits => {
      let bytes: Uint8Array = whole
      for (const { at, remove, insert } of edits) {
        bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)])
      }
      const read = await readDamaged(bytes)
      if (read === undefined) return
      const dataBytes = [...read.tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0)
      expect(dataBytes).toBeLessThanOrEqual(8 * bytes.length)
      const again = await readSafetensors(encode([...read.tensors], read.metadata))
      expect(again.tensors).toEqual(read.tensors)
    }),
    { seed: 2, numRuns: 1500 },
  )
})
