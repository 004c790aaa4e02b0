import { expect, test } from 'vitest'
import { wordsUpTo } from '../../automata/words.ts'
import { flareLanguage } from './languages.ts'
import { flareExample } from './sampling.ts'

const examples = (name: string, to: number, count: number, label?: 0 | 1) =>
  Array.from({ length: count }, (_, index) =>
    flareExample(
      flareLanguage(name),
      { from: 0, to },
      { seed: 4, stream: 'train', size: to, index },
      label === undefined ? {} : { label },
    ),
  )

test('labels are a coin, negatives half random and half edited, edits geometric', () => {
  const drawn = examples('marked-copy', 40, 4000)
  const share = (of: (example: (typeof drawn)[number]) => boolean, from = drawn) =>
    from.filter(of).length / from.length
  expect(share(({ label }) => label === 1)).toBeCloseTo(0.5, 1.3)
  const negatives = drawn.filter(({ label }) => label === 0)
  expect(share(({ origin }) => origin === 'random', negatives)).toBeCloseTo(0.5, 1.3)
  const edited = negatives.filter(({ origin }) => origin === 'edited')
  expect(share(({ edits }) => edits === 1, edited)).toBeCloseTo(0.5, 1.2)
  expect(share(({ edits }) => edits === 2, edited)).toBeCloseTo(0.25, 1.2)
})

test('words of a regular language are uniform at each length, lengths uniform among those that have a word', () => {
  const counts = new Map<string, number>()
  for (const { word } of examples('dyck-2-3', 4, 6000, 1))
    counts.set(word.join(), (counts.get(word.join()) ?? 0) + 1)
  const { recognition } = flareLanguage('dyck-2-3')
  const words = [...wordsUpTo(4, 4)].filter(word => recognition.classOf(word) === 1)
  expect([...counts.keys()].toSorted()).toEqual(words.map(word => word.join()).toSorted())
  for (const word of words) {
    const alike = words.filter(({ length }) => length === word.length).length // 1, 2 and 8 of them
    const expected = 6000 / 3 / alike
    expect(Math.abs(counts.get(word.join())! - expected)).toBeLessThan(5 * Math.sqrt(expected))
  }
})

test('excluded words are not drawn, and a range without any other is refused', () => {
  const language = flareLanguage('repeat-01')
  const at = (index: number) => ({ seed: 1, stream: 'held-out', size: 4, index })
  const excluded = new Set(['', '0,1'])
  for (let index = 0; index < 20; index++) {
    expect(flareExample(language, { from: 0, to: 4 }, at(index), { label: 1, excluded }).word.join()).toBe(
      '0,1,0,1',
    )
  }
  expect(() =>
    flareExample(language, { from: 0, to: 2 }, at(0), { label: 1, excluded }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PROTOCOL_NO_EXAMPLE  no word of flare-repeat-01 was found
      expected one of length 0 to 2 that is not excluded
      found    none in 100 tries
      in stream held-out, string 0]
  `)
  expect(() =>
    flareExample(language, { from: 3, to: 3 }, at(0), { label: 1 }),
  ).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PROTOCOL_NO_EXAMPLE  no word of flare-repeat-01 was found
      expected one of length 3 to 3
      found    none in 100 tries
      in stream held-out, string 0]
  `)
})

test('double precision makes wrong positives in the original Compute Sqrt, and whole numbers none', () => {
  const [mended, original] = [false, true].map(value => flareLanguage('compute-sqrt', { original: value }))
  let wrong = 0
  for (let index = 0; index < 200; index++) {
    const at = { seed: 1, stream: 'test', size: 400, index }
    wrong += 1 - mended!.recognition.classOf(original!.recognition.samplePositive!(at))
    expect(mended!.recognition.classOf(mended!.recognition.samplePositive!(at))).toBe(1)
  }
  expect(wrong).toBeGreaterThan(50)
})
