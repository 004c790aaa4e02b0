import { expect, test } from 'vitest'
import { allWords } from '../automata/words.ts'
import { languages } from './components.ts'
import { drawsAt } from './draws.ts'
import { nearMisses } from './regular.ts'
import { bracketedModulo5 } from './tasks/bracketed-expression.ts'
import { depthOf } from './tasks/brackets.ts'
import { drawDyck } from './tasks/dyck.ts'
import { parity } from './tasks/parity.ts'
import { tomita3 } from './tasks/tomita.ts'
import { uniformityOf } from './uniformity.ts'

const at = (size: number, index: number) => ({ seed: 3, stream: 'uniform', size, index })

const proper = languages.flatMap(({ id, recognition, alphabet, lengthOf, hasSize }) => {
  if (recognition?.classes.length !== 2 || !recognition.samplePositive || id === 'dyck-2') return []
  const size = [8, 6, 4, 3].find(own => hasSize(own) && alphabet.length ** lengthOf(own) <= 70_000)
  return size === undefined
    ? []
    : [{ id, size, length: lengthOf(size), symbols: alphabet.length, recognition }]
})

test.each(proper)(
  'every word of $id of size $size is drawn as often as any other',
  ({ size, length, symbols, recognition: { classOf, samplePositive } }) => {
    const words = [...allWords(symbols, length)].filter(word => classOf(word) === 1)
    const { strangers, deviation } = uniformityOf(words, Math.min(20 * words.length, 8000), i =>
      samplePositive!(at(size, i)),
    )
    expect(strangers).toBe(0)
    expect(deviation).toBeLessThan(4)
  },
)

test('words of one depth are uniform among all of that depth', () => {
  for (const depth of [1, 2, 3, 4]) {
    const words = [...allWords(4, 8)].filter(word => depthOf(word, 2) === depth)
    const { strangers, deviation } = uniformityOf(words, 10 * words.length, i =>
      drawDyck(2, 8, drawsAt(at(8, i)), depth),
    )
    expect(strangers).toBe(0)
    expect(deviation).toBeLessThan(4)
  }
})

test('each class of a function of prefixes is uniform over its words', () => {
  const majority = languages.find(({ id }) => id === 'majority')!
  const walk = languages.find(({ id }) => id === 'mod-5-walk')!
  for (const { recognition, alphabet } of [majority, walk]) {
    const { classOf, classes, sample } = recognition!
    for (const label of classes.keys()) {
      const words = [...allWords(alphabet.length, 6)].filter(word => classOf(word) === label)
      const draw = (i: number) => sample(at(6, i * classes.length + label)).word
      const { strangers, deviation } = uniformityOf(words, 20 * words.length, draw)
      expect(strangers).toBe(0)
      expect(deviation).toBeLessThan(4)
    }
  }
})

test('expressions in brackets are uniform, and none is missed', () => {
  const { transduction } = bracketedModulo5(false)
  // ( d ± d ) and, one longer, with one minus
  const count = (text: RegExp) => (length: number) =>
    [...allWords(9, length)].filter(word => text.test(Array.from(word, s => '01234()+-'[s]).join('')))
  const words = count(/^\([0-4][+-][0-4]\)$/)(5)
  expect(words).toHaveLength(50)
  const { strangers, deviation } = uniformityOf(words, 2000, i => transduction!.sample(at(5, i)))
  expect(strangers).toBe(0)
  expect(deviation).toBeLessThan(4)
})

test('near misses of a regular language are the words outside it that one change brings inside', () => {
  for (const { recognition } of [tomita3, parity]) {
    const { classOf, machine } = recognition!
    const near = nearMisses(machine.automaton!)!
    for (const word of allWords(2, 9)) {
      const state = word.reduce((q, a) => near.next[q * 2 + a]!, near.start)
      const oneAway = word.some((symbol, i) => classOf(word.with(i, 1 - symbol)) === 1)
      expect(near.classes[state]).toBe(Number(classOf(word) === 0 && oneAway))
    }
  }
})

test('negatives come in the strata that were asked for', () => {
  const origins = (id: string, size: number) => {
    const { sample } = languages.find(language => language.id === id)!.recognition!
    const counts: Record<string, number> = {}
    for (let index = 0; index < 1600; index++) {
      const { origin } = sample(at(size, index))
      counts[origin] = (counts[origin] ?? 0) + 1
    }
    return counts
  }
  expect({
    'tomita-4': origins('tomita-4', 20),
    anbn: origins('anbn', 20),
    'marked-copy': origins('marked-copy', 12),
    'dyck-1': origins('dyck-1', 40),
  }).toMatchInlineSnapshot(`
    {
      "anbn": {
        "envelope": 198,
        "near-miss": 553,
        "one-symbol": 49,
        "positive": 800,
      },
      "dyck-1": {
        "envelope": 179,
        "near-miss": 354,
        "one-symbol": 56,
        "positive": 800,
        "swap": 211,
      },
      "marked-copy": {
        "envelope": 186,
        "near-miss": 363,
        "one-symbol": 50,
        "positive": 800,
        "swap": 201,
      },
      "tomita-4": {
        "complement": 401,
        "one-symbol": 399,
        "positive": 800,
      },
    }
  `)
})
