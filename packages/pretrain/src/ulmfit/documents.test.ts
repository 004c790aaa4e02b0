import { random, referenceBackend, toNumbers } from '@elman/core'
import { expectClose } from '@elman/core/testing'
import { expect, test } from 'vitest'
import { NO_DROPOUTS } from './awd-lstm.ts'
import { ulmfitClassifier } from './classifier.ts'
import { documentBatches, inDirection, padDocuments, paddedLength } from './documents.ts'
import { averagePredictions } from './ensemble.ts'
import { createPredictor, type Prediction } from './predict.ts'

const classifier = ulmfitClassifier({
  ...{ vocabularySize: 20, classes: 3, dropouts: NO_DROPOUTS },
  sizes: { embedding: 6, hidden: 8, layers: 2 },
  head: { hidden: 7, dropout: 0, hiddenDropout: 0 },
})
const parameters = classifier.init(random.key(8))
const document = (id: string, length: number) => ({
  id,
  ids: Int32Array.from({ length }, (_, t) => (7 * t + 3 * length) % 20),
})

test('padded lengths are few, hold the document, and waste less than half of it', () => {
  const lengths = Array.from({ length: 3000 }, (_, index) => paddedLength(index + 1, 70))
  expect(lengths.every((padded, index) => padded > index && (padded < 2 * (index + 1) || padded === 9))).toBe(
    true,
  )
  expect([...new Set(lengths)]).toEqual([
    9, 14, 21, 32, 48, 70, 140, 210, 280, 420, 560, 840, 1120, 1680, 2240, 3360,
  ])
})

test('documents are padded at their beginning', () => {
  const { ids, mask } = padDocuments([Int32Array.of(5, 6), Int32Array.of(7, 8, 9)], 3, 4)
  expect([...ids]).toEqual([0, 0, 0, 0, 7, 0, 5, 8, 0, 6, 9, 0])
  expect([...mask]).toEqual([0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 1, 0])
})

test('a pass takes every document, in full batches, in another order each time, and goes on from a saved place', () => {
  const documents = Array.from({ length: 11 }, (_, i) => ({ ...document(`d${i}`, 1 + i), label: i }))
  const source = documentBatches(documents, { batch: 4, bptt: 8, seed: 3 })
  const pass = () => Array.from({ length: source.batchesPerEpoch }, () => source.next())
  const labels = (batches: ReturnType<typeof pass>) => batches.map(({ arrays }) => toNumbers(arrays.label!))
  const [first, second] = [labels(pass()), labels(pass())]
  for (const each of [first, second]) {
    expect(each.map(batch => batch.length)).toEqual([4, 4, 4])
    expect(new Set(each.flat()).size).toBe(11)
  }
  expect(first).not.toEqual(second)
  source.next()
  const place = source.position()
  const rest = [source.next(), source.next()]
  const again = documentBatches(documents, { batch: 4, bptt: 8, seed: 3 })
  again.restore(JSON.parse(JSON.stringify(place)))
  expect([again.next(), again.next()]).toEqual(rest)
  const other = documentBatches(documents, { batch: 4, bptt: 8, seed: 4 })
  expect(() => other.restore(place)).toThrow('STREAM_POSITION_MISMATCH')
  expect(() => documentBatches([], { batch: 4, bptt: 8, seed: 3 })).toThrow('ULMFIT_NO_DOCUMENTS')
})

test('a prediction is the same for the document alone, among others, and in any batch; order and ids stay', async () => {
  const documents = [33, 4, 90, 1, 17, 0, 64, 5, 200, 12].map((length, index) =>
    document(`t${index}`, length),
  )
  const alone: Prediction[] = []
  const single = createPredictor(referenceBackend(), classifier, { batch: 1, bptt: 16, keep: 100 })
  for (const each of documents) alone.push(...(await single.predict(parameters, [each])))
  for (const batch of [2, 3, 16]) {
    const predictor = createPredictor(referenceBackend(), classifier, { batch, bptt: 16, keep: 100 })
    const done: number[] = []
    const together = await predictor.predict(parameters, documents, count => done.push(count))
    expect(together.map(({ id }) => id)).toEqual(documents.map(({ id }) => id))
    for (const [index, { probabilities }] of together.entries())
      expectClose([...probabilities], [...alone[index]!.probabilities], 1e-6)
    expect(done.at(-1)).toBe(10)
    const reversed = await predictor.predict(parameters, [...documents].reverse())
    expect(reversed.map(({ id }) => id)).toEqual(documents.map(({ id }) => id).reverse())
    for (const [index, { probabilities }] of reversed.reverse().entries())
      expectClose([...probabilities], [...alone[index]!.probabilities], 1e-6)
    await predictor.dispose()
  }
  expect(alone.every(({ probabilities }) => Math.abs(probabilities.reduce((a, b) => a + b) - 1) < 1e-6)).toBe(
    true,
  )
})

test('forward and backward classifiers are averaged by probability, document by document', () => {
  const prediction = (id: string, ...probabilities: number[]): Prediction => ({ id, probabilities, label: 0 })
  expect(averagePredictions([[prediction('a', 0.6, 0.4)], [prediction('a', 0.1, 0.9)]])).toEqual([
    { id: 'a', probabilities: [0.35, 0.65], label: 1 },
  ])
  const mixed = () => averagePredictions([[prediction('a', 0.6, 0.4)], [prediction('b', 0.1, 0.9)]])
  expect(mixed).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: ULMFIT_ENSEMBLE_MISFIT  the predictions to average are not of the same documents and classes
      expected document "a" with 2 classes
      found    document "b" with 2 classes]
  `)
})

test('a backward model reads the same tokens from the last to the first', () => {
  const ids = Int32Array.of(1, 2, 3)
  expect([...inDirection(ids, 'backward')]).toEqual([3, 2, 1])
  expect([...ids]).toEqual([1, 2, 3])
})
