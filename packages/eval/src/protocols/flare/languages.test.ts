import { expect, test } from 'vitest'
import { wordsUpTo } from '../../automata/words.ts'
import type { FlareLanguage } from './language.ts'
import { FLARE_LANGUAGES, flareLanguage, flareLanguages } from './languages.ts'
import { flareExample } from './sampling.ts'

const ALL = [...flareLanguages(), flareLanguage('compute-sqrt', { original: true })]
const NAMED = ALL.map(language => [language.id, language] as const)

/** Longest words that are all looked at. */
const longest = ({ alphabet }: FlareLanguage) =>
  ({ 2: 12, 3: 9, 4: 8, 5: 6, 6: 5, 8: 4, 9: 4 })[alphabet.length]!

function classOf(name: string, text: string): number {
  const { alphabet, recognition } = flareLanguage(name)
  return recognition.classOf(
    Uint8Array.from(text === '' ? [] : text.split(' '), symbol => alphabet.indexOf(symbol)),
  )
}

function machineClass({ recognition: { machine } }: FlareLanguage, word: Uint8Array): number {
  return machine.classOf(word.reduce<unknown>((state, symbol) => machine.step(state, symbol), machine.start))
}

test('there are 18 languages with ids of their own', () => {
  expect(FLARE_LANGUAGES).toHaveLength(18)
  expect(new Set(ALL.map(({ id }) => id)).size).toBe(19)
})

test.each([
  ['even-pairs', '', '1'],
  ['even-pairs', '0 1 1 0', '1'],
  ['even-pairs', '0 1', '0'],
  ['repeat-01', '0 1 0 1', '1'],
  ['repeat-01', '0 1 0', '0'],
  ['parity', '1 0 1 1', '1'],
  ['cycle-navigation', '> > = < 1', '1'],
  ['cycle-navigation', '< 4', '1'],
  ['cycle-navigation', '< 4 =', '0'],
  ['modular-arithmetic-simple', '1 + 2 * 3 = 4', '1'], // (1 + 2) · 3 = 9
  ['modular-arithmetic-simple', '1 + 2 * 3 = 2', '0'], // with precedence it would be
  ['dyck-2-3', '(0 (1 )1 )0 (1 )1', '1'],
  ['dyck-2-3', '(0 (0 (0 (0 )0 )0 )0 )0', '0'],
  ['dyck-2-3', '(0 (1 )0 )1', '0'],
  ['first', '1 0 0', '1'],
  ['majority', '1 0 1', '1'],
  ['majority', '1 0', '0'],
  ['stack-manipulation', '1 0 POP PUSH 1 # 1 1', '1'],
  ['stack-manipulation', 'POP PUSH 1 # 1', '0'],
  ['marked-reversal', '0 1 # 1 0', '1'],
  ['unmarked-reversal', '0 1 1 0', '1'],
  ['marked-copy', '0 1 # 0 1', '1'],
  ['missing-duplicate-string', '0 _ 0 1', '1'],
  ['missing-duplicate-string', '_ 1 0 1', '0'],
  ['odds-first', '0 1 0 1 1 # 0 0 1 1 1', '1'],
  ['binary-addition', '0 1 + 1 0 = 1 1 0 0', '1'], // 2 + 1
  ['binary-addition', '0 1 + = 0 1', '0'],
  ['binary-multiplication', '0 1 × 1 1 = 0 1 1', '1'], // 2 · 3
  ['compute-sqrt', '0 1 1 1 = 1 1', '1'], // 14
  ['bucket-sort', '3 1 2 # 1 2 3', '1'],
])('%s: "%s" is in the language: %s', (name, text, expected) => {
  expect(`${classOf(name, text)}`).toBe(expected)
})

test.each(NAMED)('%s: machine and definition agree on all short words', (_, language) => {
  const different: string[] = []
  for (const word of wordsUpTo(language.alphabet.length, longest(language))) {
    if (machineClass(language, word) !== language.recognition.classOf(word)) different.push(word.join(' '))
  }
  expect(different).toEqual([])
})

test.each(NAMED)('%s: lengths with words are those that short words have', (_, language) => {
  const { alphabet, recognition } = language
  const seen = Array.from({ length: longest(language) + 1 }, () => [false, false])
  for (const word of wordsUpTo(alphabet.length, longest(language))) {
    seen[word.length]![recognition.classOf(word)] = true
  }
  for (const [length, [no, yes]] of seen.entries()) {
    expect([length, language.hasPositive(length), language.hasSize(length)]).toEqual([length, yes, no && yes])
  }
})

test.each(NAMED)(
  '%s: a symbol is a next one just when a word of the language goes on with it',
  (_, language) => {
    const { alphabet, recognition } = language
    const { machine } = recognition
    const bound = longest(language)
    const prefixes = new Set<string>()
    for (const word of wordsUpTo(alphabet.length, bound)) {
      if (recognition.classOf(word) === 0) continue
      for (let length = 0; length <= word.length; length++) prefixes.add(word.subarray(0, length).join())
    }
    for (const word of wordsUpTo(alphabet.length, Math.floor((bound - 3) / 3))) {
      const state = word.reduce<unknown>((now, symbol) => machine.step(now, symbol), machine.start)
      const wanted = alphabet.map((_, symbol) => Number(prefixes.has([...word, symbol].join())))
      const flags = machine.next!(state)
      expect(flags.at(-1)).toBe(recognition.classOf(word))
      // within the bound a continuation may be too long to be seen, never the other way about
      for (const [symbol, flag] of wanted.entries()) if (flag === 1) expect(flags[symbol]).toBe(1)
      if (!prefixes.has(word.join()) && word.length > 0) continue
      expect([word.join(' '), ...flags.subarray(0, -1)]).toEqual([word.join(' '), ...wanted])
    }
  },
)

test.each(NAMED)(
  '%s: labels of examples are right by both definitions, at every length and in ranges',
  (_, language) => {
    const check = (word: Uint8Array, label: number) => {
      expect(language.recognition.classOf(word)).toBe(label)
      expect(machineClass(language, word)).toBe(label)
    }
    for (let size = 0; size <= 45; size++) {
      if (!language.hasSize(size)) continue
      for (let index = 0; index < 6; index++) {
        const { word, label } = language.recognition.sample({ seed: 1, stream: 'test', size, index })
        expect(word).toHaveLength(size)
        check(word, label)
        const positive = language.recognition.samplePositive!({ seed: 1, stream: 'test', size, index })
        expect(positive).toHaveLength(size)
        check(positive, 1)
      }
    }
    const labels = [0, 0]
    for (let index = 0; index < 60; index++) {
      const at = { seed: 2, stream: 'test', size: 500, index }
      const { word, label } = flareExample(language, { from: 0, to: 500 }, at)
      expect(word.length).toBeLessThanOrEqual(500)
      check(word, label)
      labels[label]!++
    }
    expect(Math.min(...labels)).toBeGreaterThan(15)
  },
)

test('an unknown language is answered with the names', () => {
  expect(() => flareLanguage('dyck-2')).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: PROTOCOL_LANGUAGE_UNKNOWN  FLaRe has no language dyck-2
      expected even-pairs, repeat-01, parity, cycle-navigation, modular-arithmetic-simple, dyck-2-3, first, majority, stack-manipulation, marked-reversal, unmarked-reversal, marked-copy, missing-duplicate-string, odds-first, binary-addition, binary-multiplication, compute-sqrt, bucket-sort
      did you mean dyck-2-3?]
  `)
})
