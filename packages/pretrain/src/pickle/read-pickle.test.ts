/** Pickles that Python and PyTorch wrote (tools/goldens/ulmfit-pickles.py), whole and cut short. */
import { readFileSync } from 'node:fs'
import { isElmanError, isNdArray, type NdArray, toNumbers } from '@elman/core'
import { expect, test } from 'vitest'
import type { PickleValue } from './pickle-value.ts'
import { readPickle, readPickledStrings, readTorch, readTorchFile } from './read-pickle.ts'

const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url)
const bytes = (name: string) => new Uint8Array(readFileSync(fixture(name)))
const expected = JSON.parse(readFileSync(fixture('values.json'), 'utf8'))

/** As the script writes values to JSON. */
function plain(value: PickleValue): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]))
  if (Array.isArray(value)) return value.map(plain)
  if (isNdArray(value)) {
    const numbers = toNumbers(value)
    return { shape: [...value.shape], data: value.dtype === 'bool' ? numbers.map(Boolean) : numbers }
  }
  return typeof value === 'bigint' ? String(value) : value
}

for (const file of ['values-zip.pth', 'values-legacy.pth']) {
  test(`${file} holds what PyTorch saved: each element type, views, shared storages, plain values`, () => {
    const value = readTorch(bytes(file), file) as ReadonlyMap<string, PickleValue>
    expect(plain(value)).toEqual(expected)
    const types = [...value].flatMap(([name, item]) => (isNdArray(item) ? [`${name} ${item.dtype}`] : []))
    expect(types).toMatchInlineSnapshot(`
      [
        "float32 float32",
        "rows float32",
        "transposed float32",
        "every_second float32",
        "same float32",
        "scalar float32",
        "empty float32",
        "expanded float32",
        "float64 float64",
        "float16 float32",
        "bfloat16 float32",
        "int64 int64",
        "int32 int32",
        "int16 int32",
        "int8 int32",
        "uint8 int32",
        "bool bool",
        "parameter float32",
      ]
    `)
    expect(value.get('same')).toBe(value.get('float32'))
  })

  test(`${file} cut at any byte is refused by name`, () => {
    const whole = bytes(file)
    for (let length = 0; length < whole.length; length++) {
      const result = attempt(() => readTorch(whole.slice(0, length), file))
      expect(result, `${length} bytes`).toMatch(
        /^(PICKLE_TRUNCATED|PICKLE_DAMAGED|ZIP_INVALID|TORCH_FILE_UNKNOWN)$/,
      )
    }
  })

  test(`${file} with a byte changed gives values or a named error, never anything else`, () => {
    const whole = bytes(file)
    const outcomes = new Set<string>()
    for (let place = 0; place < whole.length; place += 5) {
      const damaged = whole.slice()
      damaged[place]! ^= [1, 0x80, 0xff][place % 3]!
      outcomes.add(attempt(() => readTorch(damaged, file)))
    }
    const known = ['values', 'PICKLE_TRUNCATED', 'PICKLE_DAMAGED', 'PICKLE_REFUSED', 'PICKLE_NOT_STRINGS']
    for (const outcome of outcomes)
      expect([...known, 'ZIP_INVALID', 'TORCH_FILE_UNKNOWN', 'TENSOR_TOO_LARGE']).toContain(outcome)
  })
}

/** The code of the error, or `values`. */
function attempt(read: () => unknown): string {
  try {
    read()
    return 'values'
  } catch (error) {
    return isElmanError(error) ? error.code : `not ours: ${String(error)}`
  }
}

test('a state dict with its metadata is read', async () => {
  const state = (await readTorchFile(fixture('state-dict.pth').pathname)) as ReadonlyMap<string, NdArray>
  expect([...state].map(([name, { shape }]) => `${name} ${shape}`)).toEqual([
    'weight_ih_l0 12,2',
    'weight_hh_l0 12,3',
    'bias_ih_l0 12',
    'bias_hh_l0 12',
  ])
  expect(toNumbers(state.get('bias_hh_l0')!).slice(0, 3)).toEqual([3, 3.0625, 3.125])
})

test('a whole module is refused by the name of its class', async () => {
  await expect(readTorchFile(fixture('whole-module.pth').pathname)).rejects.toThrow(
    'the pickle asks for "torch.nn.modules.linear.Linear", which is not built here',
  )
})

for (const protocol of [0, 1, 2, 3, 4, 5]) {
  test(`a list of words is read in protocol ${protocol}`, async () => {
    const words = await readPickledStrings(fixture(`words-${protocol}.pkl`).pathname)
    expect(words).toEqual(['xxunk', 'xxpad', 'the', 'naïve', '日本', 'line\nfeed', 'back\\slash'])
  })

  test(`a list of words in protocol ${protocol} cut at any byte is refused`, () => {
    const whole = bytes(`words-${protocol}.pkl`)
    for (let length = 0; length < whole.length; length++) {
      expect(attempt(() => readPickle(whole.slice(0, length), 'words'))).toMatch(
        /^PICKLE_(TRUNCATED|DAMAGED)$/,
      )
    }
  })
}

test('a file that is not there, and one of another kind, are named', async () => {
  await expect(readTorchFile('/nowhere/weights.pth')).rejects.toThrow('FILE_UNREADABLE')
  expect(() =>
    readTorch(new TextEncoder().encode('\u0089HDF\r\n'), 'weights.h5'),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: TORCH_FILE_UNKNOWN  not a file that torch.save writes
      expected a state dict saved by torch.save, of any version since 0.1.12, little-endian
      found    neither a ZIP archive nor a pickle
      in weights.h5]
  `)
})
