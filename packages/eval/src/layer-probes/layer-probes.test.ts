import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { random, readJsonLines, referenceBackend } from '@elman/core'
import { ELMO_PRESETS, elmoModel } from '@elman/pretrain'
import { expect, onTestFinished, test } from 'vitest'
import type { TaggedSentence } from './conllu.ts'
import { elmoLayerVectors, untrainedElmo } from './elmo-vectors.ts'
import { collectLayers, type LayerVectors } from './layer-vectors.ts'
import type { LayerProbeRecord } from './probe-record.ts'
import { drawSentences, LAYER_RECORDS, type LayerProbeOptions, runLayerProbes } from './run-layer-probes.ts'
import type { SenseInstance } from './senses.ts'
import { staticLayerVectors } from './static-vectors.ts'
import { probeTags, tagTask } from './tag-probe.ts'

const TAGS = ['NOUN', 'VERB', 'X']

/**
 * Sentences of words of which the context decides the tag: a word is what the word before it says (`a`: NOUN next,
 * `b`: VERB next, others by their own number), so that no memory of words suffices.
 */
function sentencesOf(count: number, stream: string): TaggedSentence[] {
  const drawn = random.integersBelow(random.foldIn(random.key(4), stream), count * 6, 40)
  return Array.from({ length: count }, (_, sentence) => {
    const words: string[] = []
    const upos: string[] = []
    for (let place = 0; place < 6; place++) {
      const number = drawn[sentence * 6 + place]!
      words.push(`w${number}`)
      upos.push(TAGS[(number + (place > 0 ? drawn[sentence * 6 + place - 1]! : 0)) % 3]!)
    }
    return { id: String(sentence), words, upos, xpos: upos }
  })
}

const splits = {
  train: sentencesOf(100, 'train'),
  dev: sentencesOf(30, 'dev'),
  test: sentencesOf(40, 'test'),
}
const all = [...splits.train, ...splits.dev, ...splits.test]
const tagsOf = new Map(all.map(({ words, upos }) => [words.join(' '), upos]))

/** Layer 1 holds the tag, layer 2 the word and nothing of its tag, layer 0 nothing but noise. */
const synthetic: LayerVectors = {
  identity: 'synthetic',
  layers: [
    { name: 'layer 0', features: 40 },
    { name: 'layer 1', features: 40 },
    { name: 'layer 2', features: 40 },
  ],
  async *embed(sentences) {
    let index = 0
    for (const tokens of sentences) {
      const layers = [0, 1, 2].map(() => new Float32Array(tokens.length * 40))
      const upos = tagsOf.get(tokens.join(' '))!
      layers[0]!.set(random.normal(random.foldIn(random.key(1), index), tokens.length * 40, 'float32'))
      for (const [place, token] of tokens.entries()) {
        layers[1]![place * 40 + TAGS.indexOf(upos[place]!)] = 1
        layers[2]![place * 40 + Number(token.slice(1))] = 1
      }
      yield { index: index++, layers }
    }
  },
  dispose: async () => {},
}

async function rowsOf(layer: number) {
  const collect = async (sentences: readonly TaggedSentence[]) => {
    const tables = await collectLayers(
      synthetic,
      sentences.map(({ words }) => words),
    )
    return [tables![layer]!]
  }
  return {
    train: await collect(splits.train),
    dev: await collect(splits.dev),
    test: await collect(splits.test),
  }
}

test('a layer that holds the tag is selective; one that holds the word memorises the control task alone', async () => {
  const task = tagTask(splits, 'upos')
  expect(task.tags).toEqual(['NOUN', 'VERB', 'X'])
  const [noise, tag, word] = await Promise.all(
    [0, 1, 2].map(async layer => probeTags(referenceBackend(), task, await rowsOf(layer), { maxSteps: 40 })),
  )
  const share = ({ right, total }: { readonly right: number; readonly total: number }) => right / total
  expect(tag!.score).toEqual({ right: 240, total: 240 })
  expect(tag!.selectivity).toBeGreaterThan(0.4)
  expect(share(word!.score)).toBeLessThan(0.5)
  expect(word!.control.every(count => share(count) > 0.97)).toBe(true)
  expect(word!.selectivity).toBeLessThan(-0.4)
  expect(share(noise!.score)).toBeLessThan(0.45)
  expect(tag!.known.total + tag!.unknown.total).toBe(240)
  expect(word!.fit.converged).toBe(true)
  const again = await probeTags(referenceBackend(), task, await rowsOf(2), { maxSteps: 40 })
  expect(again).toEqual(word)
})

const senses: SenseInstance[] = Array.from({ length: 60 }, (_, i) => {
  const sense = i % 3 === 0 ? 'money' : 'river'
  return { id: String(i), lemma: 'bank', sense, head: 1, tokens: [`${sense}${i % 2}`, 'bank', `x${i % 7}`] }
})

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'elman-layers-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const small = {
  train: splits.train.slice(0, 40),
  dev: splits.dev.slice(0, 10),
  test: splits.test.slice(0, 10),
}

