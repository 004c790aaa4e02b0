/** The tiny model of AllenNLP (fixtures/elmo-tiny, Apache License 2.0) and the vectors that its authors published. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type NdArray, referenceBackend } from '@elman/core'
import { expect, test } from 'vitest'
import { elmoModel } from './bidirectional-language-model.ts'
import { readElmo } from './elmo-files.ts'
import { createSentenceEmbedder, parametersAs } from './embed-sentences.ts'
import { datasetAt } from './hdf5/dataset.ts'
import { readHdf5 } from './hdf5/read-hdf5.ts'
import { createTokenCache } from './token-cache.ts'

const folder = fileURLToPath(new URL('./fixtures/elmo-tiny', import.meta.url))
const file = (name: string) => join(folder, name)
const files = { options: file('options.json'), weights: file('lm_weights.hdf5') }

async function golden(name: string, dataset: string): Promise<NdArray> {
  const { datasets, where } = await readHdf5(file(name))
  return datasetAt(datasets, dataset, where).read()
}

/** Largest distance, absolute and relative to 1 + |expected|. */
function distance(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
): { absolute: number; relative: number } {
  expect(found.length).toBe(expected.length)
  let [absolute, relative] = [0, 0]
  for (let i = 0; i < found.length; i++) {
    const far = Math.abs(found[i]! - expected[i]!)
    absolute = Math.max(absolute, far)
    relative = Math.max(relative, far / (1 + Math.abs(expected[i]!)))
  }
  return { absolute, relative }
}

/** The k-th sentence of each of the three lists, list after list: batches of three. */
function sentencesByBatch(): string[][] {
  const lists = JSON.parse(readFileSync(file('sentences.json'), 'utf8')) as string[][]
  return lists[0]!.flatMap((_, index) => lists.map(list => list[index]!.split(' ')))
}

/** How far the top layer of all 30 sentences is from the published one. */
async function topLayerDistance(state: 'carry' | 'reset', dtype: 'float32' | 'float64') {
  const settings = { state, batch: 3, dtype } as const
  const embedder = await createSentenceEmbedder(referenceBackend(), await readElmo(files), settings)
  const worst = { absolute: 0, relative: 0, sentences: 0 }
  for await (const { index, tokens, layers } of embedder.embed(sentencesByBatch())) {
    const expected = await golden(`lm_embeddings_${index % 3}.hdf5`, String(Math.floor(index / 3)))
    expect(expected.shape).toEqual([2, tokens.length, 16])
    const found = new Float64Array(expected.data.length)
    for (let token = 0; token < tokens.length; token++) {
      const at = (2 * tokens.length + token) * 32
      for (const half of [0, 1]) {
        const part = (layers.data as Float64Array).subarray(at + 16 * half, at + 16 * half + 16)
        found.set(part, (half * tokens.length + token) * 16)
      }
    }
    const { absolute, relative } = distance(found, expected.data as Float32Array)
    worst.absolute = Math.max(worst.absolute, absolute)
    worst.relative = Math.max(worst.relative, relative)
    worst.sentences += 1
  }
  await embedder.dispose()
  return worst
}

// The published numbers are float32 and some are beyond 5: the test that AllenNLP has for them asks for six decimals,
// which is 1.5e-6. In float64 two of 23,808 numbers of the top layer are more than 1e-6 away (1.14e-6 the furthest), and
// five of 7,328 of the token layer (1.38e-6); relative to 1 + |expected| all are within 4.1e-7.
const SIX_DECIMALS = 1.5e-6

test('the top layer of all 30 sentences equals the published one, with the state carried from batch to batch', async () => {
  const worst = await topLayerDistance('carry', 'float64')
  expect(worst.sentences).toBe(30)
  expect(worst.relative).toBeLessThan(1e-6)
  expect(worst.absolute).toBeLessThan(SIX_DECIMALS)
}, 120_000)

test('with the state reset for each sentence the vectors are others than the published ones', async () => {
  const { absolute } = await topLayerDistance('reset', 'float32')
  expect(absolute).toBeGreaterThan(1)
}, 120_000)

test('the token layer equals the published vectors of 458 words', async () => {
  const { options, parameters } = await readElmo(files)
  const doubles = parametersAs(parameters, 'float64')
  const cache = await createTokenCache(referenceBackend(), elmoModel(options), doubles, { dtype: 'float64' })
  const words = readFileSync(file('vocab_test.txt'), 'utf8').trim().split('\n')
  const expected = await golden('elmo_token_embeddings.hdf5', 'embedding')
  expect(expected.shape).toEqual([458, 16])
  const vectors = await cache.lookUp(words)
  const found = words.flatMap(word => [...vectors.get(word)!])
  const { absolute, relative } = distance(found, expected.data as Float32Array)
  expect(relative).toBeLessThan(1e-6)
  expect(absolute).toBeLessThan(SIX_DECIMALS)
  await cache.dispose()
})
