import { expect, test } from 'vitest'
import { classificationScores } from './classification-scores.ts'

const pairs = (text: string) => text.split(' ').map(pair => ({ expected: pair[0]!, predicted: pair[1]! }))

test('scores are those of a table made by hand', () => {
  // a: 3 texts, 2 right; b: 2 texts, 1 right; c is predicted once and no text has it
  const scores = classificationScores(pairs('aa aa ab bb bc'))
  expect(scores.accuracy).toBeCloseTo(3 / 5, 12)
  expect(scores.confusion).toEqual([
    [2, 1, 0],
    [0, 1, 1],
    [0, 0, 0],
  ])
  const [a, b, c] = scores.labels
  expect(a).toEqual({ label: 'a', support: 3, precision: 1, recall: 2 / 3, f1: 0.8 })
  expect(b).toEqual({ label: 'b', support: 2, precision: 0.5, recall: 0.5, f1: 0.5 })
  expect(c).toEqual({ label: 'c', support: 0, precision: 0, recall: 0, f1: 0 })
  expect(scores.macroF1).toBeCloseTo(0.65, 12)
})

test('one label always right is 1, always wrong is 0, and nothing is 0', () => {
  expect(classificationScores(pairs('aa aa'))).toMatchObject({ accuracy: 1, macroF1: 1 })
  expect(classificationScores(pairs('ab ab'))).toMatchObject({ accuracy: 0, macroF1: 0 })
  expect(classificationScores([])).toMatchObject({ texts: 0, accuracy: 0, macroF1: 0, labels: [] })
})
