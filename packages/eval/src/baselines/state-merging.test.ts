import { expect, test } from 'vitest'
import { dfaFromTable } from '../automata/define-dfa.ts'
import { classOf, type Dfa, stateAfter } from '../automata/dfa.ts'
import { wMethodSuite } from '../automata/distinguish.ts'
import { minimise } from '../automata/minimise.ts'
import { equivalence, isomorphism } from '../automata/product.ts'
import { regexAutomaton } from '../automata/regex.ts'
import { wordsUpTo } from '../automata/words.ts'
import { parity } from '../languages/tasks/parity.ts'
import { tomita3, tomita4, tomita5, tomita6, tomita7 } from '../languages/tasks/tomita.ts'
import { encodeView } from '../languages/view.ts'
import { languageOfStateMerging, learnedAutomaton } from './learned-automaton.ts'
import { type LabelledPrefixes, prefixTree } from './prefix-tree.ts'
import { mergeStates } from './state-merging.ts'
import { drawn, upTo } from './synthetic-language.ts'

const automatonOf = ({ recognition }: { recognition?: { machine: { automaton?: Dfa } } }) =>
  recognition!.machine.automaton!

const automata: [string, Dfa][] = [
  ['parity', automatonOf(parity)],
  ['Tomita 1', regexAutomaton('1*', ['0', '1'])],
  ['Tomita 2', regexAutomaton('(10)*', ['0', '1'])],
  ['Tomita 3', automatonOf(tomita3)],
  ['Tomita 4', automatonOf(tomita4)],
  ['Tomita 5', automatonOf(tomita5)],
  ['Tomita 6', automatonOf(tomita6)],
  ['Tomita 7', automatonOf(tomita7)],
  [
    'sums modulo 3 as a Moore automaton',
    dfaFromTable({
      next: [
        [0, 1, 2],
        [1, 2, 0],
        [2, 0, 1],
      ],
      classes: [0, 1, 2],
    }),
  ],
]

/** A word of which only its own class is known. */
function labelled(dfa: Dfa, word: Uint8Array): LabelledPrefixes {
  const labels = new Int16Array(word.length + 1).fill(-1)
  labels[word.length] = classOf(dfa, word)
  return { word, labels }
}

test.each(automata)('%s comes back from a characteristic sample', (_, dfa) => {
  const minimal = minimise(dfa)
  const sample = [...wMethodSuite(minimal, minimal.classes.length)].map(word => labelled(minimal, word))
  const learned = mergeStates(prefixTree(dfa.symbols, sample), { order: 'shortlex' })
  expect(isomorphism(learned, minimal)).toBeDefined()
})

test.each(automata)('%s comes back by evidence from all words of at most six symbols', (_, dfa) => {
  const sample = [...wordsUpTo(dfa.symbols, 6)].map(word => labelled(dfa, word))
  const learned = mergeStates(prefixTree(dfa.symbols, sample))
  expect(isomorphism(learned, minimise(dfa))).toBeDefined()
})

test('what is learned agrees with every label of its sample, when states suffice', () => {
  const words = [...wordsUpTo(2, 7)]
  const sample = words.map((word, i): LabelledPrefixes => {
    const labels = new Int16Array(word.length + 1).fill(-1)
    labels[word.length] = (i * 7919) % 13 < 6 ? 1 : 0 // no small automaton has these classes
    return { word, labels }
  })
  const learned = mergeStates(prefixTree(2, sample), { maximumStates: 256 })
  expect(words.map(word => classOf(learned, word))).toEqual(sample.map(({ labels }) => labels.at(-1)))
  const small = mergeStates(prefixTree(2, sample), { maximumStates: 8 })
  expect(small.classes.length).toBeLessThanOrEqual(8)
  for (const word of words) expect(stateAfter(small, word)).toBeLessThan(small.classes.length)
})

test('symbols that were never seen lead to the most frequent class', () => {
  const words = [[], [0], [0, 0], [0, 0, 0]].map(word => Uint8Array.from(word))
  const one = words.map(word => ({ word, labels: new Int16Array(word.length + 1).fill(1) }))
  const learned = mergeStates(prefixTree(2, one))
  expect(learned).toEqual({
    symbols: 2,
    start: 0,
    next: Int32Array.of(0, 1, 1, 1),
    classes: Uint8Array.of(1, 1),
  })
})

test('a tree numbers its nodes by length, then from the left, and stops where it is full', () => {
  const words = [[1, 1], [0, 1, 0], [1]].map(word => Uint8Array.from(word))
  const sample = words.map((word, i) => ({
    word,
    labels: Int16Array.from([...word, 0], (_, t) => (t < word.length ? -1 : i)),
  }))
  const { nodes, next, labels } = prefixTree(2, sample)
  expect(nodes).toBe(6)
  expect([...next]).toEqual([1, 2, -1, 3, -1, 4, 5, -1, -1, -1, -1, -1])
  expect([...labels]).toEqual([-1, -1, 2, -1, 0, 1])
  expect(prefixTree(2, sample, 4).nodes).toBe(4)
})

test.each(['recognise', 'dense'] as const)('parity is learned from 1,000 drawn strings in %s', view => {
  const encoding = encodeView(parity, view)
  const train = drawn(encoding, 'train', upTo(20), 50)
  const { dfa, flags } = languageOfStateMerging(encoding, train)
  expect(equivalence(dfa, automatonOf(parity))).toEqual({ equal: true })
  expect(flags).toBeUndefined()
})

test('next symbols of a Tomita language are learned as sets of flags', () => {
  const encoding = encodeView(tomita3, 'next-symbol')
  const train = drawn(encoding, 'train', upTo(20), 50)
  const { flags } = languageOfStateMerging(encoding, train)
  expect(flags!.map(set => set.join('')).sort()).toEqual(['100', '111'])
  const predictor = learnedAutomaton.fit(encoding, train, 0)
  for (const { inputs, targets } of drawn(encoding, 'test', [40, 80], 50))
    expect(predictor.predict(inputs)).toEqual(targets)
})
