import { expect, test } from 'vitest'
import { LANGUAGES } from './components.ts'
import type { Language, Recognition, Word } from './language.ts'

/** All words up to a length, or as many lengths as keep below the number of words. */
function* wordsUpTo(symbols: number, length: number): Generator<Word> {
  for (let n = 0; n <= length; n++) {
    const word = new Uint8Array(n)
    for (let last = n; ; ) {
      yield word.slice()
      for (last = n - 1; last >= 0 && word[last] === symbols - 1; last--) word[last] = 0
      if (last < 0) break
      word[last]!++
    }
  }
}

const exhaustiveLength = (symbols: number) =>
  symbols === 2 ? 12 : Math.floor(Math.log(60_000) / Math.log(symbols))

const recognised = LANGUAGES.filter((l): l is Language & { recognition: Recognition } => 'recognition' in l)
const transduced = LANGUAGES.filter((l: Language) => l.transduction)

test.each(recognised)('machine and direct definition of $id agree on every short word', language => {
  const { machine, classOf } = language.recognition
  for (const word of wordsUpTo(language.alphabet.length, exhaustiveLength(language.alphabet.length))) {
    const found = machine.classOf(word.reduce((q, a) => machine.step(q, a), machine.start))
    if (found !== classOf(word)) expect.fail(`${word}: machine ${found}`)
  }
})

test.each(transduced)(
  'machine and direct definition of $id agree on every short word',
  (language: Language) => {
    const { machine, transduce } = language.transduction!
    for (const word of wordsUpTo(language.alphabet.length, exhaustiveLength(language.alphabet.length)))
      expect(machine.transduce(word)).toEqual(transduce(word))
  },
)

test.each(recognised)(
  'strings of $id have the label that the definition gives them, half of them 1',
  language => {
    const { classOf, sample } = language.recognition
    for (const size of [1, 2, 3, 5, 8, 13, 20, 40].filter(language.hasSize)) {
      let ones = 0
      for (let index = 0; index < 64; index++) {
        const { word, label } = sample({ seed: 1, stream: 'test', size, index })
        expect(word.length).toBe(language.lengthOf(size))
        expect(classOf(word)).toBe(label)
        ones += label
      }
      if (language.recognition.classes.length === 2) expect(ones).toBe(32)
    }
  },
)
