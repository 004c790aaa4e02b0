import { expect, test } from 'vitest'
import { averageLabelledPredictions } from './average-predictions.ts'

const said = (id: string, good: number) => ({
  ...{ id, label: good > 0.5 ? 'good' : 'bad' },
  probabilities: { bad: 1 - good, good },
})

test('probabilities are averaged by id, in the order of the first list, and the label follows them', () => {
  const mean = averageLabelledPredictions(
    [
      [said('a', 0.9), said('b', 0.45)],
      [said('b', 0.75), said('a', 0.3)],
    ],
    ['one', 'two'],
  )
  expect(mean.map(({ id, label }) => [id, label])).toEqual([
    ['a', 'good'],
    ['b', 'good'],
  ])
  expect(mean[0]!.probabilities!.good).toBeCloseTo(0.6, 12)
  expect(mean[1]!.probabilities!.good).toBeCloseTo(0.6, 12)
})

test('predictions of other texts, of other labels or without probabilities are refused', () => {
  const average = (other: Parameters<typeof averageLabelledPredictions>[0][number]) => () =>
    averageLabelledPredictions([[said('a', 0.9)], other], ['one', 'two'])
  expect(average([])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PREDICTIONS_MISFIT  the predictions to average are not of the same texts and labels
      expected 1 texts in one
      found    0 texts in two
      give predictions of classifiers that were given the same labelled texts]
  `)
  expect(average([said('b', 0.1)])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PREDICTIONS_MISFIT  the predictions to average are not of the same texts and labels
      expected text a with probabilities of 2 labels
      found    none such in two
      give predictions of classifiers that were given the same labelled texts]
  `)
  expect(average([{ id: 'a', label: 'good' }])).toThrow('PREDICTIONS_MISFIT')
  const others = { id: 'a', label: 'x', probabilities: { bad: 0.5, x: 0.5 } }
  expect(average([others])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PREDICTIONS_MISFIT  the predictions to average are not of the same texts and labels
      expected label good of text a
      found    no such label in two
      give predictions of classifiers that were given the same labelled texts]
  `)
})
