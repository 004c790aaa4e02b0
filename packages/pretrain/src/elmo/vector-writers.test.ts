import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NdArray, ndArray, readSafetensors } from '@elman/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { EmbeddedSentence } from './embed-sentences.ts'
import { readHdf5 } from './hdf5/read-hdf5.ts'
import { createVectorWriter, type VectorFormat } from './vector-writers.ts'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'elman-vectors-'))
})
afterEach(() => rmSync(root, { recursive: true }))

/** Sentence i of i + 1 tokens; number = 100·layer + 10·token + feature, plus 1000·i. */
function sentence(index: number): EmbeddedSentence {
  const length = index + 1
  const data = Float32Array.from({ length: 3 * length * 2 }, (_, at) => {
    const [layer, token] = [Math.floor(at / (2 * length)), Math.floor(at / 2) % length]
    return 1000 * index + 100 * layer + 10 * token + (at % 2)
  })
  const tokens = Array.from({ length }, (_, token) => `t${token}é`)
  return { index, tokens, layers: ndArray('float32', [3, length, 2], data) }
}
const sentences = [sentence(0), sentence(1), sentence(2)]

async function written(format: VectorFormat): Promise<string> {
  const path = join(root, `vectors.${format}`)
  const writer = await createVectorWriter(path, format, { layers: 3, features: 2 })
  for (const each of sentences) await writer.write(each)
  await writer.close()
  expect(readdirSync(root).filter(name => name.includes('partial'))).toEqual([])
  return path
}

test('hdf5 has a dataset for each sentence and the numbers of their texts', async () => {
  const { datasets } = await readHdf5(await written('hdf5'))
  for (const { index, layers } of sentences) expect(datasets.get(String(index))!.read()).toEqual(layers)
  const numbers = JSON.parse(new TextDecoder().decode(datasets.get('sentence_to_index')!.bytes())) as unknown
  expect(numbers).toEqual({ t0é: '0', 't0é t1é': '1', 't0é t1é t2é': '2' })
})

test('npy has all tokens in rows, and beside it where each sentence begins', async () => {
  const path = await written('npy')
  const file = readFileSync(path)
  expect(file.subarray(0, 10)).toEqual(Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'))
  expect(file.toString('latin1', 10, 128).trimEnd()).toBe(
    "{'descr': '<f4', 'fortran_order': False, 'shape': (6, 3, 2), }",
  )
  const data = new Float32Array(file.buffer.slice(file.byteOffset + 128, file.byteOffset + file.length))
  expect([...data.slice(0, 6)]).toEqual([0, 1, 100, 101, 200, 201])
  expect([...data.slice(30)]).toEqual([2020, 2021, 2120, 2121, 2220, 2221])
  const { sentences: listed } = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as {
    sentences: { row: number }[]
  }
  expect(listed.map(({ row }) => row)).toEqual([0, 1, 3])
})

test('safetensors has a tensor for each sentence, and its tokens', async () => {
  const { tensors, metadata } = await readSafetensors(await written('safetensors'))
  expect(tensors.size).toBe(3)
  for (const { index, tokens, layers } of sentences) {
    expect(tensors.get(String(index)) as NdArray).toEqual(layers)
    expect(JSON.parse(metadata[`tokens.${index}`]!)).toEqual(tokens)
  }
})

test.each(['hdf5', 'npy', 'safetensors'] as const)(
  'a %s file that is given up leaves nothing',
  async format => {
    const writer = await createVectorWriter(join(root, 'x'), format, { layers: 3, features: 2 })
    await writer.write(sentence(0))
    await writer.discard()
    expect(readdirSync(root)).toEqual([])
  },
)
