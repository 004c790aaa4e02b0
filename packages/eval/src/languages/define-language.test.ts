import { createContainer, LANGUAGE } from '@elman/core'
import { expect, test } from 'vitest'
import { evaluation } from '../plugin.ts'
import { firstDisagreement } from './agreement.ts'
import { defineLanguage } from './define-language.ts'
import { automatonOf } from './finite.ts'
import type { Language } from './language.ts'
import { encodeView } from './view.ts'

const defined: Language[] = [
  defineLanguage({
    id: 'by-regex',
    alphabet: ['a', 'b'],
    regex: '(ab)*',
    has: w => w.every((s, i) => s === i % 2) && w.length % 2 === 0,
  }),
  defineLanguage({
    id: 'by-automaton',
    alphabet: ['a', 'b', 'c'],
    automaton: automatonOf({
      symbols: 3,
      start: 0,
      step: (q, a) => (q + a) % 4,
      classOf: q => Number(q === 3),
    }),
    classOf: w => Number(w.reduce((sum, a) => sum + a, 0) % 4 === 3),
  }),
  defineLanguage({
    id: 'by-grammar',
    alphabet: ['a', 'b'],
    grammar: { start: 'S', rules: { S: ['a S b', 'a b'] } },
    has: w => w.length > 0 && w.every((s, i) => s === Number(2 * i >= w.length)) && w.length % 2 === 0,
  }),
  defineLanguage({
    id: 'by-predicate',
    alphabet: ['0', '1'],
    has: w => w.length % 2 === 0 && w.subarray(0, w.length / 2).join() === w.subarray(w.length / 2).join(),
    lengthOf: size => 2 * size,
    positive(size, draws) {
      const half = Array.from({ length: size }, () => draws.below(2))
      return Uint8Array.of(...half, ...half)
    },
  }),
]

test.each(defined)('a language defined $id has a machine, samplers and views', language => {
  expect(firstDisagreement(language, 8)).toBeUndefined()
  const { classOf, sample } = language.recognition!
  const size = [4, 5].find(language.hasSize)!
  for (let index = 0; index < 40; index++) {
    const { word, label } = sample({ seed: 1, stream: 'train', size, index })
    expect(word).toHaveLength(language.lengthOf(size))
    expect([classOf(word), label]).toEqual([index % 2, index % 2])
  }
  for (const view of language.views)
    expect(encodeView(language, view).sample({ seed: 1, stream: 'train', size, index: 1 }).inputs[0]).toBe(
      language.alphabet.length,
    )
})

test('an automaton with names for its classes is a function of prefixes', () => {
  const language = defineLanguage({
    id: 'sum',
    alphabet: ['0', '1', '2'],
    automaton: automatonOf({ symbols: 3, start: 0, step: (q, a) => (q + a) % 3, classOf: q => q }),
    classes: ['none', 'one', 'two'],
  })
  expect(language.views).toEqual(['dense'])
  expect(encodeView(language, 'dense').encode(Uint8Array.of(1, 1, 2)).targets).toEqual(
    Uint8Array.of(0, 1, 2, 1),
  )
})

test('a regular expression or a grammar in a config makes a language', () => {
  const container = createContainer([evaluation])
  const languages = [
    { type: 'regex-language', pattern: 'a*b', alphabet: 'ab' },
    { type: 'grammar-language', id: 'nested', alphabet: ['(', ')'], rules: { S: ['( S ) S', ''] } },
  ].map(config => container.create(LANGUAGE, config))
  expect(
    languages.map(({ id, title, level, alphabet, trainSize }) => [id, title, level, alphabet, trainSize]),
  ).toMatchInlineSnapshot(`
    [
      [
        "regex-language",
        "a*b",
        "regular",
        [
          "a",
          "b",
        ],
        20,
      ],
      [
        "nested",
        "nested",
        "context-free",
        [
          "(",
          ")",
        ],
        20,
      ],
    ]
  `)
})

test('an id or an alphabet that cannot be is refused', () => {
  const make = (id: string, alphabet: string[]) => () => defineLanguage({ id, alphabet, regex: 'a' })
  expect(make('a b', ['a', 'b'])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: LANGUAGE_INVALID  the id of a language names files and probes
      expected letters, digits and dashes
      found    "a b"]
  `)
  expect(make('ab', ['a', 'a'])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: LANGUAGE_INVALID  two symbols of ab have one name
      expected different names
      found    a a]
  `)
  expect(make('ab', ['a'])).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: LANGUAGE_INVALID  the alphabet of ab has 1 symbols
      expected 2 to 250
      found    a]
  `)
})
