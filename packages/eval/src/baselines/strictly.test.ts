import { expect, test } from 'vitest'
import { allWords, wordsUpTo } from '../automata/words.ts'
import { encodeView } from '../languages/view.ts'
import { strictlyLocal } from './strictly-local.ts'
import { strictlyPiecewise } from './strictly-piecewise.ts'
import { automatonLanguage } from './synthetic-language.ts'

/** No a right before a b: strictly 2-local. */
const noAThenB = automatonLanguage(
  [
    [1, 0, 0],
    [1, 2, 0],
    [2, 2, 2],
  ],
  [1, 1, 0],
)
/** No a anywhere before a b: strictly 2-piecewise. */
const noABeforeB = automatonLanguage(
  [
    [1, 0, 0],
    [1, 2, 1],
    [2, 2, 2],
  ],
  [1, 1, 0],
)
const short = [...wordsUpTo(3, 4)]
const long = [...allWords(3, 6)]

test.each(['recognise', 'dense'] as const)('SL₂ learns a strictly local language in %s', view => {
  const encoding = encodeView(noAThenB, view)
  const predictor = strictlyLocal(2).fit(encoding, short.map(encoding.encode), 0)
  for (const word of long) {
    const { inputs, targets, scored } = encoding.encode(word)
    expect(predictor.predict(inputs).map((answer, step) => answer * scored[step]!)).toEqual(targets)
  }
})

test.each(['recognise', 'dense'] as const)('SP₂ learns a strictly piecewise language in %s', view => {
  const encoding = encodeView(noABeforeB, view)
  const predictor = strictlyPiecewise.fit(encoding, short.map(encoding.encode), 0)
  for (const word of long) {
    const { inputs, targets, scored } = encoding.encode(word)
    expect(predictor.predict(inputs).map((answer, step) => answer * scored[step]!)).toEqual(targets)
  }
})

test('each of SL₂ and SP₂ predicts the next symbols of its own language', () => {
  for (const [language, baseline] of [
    [noAThenB, strictlyLocal(2)],
    [noABeforeB, strictlyPiecewise],
  ] as const) {
    const encoding = encodeView(language, 'next-symbol')
    const isIn = (word: Uint8Array) => language.recognition!.classOf(word) === 1
    const predictor = baseline.fit(encoding, short.filter(isIn).map(encoding.encode), 0)
    for (const word of long.filter(isIn)) {
      const { inputs, targets } = encoding.encode(word)
      expect(predictor.predict(inputs)).toEqual(targets)
    }
  }
})

test('SL₁ sees symbols only, and SL₂ takes words of the piecewise language that are not in it', () => {
  const encoding = encodeView(noABeforeB, 'recognise')
  const train = short.map(encoding.encode)
  const local = [1, 2].map(k => strictlyLocal(k).fit(encoding, train, 0))
  const verdicts = (...word: number[]) =>
    local.map(({ predict }) => predict(Uint8Array.of(3, ...word))[word.length])
  expect(verdicts(0, 1)).toEqual([1, 0])
  expect(verdicts(0, 2, 1)).toEqual([1, 1])
  expect(noABeforeB.recognition!.classOf(Uint8Array.of(0, 2, 1))).toBe(0)
})

test('SL₂ knows with what a word may begin and end', () => {
  const encoding = encodeView(noABeforeB, 'recognise')
  const { predict } = strictlyLocal(2).fit(encoding, [encoding.encode(Uint8Array.of(1, 2, 2, 0))], 0)
  const verdict = (...word: number[]) => predict(Uint8Array.of(3, ...word))[word.length]
  expect(verdict(1, 2, 0)).toBe(1)
  expect(verdict(2, 2, 0)).toBe(0) // never began with c
  expect(verdict(1, 2, 2)).toBe(0) // never ended with c
  expect(verdict()).toBe(0)
})
