import { expect, test } from 'vitest'
import { judgeLayerClaim } from './claim.ts'
import type { LayerRows } from './layer-vectors.ts'
import { comparePaired, signP } from './paired-tests.ts'
import {
  packFlags,
  type SenseBaselines,
  type SenseRecord,
  type TagRecord,
  unpackFlags,
} from './probe-record.ts'
import { mostFrequentSenses, nearestSenses } from './sense-centroids.ts'
import type { SenseInstance } from './senses.ts'
import { controlTask, mostFrequentTags } from './tag-baselines.ts'

test("McNemar's p is the two-sided tail of a fair coin", () => {
  expect(signP(0, 5)).toBeCloseTo(2 / 32, 12)
  expect(signP(2, 10)).toBeCloseTo((2 * (1 + 10 + 45)) / 1024, 12)
  expect(signP(5, 10)).toBe(1)
  expect(signP(0, 0)).toBe(1)
})

test('a comparison counts the items on which two differ; its interval is that of their share', () => {
  const first = Uint8Array.of(1, 1, 1, 1, 1, 0, 0, 1)
  const second = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1)
  const { onlyFirst, onlySecond, difference, p, interval } = comparePaired(first, second)
  expect([onlyFirst, onlySecond, difference]).toEqual([5, 0, 0.625])
  expect(p).toBeCloseTo(0.0625, 12)
  // Clopper & Pearson on 5 of 5: 0.4782 to 1
  expect(interval[0]).toBeCloseTo((2 * 0.47818 - 1) * 0.625, 4)
  expect(interval[1]).toBe(0.625)
  expect(comparePaired(first, first)).toEqual({
    ...{ onlyFirst: 0, onlySecond: 0, total: 8, difference: 0, p: 1 },
    interval: [0, 0],
  })
})

test('where the items of a group agree, the interval is wider than that of independent items', () => {
  const groups = Int32Array.from({ length: 400 }, (_, item) => Math.floor(item / 40))
  const first = Uint8Array.from(groups, group => Number(group < 6))
  const second = Uint8Array.from(groups, group => Number(group >= 8))
  const alone = comparePaired(first, second)
  const grouped = comparePaired(first, second, groups)
  expect(grouped.difference).toBe(alone.difference)
  expect(alone.interval[0]).toBeGreaterThan(0)
  expect(grouped.interval[0]).toBeLessThan(0)
})

test('flags come back out of their bits', () => {
  const flags = Uint8Array.of(1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1)
  expect(unpackFlags(packFlags(flags), flags.length)).toEqual(flags)
})

test('a word gets its most frequent tag, an unknown one the most frequent of all', () => {
  const train = { words: ['run', 'run', 'run', 'dog', 'the', 'cat'], tags: Int32Array.of(1, 1, 0, 0, 2, 0) }
  expect([...mostFrequentTags(train, ['run', 'the', 'zebra'], 3)]).toEqual([1, 2, 0])
})

test('a control tag belongs to a word for good, differs by seed, and follows how often tags occur', () => {
  const counts = Float64Array.of(700, 200, 100)
  const [tagOf, same, other] = [controlTask(counts, 1), controlTask(counts, 1), controlTask(counts, 2)]
  const words = Array.from({ length: 3000 }, (_, i) => `w${i}`)
  const tags = words.map(tagOf)
  expect(words.map(tagOf)).toEqual(tags)
  expect([...words].reverse().map(same).reverse()).toEqual(tags)
  expect(words.map(other)).not.toEqual(tags)
  const share = (kind: number) => tags.filter(tag => tag === kind).length / 3000
  expect(Math.abs(share(0) - 0.7)).toBeLessThan(0.03)
  expect(Math.abs(share(1) - 0.2)).toBeLessThan(0.03)
})

const instance = (lemma: string, sense: string): SenseInstance => ({
  ...{ id: `${lemma} ${sense}`, lemma, sense },
  ...{ head: 0, tokens: [lemma] },
})
const layer = (rows: readonly (readonly number[])[]): LayerRows => ({
  ...{ name: 'layer 1', rows: rows.length, features: 2 },
  data: Float32Array.from(rows.flat()),
})

