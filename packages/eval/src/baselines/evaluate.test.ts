import { expect, test } from 'vitest'
import { languages } from '../languages/components.ts'
import type { EncodedString, Encoding } from '../languages/encoding.ts'
import { copy } from '../languages/tasks/copy.ts'
import { parity } from '../languages/tasks/parity.ts'
import { tomita3, tomita4 } from '../languages/tasks/tomita.ts'
import { encodeView } from '../languages/view.ts'
import type { BaselineResult } from '../probe/record.ts'
import type { Baseline } from './baseline.ts'
import { baselineLadder, evaluateBaselines, type StringsOfSize } from './evaluate.ts'
import { finiteBuffer } from './finite-buffer.ts'
import { majorityAnswer } from './majority.ts'
import { positionRelative } from './position.ts'
import { drawn, functionEncoding, upTo } from './synthetic-language.ts'

const testStrings = (encoding: Encoding, sizes: number[], count: number): StringsOfSize[] =>
  sizes.map(size => ({ size, strings: drawn(encoding, 'test', [size], count) }))

function shareOf(results: readonly BaselineResult[], id: string): number {
  const { sizes } = results.find(({ baseline }) => baseline === id)!
  const right = sizes.reduce((sum, { tokens }) => sum + tokens.right, 0)
  return right / sizes.reduce((sum, { tokens }) => sum + tokens.total, 0)
}

const reverse = functionEncoding(2, word => word.slice().reverse())

test('nine of ten symbols of a sorted word of five symbols come from the place alone', () => {
  const sort = functionEncoding(5, word => word.slice().sort())
  const sizes = upTo(10).map(i => 41 + 51 * (i - 1)) // 41 to 500, as in the published table: 90.0 %
  const ladder = [positionRelative, majorityAnswer]
  const results = evaluateBaselines(
    sort,
    drawn(sort, 'train', upTo(40), 25),
    testStrings(sort, sizes, 100),
    0,
    ladder,
  )
  const shares = results[0]!.sizes.map(({ tokens }) => tokens.right / tokens.total)
  expect(shares.reduce((sum, share) => sum + share) / shares.length).toBeCloseTo(0.9, 2)
  expect(shareOf(results, 'majority')).toBeLessThan(0.25)
})

test('a buffer of 10 symbols reverses ten and guesses the others', () => {
  const train = drawn(reverse, 'train', upTo(10), 20)
  const results = evaluateBaselines(reverse, train, testStrings(reverse, [10, 40], 200), 0)
  for (const id of ['buffer-first', 'buffer-last']) {
    const [short, long] = results.find(({ baseline }) => baseline === id)!.sizes
    expect(short!.strings).toEqual({ right: 200, total: 200 })
    expect(short!.length).toBe(21)
    expect(long!.tokens.total).toBe(8000)
    expect(long!.tokens.right / 8000).toBeCloseTo((10 + 15) / 40, 1)
  }
})

test('what a buffer has forgotten does not change its answers, and what it remembers comes back', () => {
  const predictor = finiteBuffer('first').fit(reverse, drawn(reverse, 'train', upTo(4), 5), 0)
  const outputs = [0, 1].map(forgotten => {
    const { inputs } = reverse.encode(Uint8Array.of(1, 0, 1, 1, ...new Array(6).fill(forgotten)))
    return [...predictor.predict(inputs)].slice(11)
  })
  expect(outputs[0]).toEqual(outputs[1])
  expect(outputs[0]!.slice(6)).toEqual([1, 1, 0, 1])
})