test('an ELMo with random weights goes all the way to the page, and nothing finished runs again', async () => {
  const backend = referenceBackend()
  const options = { ...ELMO_PRESETS.tiny, maxCharacters: 8 }
  const elmo = { options, parameters: elmoModel(options).init(random.key(3)) }
  const directory = await temporary()
  const seen: string[] = []
  const run = async (more: Partial<LayerProbeOptions> = {}) =>
    runLayerProbes({
      ...{ backend, directory, name: '<tiny> ELMo', seeds: [1, 2], maxSteps: 15 },
      trained: await elmoLayerVectors(backend, elmo),
      untrained: await elmoLayerVectors(backend, untrainedElmo(elmo, 1)),
      tags: { splits: small, hash: 'tags', set: 'upos', trainWords: 200 },
      senses: { instances: senses, hash: 'senses', context: 20 },
      onRecord: ({ probe }, reused) => seen.push(`${reused ? 'again ' : ''}${probe}`),
      ...more,
    })
  const stop = new AbortController()
  const stopped = await run({
    signal: stop.signal,
    onRecord({ probe }) {
      seen.push(probe)
      if (probe === 'pos/trained/layer 1') stop.abort()
    },
  })
  expect(stopped).toBeUndefined()
  const summary = await run()
  expect(seen).toEqual([
    'pos/trained/layer 0',
    'pos/trained/layer 1',
    'again pos/trained/layer 0',
    'again pos/trained/layer 1',
    'pos/trained/layer 2',
    'pos/trained/mix',
    ...['layer 0', 'layer 1', 'layer 2', 'mix'].map(layer => `senses/trained/${layer}`),
    ...['layer 0', 'layer 1', 'layer 2'].map(layer => `pos/untrained/${layer}`),
    ...['layer 0', 'layer 1', 'layer 2'].map(layer => `senses/untrained/${layer}`),
  ])
  expect(summary!.records.every(({ features }) => features === 16)).toBe(true)
  expect(readJsonLines(join(directory, LAYER_RECORDS)).records).toHaveLength(14)
  const page = await readFile(join(directory, 'report.html'), 'utf8')
  expect(page).toContain('&lt;tiny&gt; ELMo')
  expect(page).toContain('most frequent sense')
  expect(page).toContain(summary!.claim.syntax.level)
  expect(page).not.toMatch(/<script|https?:|NaN|undefined/)

  const before = seen.length
  const unchanged = await run()
  expect(seen.slice(before).every(name => name.startsWith('again '))).toBe(true)
  expect(unchanged).toEqual(summary)
  const more = seen.length
  await run({ tags: { splits: small, hash: 'other', set: 'upos', trainWords: 200 } })
  expect(seen.slice(more).filter(name => !name.startsWith('again '))).toHaveLength(7)
}, 60_000)

test('static vectors are one layer without a mix; unknown words take their lower case or zeros', async () => {
  const table = new Map([['bank', Float32Array.of(1, 2)]])
  const vectors = staticLayerVectors({ dimensions: 2, vectorOf: word => table.get(word) }, 'table')
  const rows = await collectLayers(vectors, [['Bank', 'x', 'bank']])
  expect([...rows![0]!.data]).toEqual([1, 2, 0, 0, 1, 2])
  const records: LayerProbeRecord[] = []
  const summary = await runLayerProbes({
    ...{ backend: referenceBackend(), directory: await temporary(), name: 'static', trained: vectors },
    senses: { instances: senses, hash: '', context: 20 },
    onRecord: record => records.push(record),
  })
  expect(records.map(({ probe }) => probe)).toEqual(['senses/trained/layer 0'])
  expect(summary!.claim.level).toBe('not decided')
})

test('a limit on training words takes whole sentences, the same each time, in their order', () => {
  const drawn = drawSentences(splits.train, 100)
  expect(drawn.reduce((sum, { words }) => sum + words.length, 0)).toBe(96)
  expect(drawSentences(splits.train, 100)).toEqual(drawn)
  expect(drawn.map(({ id }) => Number(id))).toEqual(drawn.map(({ id }) => Number(id)).sort((a, b) => a - b))
  expect(drawSentences(splits.train, 1e6)).toBe(splits.train)
})

test('without a treebank and without senses there is nothing to probe; empty ones are told', async () => {
  const options = { backend: referenceBackend(), directory: await temporary(), name: '', trained: synthetic }
  await expect(runLayerProbes(options)).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PROBE_DATA_MISSING  there is nothing to probe with
      expected a treebank, instances of word senses, or both]
  `)
  const tags = { splits: small, hash: '', set: 'upos', trainWords: 3 } as const
  await expect(runLayerProbes({ ...options, tags })).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PROBE_TREEBANK_EMPTY  the train part of the treebank has no sentences
      a limit on training words takes whole sentences, and needs room for one at least]
  `)
  const none = { instances: senses.slice(0, 1), hash: '', context: 5 }
  await expect(runLayerProbes({ ...options, senses: none })).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PROBE_SENSES_EMPTY  there are too few instances of word senses to test any
      expected several instances of each sense
      found    instances: 1]
  `)
})