test('the sense whose mean has the smallest angle wins, among those of the word alone; else its first sense', () => {
  const train = {
    instances: [
      instance('bank', 'money'),
      instance('bank', 'money'),
      instance('bank', 'river'),
      instance('line', 'phone'),
    ],
    // money's mean points to (1, 1), river's to (0, 1), phone's to (1, 0)
    layer: layer([
      [2, 0],
      [0, 2],
      [0, 0.1],
      [9, 0],
    ]),
  }
  const test = {
    instances: [instance('bank', '?'), instance('bank', '?'), instance('line', '?'), instance('hard', '?')],
    layer: layer([
      [5, 0],
      [1, 9],
      [0, 1],
      [1, 1],
    ]),
  }
  expect(nearestSenses(train, test)).toEqual(['money', 'river', 'phone', undefined])
  expect(nearestSenses(train, test, lemma => `first of ${lemma}`)[3]).toBe('first of hard')
  expect([...mostFrequentSenses(train.instances)]).toEqual([
    ['bank', 'money'],
    ['line', 'phone'],
  ])
})

const base = { hash: '', features: 2, seconds: 0, encoder: 'trained' as const }
const flagsOf = (right: number, shift = 0) =>
  Uint8Array.from({ length: 200 }, (_, i) => Number((i + shift) % 200 < right))

function tagRecord(layerName: string, right: number): TagRecord {
  const score = { right, total: 200 }
  const fit = { l2: 0, steps: 0, converged: true, relativeGradient: 0 }
  const rest = { known: score, unknown: score, control: [], selectivity: 0, fit }
  return {
    ...base,
    ...rest,
    probe: '',
    task: 'pos',
    layer: layerName,
    score,
    right: packFlags(flagsOf(right)),
  }
}

function senseRecord(layerName: string, right: readonly number[]): SenseRecord {
  const splits = right.map((count, seed) => ({
    ...{ seed, score: { right: count, total: 200 }, lemmas: {}, senseRecall: 0 },
    right: packFlags(flagsOf(count)),
  }))
  return { ...base, probe: '', task: 'senses', layer: layerName, splits }
}

function judged(
  tags: readonly [number, number],
  senses: readonly [readonly number[], readonly number[]],
  guess = 100,
) {
  const count = { right: guess, total: 200 }
  const senseBaselines: SenseBaselines = {
    ...{ task: 'senses', lemmas: 1, senses: 2 },
    splits: senses[0].map((_, seed) => ({
      ...{ seed, train: 0, mostFrequentSense: count },
      right: packFlags(flagsOf(guess)),
    })),
  }
  return judgeLayerClaim({
    records: [
      ...[tagRecord('layer 0', 199), tagRecord('layer 1', tags[0]), tagRecord('layer 2', tags[1])],
      ...[senseRecord('layer 1', senses[0]), senseRecord('layer 2', senses[1]), senseRecord('mix', [0, 0])],
    ],
    tagBaselines: {
      ...{ task: 'pos', tags: [], trainWords: 0, trainSentences: 0 },
      ...{ majority: count, mostFrequentTag: count },
      ...{ mostFrequentTagKnown: count, mostFrequentTagUnknown: count },
      mostFrequentTagRight: packFlags(flagsOf(guess)),
      sentenceLengths: Array.from({ length: 100 }, () => 2),
    },
    senseBaselines,
  })
}

test('the claim holds, is contradicted or stays open by what was seen, and not by the order alone', () => {
  const levels = (claim: ReturnType<typeof judged>) => [claim.level, claim.syntax.level, claim.senses.level]
  const [fewer, more] = [
    [140, 140],
    [180, 170],
  ]
  expect(levels(judged([190, 150], [fewer, more]))).toEqual(['holds', 'holds', 'holds'])
  expect(levels(judged([150, 190], [fewer, more]))).toEqual(['contradicted', 'contradicted', 'holds'])
  expect(levels(judged([190, 150], [more, fewer]))).toEqual(['contradicted', 'holds', 'contradicted'])
  expect(levels(judged([151, 150], [fewer, more]))).toEqual(['not decided', 'not decided', 'holds'])
  expect(levels(judged([190, 150], [fewer, [180, 141]]))).toEqual(['not decided', 'holds', 'not decided'])
  expect(judged([190, 150], [fewer, more], 195).syntax).toMatchInlineSnapshot(`
    {
      "level": "not decided",
      "text": "layer 1 has 95.0 % of tags right, layer 2 75.0 % (difference +20.00 points, +12.00 to +28.00). But neither is better than the most frequent tag of each word, 97.5 %.",
    }
  `)
  expect(levels(judgeAlone())).toEqual(['not decided', 'not decided', 'not decided'])
})

function judgeAlone() {
  return judgeLayerClaim({ records: [tagRecord('layer 0', 100), tagRecord('layer 1', 100)] })
}