test('a buffer answers with the majority where no other input of the length makes sense', () => {
  const picky = functionEncoding(2, word => {
    if (word.length > 3 && word.includes(0) && word.includes(1)) throw new Error('not an input')
    return word.slice()
  })
  const train = [
    [1, 1, 1],
    [0, 1],
  ].map(word => picky.encode(Uint8Array.from(word)))
  const { inputs } = picky.encode(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
  expect([...finiteBuffer('first').fit(picky, train, 0).predict(inputs)].slice(11)).toEqual(
    new Array(10).fill(1),
  )
})

test('parity is beyond every baseline but the learned automaton', () => {
  const encoding = encodeView(parity, 'recognise')
  const train = drawn(encoding, 'train', upTo(20), 100)
  const results = evaluateBaselines(encoding, train, testStrings(encoding, [40, 80], 250), 0)
  expect(shareOf(results, 'state-merging')).toBe(1)
  for (const { baseline } of results.filter(({ baseline }) => baseline !== 'state-merging'))
    expect([baseline, shareOf(results, baseline) < 0.6]).toEqual([baseline, true])
})

test('no three zeros in a row is strictly local: exact from pieces of three on', () => {
  for (const view of ['recognise', 'dense', 'next-symbol'] as const) {
    const encoding = encodeView(tomita4, view)
    const train = drawn(encoding, 'train', upTo(20), 50)
    const results = evaluateBaselines(encoding, train, testStrings(encoding, [40], 100), 0)
    for (const k of [3, 4, 5]) expect(shareOf(results, `sl-${k}`)).toBe(1)
    expect(shareOf(results, 'sl-2')).toBeLessThan(0.9)
  }
})

test('labels of test strings do not enter predictions', () => {
  for (const [language, view] of [
    [tomita4, 'recognise'],
    [tomita4, 'dense'],
    [tomita4, 'next-symbol'],
    [copy, 'transduce'],
  ] as const) {
    const encoding = encodeView(language, view)
    const train = drawn(encoding, 'train', upTo(10), 10)
    const own = drawn(encoding, 'test', [15], 20)
    const permuted = own.map(({ inputs, scored }, i): EncodedString => {
      const { targets } = own[(i * 7 + 3) % own.length]!
      return { inputs, scored, targets }
    })
    expect(permuted.map(({ targets }) => targets.join())).not.toEqual(
      own.map(({ targets }) => targets.join()),
    )
    const ladder = baselineLadder.filter(({ suits }) => suits(encoding))
    const predictions = (strings: EncodedString[]): Uint8Array[] => {
      const made: Uint8Array[] = []
      const recording = ladder.map((baseline): Baseline => {
        const predictor = baseline.fit(encoding, train, 0)
        const predict = (inputs: Uint8Array) => predictor.predict(inputs)
        return { ...baseline, fit: () => ({ predict: inputs => made[made.push(predict(inputs)) - 1]! }) }
      })
      evaluateBaselines(encoding, train, [{ size: 15, strings }], 0, recording)
      return made
    }
    const made = predictions(own)
    expect(made).toHaveLength(own.length * ladder.length)
    expect(predictions(permuted)).toEqual(made)
  }
})

test('an answer about a prefix does not look at what follows', () => {
  for (const view of ['dense', 'next-symbol'] as const) {
    const encoding = encodeView(tomita3, view)
    const train = drawn(encoding, 'train', upTo(10), 20)
    for (const baseline of baselineLadder.filter(({ suits }) => suits(encoding))) {
      const { predict } = baseline.fit(encoding, train, 0)
      for (const { inputs } of drawn(encoding, 'test', [20], 10))
        for (const steps of [1, 2, 9, 20]) {
          const prefix = predict(inputs.slice(0, steps))
          expect(predict(inputs).slice(0, prefix.length)).toEqual(prefix)
        }
    }
  }
})

test('a baseline leaves its strings as they are', () => {
  const encoding = encodeView(tomita4, 'next-symbol')
  const train = drawn(encoding, 'train', upTo(8), 4)
  const before = JSON.stringify(train)
  evaluateBaselines(encoding, train, [{ size: 8, strings: train }], 0)
  expect(JSON.stringify(train)).toBe(before)
})

test('every language and view has baselines, and they give the same counts twice', () => {
  for (const language of languages)
    for (const view of language.views) {
      const encoding = encodeView(language, view)
      const sizes = upTo(16).filter(size => language.hasSize(size))
      const train = drawn(encoding, 'train', sizes, 4)
      const strings = testStrings(encoding, [upTo(40).findLast(size => language.hasSize(size))!], 10)
      const results = evaluateBaselines(encoding, train, strings, 3)
      expect(results.length).toBeGreaterThanOrEqual(14)
      expect(evaluateBaselines(encoding, train, strings, 3)).toEqual(results)
      for (const { sizes } of results) expect(sizes[0]!.strings.total).toBe(10)
    }
})

test('names of baselines are different from each other', () => {
  expect(new Set(baselineLadder.map(({ id }) => id)).size).toBe(baselineLadder.length)
})
