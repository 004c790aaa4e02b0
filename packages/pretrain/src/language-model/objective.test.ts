import { evaluate, type NdArray, ndArray, random, type TensorParameters } from '@elman/core'
import { lstm } from '@elman/layers-recurrent'
import { createTrainingStream } from '@elman/text'
import { expect, test } from 'vitest'
import { languageModel, type ModelDropout } from './language-model.ts'
import { languageModelObjective, windowSource } from './objective.ts'

const model = (dropout: ModelDropout = {}) =>
  languageModel({ vocabularySize: 9, embedding: 4, cells: [lstm({ inputSize: 4, hidden: 5 })], dropout })

const int = (data: number[], rows: number): NdArray =>
  ndArray('int32', [data.length / rows, rows], Int32Array.from(data))

test('with weights, targets of weight zero do not count', () => {
  const parameters = model().init(random.key(1))
  const input = int([1, 2, 3, 4, 5, 6], 2)
  const loss = (target: number[], weight: number[]) => {
    const objective = languageModelObjective(model(), { batch: 2, time: 3, weighted: true })
    const batch = {
      input,
      target: int(target, 2),
      weight: ndArray('float32', [3, 2], Float32Array.from(weight)),
    }
    const result = evaluate(
      (p, carried, window) =>
        objective.loss(p as TensorParameters, carried as TensorParameters, window, { mode: 'evaluate' }).loss,
      parameters,
      objective.initialState(),
      batch,
    )
    return Number((result as NdArray).data[0])
  }
  const weight = [1, 1, 1, 0, 1, 0]
  expect(loss([2, 3, 4, 0, 6, 0], weight)).toBe(loss([2, 3, 4, 8, 6, 7], weight))
  expect(loss([2, 3, 4, 0, 6, 0], weight)).not.toBe(loss([2, 3, 4, 0, 6, 0], [1, 1, 1, 1, 1, 1]))
})

test('a dropped word is dropped wherever it stands in the batch, the others are scaled up', () => {
  const rows = model({ embeddingRows: 0.5 })
  const parameters = rows.init(random.key(1))
  const ids = int([1, 2, 1, 3, 2, 1, 3, 3], 2)
  // The first step of the cell sees the embedding alone: equal words give equal states, in training as in evaluation.
  const run = (mode: 'train' | 'evaluate') =>
    evaluate(
      (p, state, x, key) =>
        rows.apply(p as TensorParameters, x, state as never, mode === 'train' ? { mode, key } : { mode })
          .logits,
      parameters,
      rows.initialState(8),
      { ...ids, shape: [1, 8] },
      { dtype: 'int32', shape: [2], data: Int32Array.of(...random.key(4)) } as NdArray,
    ) as NdArray
  const rowOf = (logits: NdArray, at: number) =>
    Array.from(logits.data as Float32Array).slice(at * 9, at * 9 + 9)
  const train = run('train')
  const words = Array.from(ids.data as Int32Array)
  for (const [at, word] of words.entries())
    expect(rowOf(train, at)).toEqual(rowOf(train, words.indexOf(word)))
  expect(train.data).not.toEqual(run('evaluate').data)
})

test('windows of a stream become batches whose place can be stored', () => {
  const ids = Int32Array.from({ length: 50 }, (_, i) => i % 9)
  const source = windowSource(createTrainingStream(ids, { batch: 2, time: 5 }))
  expect(source.batchesPerEpoch).toBe(4)
  source.next()
  const place = JSON.parse(JSON.stringify(source.position()))
  const expected = source.next()
  const other = windowSource(createTrainingStream(ids, { batch: 2, time: 5 }))
  other.restore(place)
  expect(other.next()).toEqual(expected)
  expect(expected.tokens).toBe(10)
})
