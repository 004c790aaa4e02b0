import { type NdArray, random, referenceBackend } from '@elman/core'
import { expect, test } from 'vitest'
import { elmoModel } from './bidirectional-language-model.ts'
import { ELMO_PRESETS } from './elmo-options.ts'
import { createSentenceEmbedder, type EmbedOptions, type SentenceStream } from './embed-sentences.ts'
import { timeBucket } from './sentence-batches.ts'

const options = { ...ELMO_PRESETS.tiny, maxCharacters: 12 }
const elmo = { options, parameters: elmoModel(options).init(random.key(3)) }

/** Sentences of 1 to 14 tokens out of 23 words. */
const words = Array.from({ length: 23 }, (_, i) => `w${i}${'x'.repeat(i % 4)}`)
const sentences = Array.from({ length: 40 }, (_, i) =>
  Array.from({ length: 1 + ((i * 5) % 14) }, (_, j) => words[(i * 7 + j * 3) % words.length]!),
)

async function vectorsOf(given: SentenceStream, settings: EmbedOptions = {}): Promise<NdArray[]> {
  const embedder = await createSentenceEmbedder(referenceBackend(), elmo, settings)
  const found: NdArray[] = []
  for await (const { index, layers } of embedder.embed(given)) {
    expect(index).toBe(found.length)
    found.push(layers)
  }
  await embedder.dispose()
  return found
}

test('a sentence has the same vectors, bit for bit, alone, among others, in any batch and in any order', async () => {
  const together = await vectorsOf(sentences, { batch: 3 })
  expect(together).toHaveLength(40)
  expect(together[0]!.shape).toEqual([3, 1, 16])
  const reversed = (await vectorsOf([...sentences].reverse(), { batch: 5 })).reverse()
  expect(reversed).toEqual(together)
  for (const index of [0, 2, 17, 39]) {
    expect(await vectorsOf([sentences[index]!], { batch: 1 })).toEqual([together[index]])
  }
})

test('layer 0 is the vector of the token twice, whatever its sentence', async () => {
  const [first, second] = await vectorsOf([
    ['a', 'b'],
    ['b', 'c', 'd'],
  ])
  const at = (layers: NdArray, token: number) =>
    [...layers.data.slice(token * 16, token * 16 + 16)].map(Number)
  expect(at(first!, 1)).toEqual(at(second!, 0))
  expect(at(first!, 1).slice(0, 8)).toEqual(at(first!, 1).slice(8))
})

test('the forward half knows nothing of what follows, the backward half nothing of what went before', async () => {
  const [one, two, three] = await vectorsOf([
    ['a', 'b', 'c'],
    ['a', 'b', 'x'],
    ['x', 'b', 'c'],
  ])
  const half = (layers: NdArray, part: 0 | 1) => {
    const at = (2 * 3 + 1) * 16 + part * 8 // layer 2, token 1
    return [...layers.data.slice(at, at + 8)].map(Number)
  }
  expect(half(one!, 0)).toEqual(half(two!, 0))
  expect(half(one!, 1)).not.toEqual(half(two!, 1))
  expect(half(one!, 1)).toEqual(half(three!, 1))
  expect(half(one!, 0)).not.toEqual(half(three!, 0))
})

test('the characters of a token are read once; a cache without room gives the same vectors', async () => {
  const embedder = await createSentenceEmbedder(referenceBackend(), elmo)
  const found: NdArray[] = []
  for await (const { layers } of embedder.embed(sentences)) found.push(layers)
  expect(embedder.tokensComputed()).toBe(words.length + 2)
  expect(await vectorsOf(sentences, { cacheBytes: 0 })).toEqual(found)
  expect(await vectorsOf(sentences, { cacheBytes: 5 * 8 * 4 })).toEqual(found)
})

test('sentences are read as they are needed, not all at once', async () => {
  let read = 0
  async function* endless() {
    for (;;) {
      read += 1
      yield ['a', 'b']
    }
  }
  const embedder = await createSentenceEmbedder(referenceBackend(), elmo, { batch: 2 })
  for await (const { index } of embedder.embed(endless())) if (index === 40) break
  expect(read).toBeLessThanOrEqual(64)
})

test('with the state carried, the same sentence has other vectors the second time, and padding changes nothing', async () => {
  const [first, , second] = await vectorsOf([['a', 'b'], ['c'], ['a', 'b']], { state: 'carry', batch: 1 })
  expect(second).not.toEqual(first)
  const long = ['z', 'y', 'x', 'w', 'v', 'u', 't', 's', 'r', 'q', 'p']
  const beside = await vectorsOf([['a', 'b'], long, ['a', 'b'], long], { state: 'carry', batch: 2 })
  const alone = await vectorsOf(
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    { state: 'carry', batch: 1 },
  )
  expect([beside[0], beside[2]]).toEqual(alone)
})

test('after a warm-up every sentence starts from the same state, whatever its neighbours', async () => {
  const settings = { state: 'warmup', warmUp: [['k', 'l'], ['m']], batch: 4 } as const
  const [cold] = await vectorsOf([['a', 'b']])
  const [alone] = await vectorsOf([['a', 'b']], settings)
  const among = await vectorsOf(
    [
      ['q', 'r', 's'],
      ['a', 'b'],
      ['a', 'b'],
    ],
    settings,
  )
  expect(alone).not.toEqual(cold)
  expect(among.slice(1)).toEqual([alone, alone])
  const carried = await vectorsOf([...settings.warmUp, ['a', 'b']], { state: 'carry', batch: 1 })
  expect(carried[2]).toEqual(alone)
})

test('a sentence that is too long is refused, one without tokens has vectors of none', async () => {
  await expect(vectorsOf([['a'], ['b', 'c']], { maxTokens: 1 })).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ELMO_SENTENCE_TOO_LONG  sentence 1 is longer than is allowed
      expected at most 1 tokens
      found    2
      split it, or raise maxTokens: memory grows with the longest sentence of a batch]
  `)
  expect((await vectorsOf([[]]))[0]!.shape).toEqual([3, 0, 16])
})

test('lengths share few graphs', () => {
  expect([1, 8, 9, 12, 13, 17, 24, 25, 100].map(timeBucket)).toEqual([8, 8, 12, 12, 16, 24, 24, 32, 128])
})
