import { expect, test } from 'vitest'
import { encodeView } from '../languages/view.ts'
import { bagOfSymbols } from './bag.ts'
import type { Baseline } from './baseline.ts'
import { edgeSymbols, firstSymbols, lastSymbols } from './edges.ts'
import { lengthParity, lengthTable } from './length.ts'
import { majorityAnswer } from './majority.ts'
import { nGram } from './n-gram.ts'
import { automatonLanguage } from './synthetic-language.ts'

const [a, b, c] = [0, 1, 2]

/** Any word will do: labels are given by hand. */
const language = automatonLanguage([[0, 0, 0]], [1])
const recognise = encodeView(language, 'recognise')
const nextSymbol = encodeView(language, 'next-symbol')

/** Fits on words with labels, and answers for others. */
function answers(baseline: Baseline, train: [number[], number][], words: number[][]): number[] {
  const strings = train.map(([word, label]) => {
    const string = recognise.encode(Uint8Array.from(word))
    string.targets[word.length] = label
    return string
  })
  const predictor = baseline.fit(recognise, strings, 0)
  return words.map(word => predictor.predict(recognise.encode(Uint8Array.from(word)).inputs)[word.length]!)
}

test('majority answers with the more frequent class, whatever the word', () => {
  expect(
    answers(
      majorityAnswer,
      [
        [[a], 1],
        [[b], 1],
        [[c], 0],
      ],
      [[], [c], [a, b]],
    ),
  ).toEqual([1, 1, 1])
  expect(
    answers(
      majorityAnswer,
      [
        [[a], 1],
        [[b], 0],
        [[c], 0],
      ],
      [[], [a]],
    ),
  ).toEqual([0, 0])
})

test('majority of flags is the most frequent set, not the majority of each flag', () => {
  const sets = [
    [1, 1, 0, 0],
    [1, 1, 0, 0],
    [0, 1, 1, 0],
    [0, 1, 1, 1],
    [0, 1, 0, 1],
  ]
  const strings = sets.map(flags => ({
    inputs: Uint8Array.of(3),
    targets: Uint8Array.from(flags),
    scored: Uint8Array.of(1),
  }))
  const predictor = majorityAnswer.fit(nextSymbol, strings, 0)
  expect([...predictor.predict(Uint8Array.of(3))]).toEqual([1, 1, 0, 0])
})

test('the length table knows its lengths, and answers new ones by parity', () => {
  const train: [number[], number][] = [
    [[a], 0],
    [[a, a], 1],
    [[a, a, a], 1],
    [[a, a, a, a], 1],
    [[b, b, b, b, b], 0],
  ]
  const words = [[b], [b, b], [b, b, b], new Array(7).fill(c), new Array(8).fill(c)]
  expect(answers(lengthTable, train, words)).toEqual([0, 1, 1, 0, 1])
  expect(answers(lengthParity, train, words)).toEqual([0, 1, 0, 0, 1])
})

test('a bag sees counts up to three and no order', () => {
  const train: [number[], number][] = [
    [[a, a, b], 1],
    [[a, b, b], 0],
    [[a, a, a], 1],
  ]
  expect(
    answers(bagOfSymbols, train, [
      [b, a, a],
      [b, b, a],
      [a, a, a, a, a],
    ]),
  ).toEqual([1, 0, 1])
})

test('edges tell first from last symbols', () => {
  const train: [number[], number][] = [
    [[a, c, b], 1],
    [[b, c, a], 0],
    [[a, c, c, a], 0],
    [[b, c, c, b], 0],
  ]
  const words = [
    [a, b, b, b],
    [b, b, b],
    [a, b, a],
  ]
  expect(answers(edgeSymbols(1), train, words)).toEqual([1, 0, 0])
  expect(
    answers(
      firstSymbols(2),
      [
        [[a, c, b], 1],
        [[c, a, b], 0],
      ],
      [
        [a, c, a],
        [c, a, a],
      ],
    ),
  ).toEqual([1, 0])
  expect(
    answers(
      lastSymbols(2),
      [
        [[b, a, c], 1],
        [[b, c, a], 0],
      ],
      [
        [a, a, c],
        [a, c, a],
      ],
    ),
  ).toEqual([1, 0])
})

test('two last symbols that are new are answered by the last one alone', () => {
  const train: [number[], number][] = [
    [[a, c], 0],
    [[b, c], 0],
    [[a, b], 1],
    [[c, b], 1],
    [[a, a], 0],
  ]
  expect(
    answers(lastSymbols(2), train, [
      [b, b],
      [c, c],
    ]),
  ).toEqual([1, 0])
  expect(
    answers(nGram(2), train, [
      [b, b],
      [c, c],
    ]),
  ).toEqual([1, 0])
})

test('an n-gram sees the begin of a word that is shorter than its order', () => {
  expect(
    answers(
      nGram(3),
      [
        [[a, b], 0],
        [[c, a, b], 1],
      ],
      [
        [a, b],
        [b, c, a, b],
      ],
    ),
  ).toEqual([0, 1])
})

test('contexts too long for one number are still told apart', () => {
  const word = (start: number) => [start, ...new Array(39).fill(b)]
  const order = nGram(40)
  expect(
    answers(
      order,
      [
        [word(a), 1],
        [word(c), 0],
      ],
      [word(a), word(c)],
    ),
  ).toEqual([1, 0])
})
