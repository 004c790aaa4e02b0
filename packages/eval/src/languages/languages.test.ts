import { expect, test } from 'vitest'
import { allWords, wordsUpTo } from '../automata/words.ts'
import { firstDisagreement, lengthForWords } from './agreement.ts'
import { languages } from './components.ts'
import { encodeView } from './view.ts'

/** Binary words up to length 12; of more symbols as many lengths as have some 80,000 words. */
const exhaustiveLength = (symbols: number) => (symbols === 2 ? 12 : lengthForWords(symbols, 90_000))

const recognised = languages.flatMap(language => {
  const { id, recognition } = language
  return recognition ? [{ id, language, recognition }] : []
})
test.each(languages)('machine and direct definition of $id agree on every short word', language => {
  expect(firstDisagreement(language, exhaustiveLength(language.alphabet.length))).toBeUndefined()
})

test.each(languages)(
  'outputs of $id have the length and the symbols that they are said to have',
  language => {
    const { machine, outputLength, outputs } = language.transduction ?? {}
    if (!machine) return
    for (const word of wordsUpTo(language.alphabet.length, 4)) {
      const output = machine.transduce(word)
      expect(output).toHaveLength(outputLength!(word.length))
      expect(Math.max(0, ...output)).toBeLessThan(outputs!.length)
    }
  },
)

test.each(recognised)(
  'words of $id have the class that they are said to have, classes balanced',
  ({ language, recognition: { classOf, classes, sample, samplePositive, domain } }) => {
    for (const size of [1, 2, 3, 5, 8, 13, 20, 21, 80].filter(language.hasSize)) {
      const counts = classes.map(() => 0)
      for (let index = 0; index < 48; index++) {
        const at = { seed: 1, stream: 'test', size, index }
        const { word, label } = sample(at)
        expect(word.length).toBe(language.lengthOf(size))
        expect(classOf(word), `${word}`).toBe(label)
        if (domain) expect(word.length % 2).toBe(1)
        if (samplePositive) expect(classOf(samplePositive(at))).toBe(1)
        counts[label]!++
      }
      if (classes.length === 2) expect(counts).toEqual([24, 24])
    }
  },
)

test.each(languages)('$id tells which sizes it has', language => {
  const { recognition, hasSize, lengthOf, alphabet } = language
  if (!recognition || recognition.domain || recognition.classes.length > 2) return
  for (let size = 1; lengthOf(size) <= exhaustiveLength(alphabet.length); size++) {
    const classes = new Set<number>()
    for (const word of allWords(alphabet.length, lengthOf(size))) classes.add(recognition.classOf(word))
    expect(hasSize(size), `size ${size}`).toBe(classes.size === 2)
  }
})

test.each(languages)('string i of $id is the same made alone, in order or after others', language => {
  const size = [6, 7, 5].find(language.hasSize)!
  for (const view of language.views) {
    const encoding = encodeView(language, view)
    const make = (index: number, stream = 'train') => encoding.sample({ seed: 7, stream, size, index })
    const forwards = [0, 1, 2, 3, 4, 5].map(index => make(index))
    expect([5, 4, 3, 2, 1, 0].map(index => make(index)).reverse()).toEqual(forwards)
    expect([0, 1, 2, 3, 4, 5].map(index => make(index, 'test'))).not.toEqual(
      language.id.startsWith('anb') ? 0 : forwards,
    )
  }
})

test.each(recognised.filter(({ recognition }) => recognition.machine.next))(
  'the symbols that may follow in $id are those that some word of it has there',
  ({ language, recognition: { machine, classOf } }) => {
    const symbols = language.alphabet.length
    const longest = exhaustiveLength(symbols)
    const prefixes = new Set<string>()
    for (const word of wordsUpTo(symbols, longest)) {
      if (classOf(word) !== 1) continue
      for (let end = 0; end <= word.length; end++) prefixes.add(word.subarray(0, end).join())
    }
    // a prefix and one more symbol can be completed within the length: every other symbol again, and a marker
    const copies = language.id.startsWith('anb') ? symbols : 2
    for (const prefix of wordsUpTo(symbols, Math.floor((longest - 1) / copies - 1))) {
      const flags = machine.next!(prefix.reduce((q, a) => machine.step(q, a), machine.start))
      const wanted = Array.from({ length: symbols }, (_, a) => Number(prefixes.has([...prefix, a].join())))
      expect([...flags], `after ${prefix}`).toEqual([...wanted, classOf(prefix)])
    }
  },
)
