import { isElmanError } from '@elman/core'
import { expect, test } from 'vitest'
import { chiSquare, chiSquareBound } from '../automata/chi-square.ts'
import { allWords, wordsUpTo } from '../automata/index.ts'
import { drawsAt } from '../languages/draws.ts'
import {
  type GrammarDescription,
  grammarCounts,
  grammarMachine,
  grammarOf,
  pushdownMachine,
  sampleFromGrammar,
} from './index.ts'
import { stateOf } from './machine-search.ts'

const dyck2: GrammarDescription = {
  alphabet: ['(', ')', '[', ']'],
  start: 'S',
  rules: { S: ['( S ) S', '[ S ] S', ''] },
}
const palindromes: GrammarDescription = {
  alphabet: ['0', '1'],
  start: 'S',
  rules: { S: ['0 S 0', '1 S 1', ''] },
}

/** Words of at most a length that a grammar makes, by growing sets of words: slow and plain. */
function listed({ start, rules, alphabet }: GrammarDescription, longest: number): Set<string> {
  const made = new Map(Object.keys(rules).map(name => [name, new Set<string>()]))
  for (let changed = true; changed; ) {
    changed = false
    for (const [name, rights] of Object.entries(rules)) {
      for (const right of rights) {
        let texts = ['']
        for (const part of right.split(' ').filter(own => own !== '')) {
          const options = made.get(part) ?? [`${alphabet.indexOf(part)}`]
          texts = texts
            .flatMap(text => [...options].map(option => text + option))
            .filter(text => text.length <= longest)
        }
        for (const text of texts) {
          if (made.get(name)!.has(text)) continue
          made.get(name)!.add(text)
          changed = true
        }
      }
    }
  }
  return made.get(start)!
}

test.each<[string, GrammarDescription, number]>([
  ['dyck-2', dyck2, 8],
  ['palindromes of even length', palindromes, 12],
  [
    'expressions, left-recursive',
    { alphabet: ['a', '+', '(', ')'], start: 'E', rules: { E: ['E + T', 'T'], T: ['a', '( E )'] } },
    8,
  ],
  [
    'an ambiguous one with empty parts',
    {
      alphabet: ['a', 'b'],
      start: 'S',
      rules: { S: ['A S B', 'A', ''], A: ['a', '', 'A A'], B: ['b', 'A'] },
    },
    9,
  ],
  [
    'one with variables that make nothing',
    { alphabet: ['a', 'b'], start: 'S', rules: { S: ['a S b', 'X', 'a b'], X: ['X a'], Y: ['b'] } },
    10,
  ],
])('%s: classes and next symbols are those of a listing', (_, grammar, longest) => {
  const machine = grammarMachine(grammar)
  const words = listed(grammar, longest)
  const symbols = grammar.alphabet.length
  const prefixes = new Set(
    [...words].flatMap(word => Array.from({ length: word.length + 1 }, (_, i) => word.slice(0, i))),
  )
  for (const word of wordsUpTo(symbols, Math.min(longest, symbols === 2 ? 10 : 6))) {
    const text = word.join('')
    const state = stateOf(machine, word)
    if (machine.classOf(state) !== Number(words.has(text)))
      expect([text, machine.classOf(state)]).toEqual([text, Number(words.has(text))])
    if (2 * (word.length + 1) >= longest) continue // a shortest word that goes on closes each symbol, about a core
    const wanted = Array.from({ length: symbols }, (_, symbol) => Number(prefixes.has(text + symbol)))
    expect([text, ...machine.next!(state)]).toEqual([text, ...wanted, Number(words.has(text))])
  }
})

test('a grammar and a pushdown machine of the same language agree on every prefix', () => {
  const pushdown = pushdownMachine({
    alphabet: dyck2.alphabet,
    start: 'q',
    rules: [
      { from: 'q', read: '(', to: 'q', push: ['r'] },
      { from: 'q', read: '[', to: 'q', push: ['s'] },
      { from: 'q', read: ')', top: 'r', to: 'q', pop: true },
      { from: 'q', read: ']', top: 's', to: 'q', pop: true },
    ],
    accept: [{ state: 'q', top: null }],
  })
  const grammar = grammarMachine(dyck2)
  for (const word of wordsUpTo(4, 6)) {
    const [left, right] = [stateOf(pushdown, word), stateOf(grammar, word)]
    expect([word.join(''), ...pushdown.next!(left)]).toEqual([word.join(''), ...grammar.next!(right)])
  }
})

test('counts are those of a listing, of each variable', () => {
  const unit: GrammarDescription = {
    alphabet: ['a', '+', '(', ')'],
    start: 'E',
    rules: { E: ['E + T', 'T'], T: ['a', '( E )'] },
  }
  for (const grammar of [dyck2, palindromes, unit]) {
    const words = [...listed(grammar, 9)]
    const counts = grammarCounts(grammar)
    for (let length = 0; length <= 9; length++) {
      expect(counts.count(length)).toBe(BigInt(words.filter(word => word.length === length).length))
    }
  }
  const terms = listed({ ...unit, start: 'T' }, 9)
  expect(grammarCounts(unit).count(9, 'T')).toBe(BigInt([...terms].filter(word => word.length === 9).length))
})

test('numbers beyond 2^53 are exact: Catalan numbers times 2^n', () => {
  let catalan = 1n
  for (let n = 1n; n <= 60n; n++) catalan = (catalan * 2n * (2n * n - 1n)) / (n + 1n)
  expect(grammarCounts(dyck2).count(120)).toBe(catalan * 2n ** 60n)
  expect(grammarCounts(dyck2).count(119)).toBe(0n)
})

test('words by place are all words, each once', () => {
  for (const grammar of [dyck2, palindromes]) {
    const counts = grammarCounts(grammar)
    const words = Array.from({ length: Number(counts.count(8)) }, (_, place) =>
      counts.wordAt(8, BigInt(place)).join(''),
    )
    expect(words.sort()).toEqual([...listed(grammar, 8)].filter(word => word.length === 8).sort())
  }
})

test('sampling favours no word', () => {
  const counts = grammarCounts(dyck2)
  const words = Number(counts.count(8)) // 224
  const seen = new Map<string, number>()
  for (let index = 0; index < 50 * words; index++) {
    const word = counts.sample(8, drawsAt({ seed: 3, stream: 'test', size: 8, index })).join('')
    seen.set(word, (seen.get(word) ?? 0) + 1)
  }
  expect(seen.size).toBe(words)
  expect(chiSquare([...seen.values()])).toBeLessThan(chiSquareBound(words - 1))
})

test('long words are drawn and read without deep recursion', () => {
  const word = sampleFromGrammar(
    palindromes,
    2000,
    drawsAt({ seed: 1, stream: 'test', size: 1000, index: 0 }),
  )
  expect([...word]).toEqual([...word].reverse())
  expect(new Set(word).size).toBe(2)
})

test('unused and unproductive variables are dropped', () => {
  const grammar = grammarOf({
    alphabet: ['a'],
    start: 'S',
    rules: { Y: ['a'], S: ['a', 'X S', 'Z'], X: ['X'], Z: [''] },
  })
  expect(grammar.variables).toEqual(['S', 'Z'])
  expect(grammar.productions).toHaveLength(3)
})

test('what makes no grammar, or cannot be counted, is refused', () => {
  const draws = drawsAt({ seed: 0, stream: 'test', size: 0, index: 0 })
  const over = (rules: Record<string, string[]>, start = 'S'): GrammarDescription => ({
    alphabet: ['a', 'b'],
    start,
    rules,
  })
  const tries: (() => unknown)[] = [
    () => grammarOf(over({ S: ['a C'] })),
    () => grammarOf(over({ S: ['a'], a: ['b'] })),
    () => grammarOf(over({ S: ['a'] }, 'T')),
    () => grammarOf(over({ S: ['a S'] })),
    () => grammarCounts(over({ S: ['S S', 'a'] })),
    () => grammarCounts(over({ S: ['S S', 'a', ''] })),
    () => grammarCounts(over({ S: ['A', 'a'], A: ['S'] })),
    () => grammarCounts(over({ S: ['a S', 'S b', ''] })),
    () => sampleFromGrammar(over({ S: ['a S b', ''] }), 3, draws),
    () => grammarCounts(over({ S: ['a S b', ''] })).wordAt(4, 1n),
  ]
  const messages = tries.map(attempt => {
    try {
      attempt()
    } catch (error) {
      if (isElmanError(error)) return error.message
      throw error
    }
    return 'no error'
  })
  expect(messages.join('\n')).toMatchInlineSnapshot(`
    "GRAMMAR_INVALID  "C" in S → a C is neither a symbol nor a variable
      expected symbols a b, variables S
    GRAMMAR_INVALID  "a" is a symbol and a variable
      expected two names
    GRAMMAR_INVALID  the start "T" has no rules
      expected S
    GRAMMAR_INVALID  the grammar makes no word
      expected a right side of symbols alone, in the end
    GRAMMAR_AMBIGUOUS  words cannot be counted by a grammar that derives one in two ways
      found    a a a
      write rules that derive each word in one way, such as S → ( S ) S | ε for S → S S | ( S ) | ε
    GRAMMAR_AMBIGUOUS  words cannot be counted by a grammar that derives one in two ways
      found    a variable that makes itself: S
      write rules that derive each word in one way, such as S → ( S ) S | ε for S → S S | ( S ) | ε
    GRAMMAR_AMBIGUOUS  words cannot be counted by a grammar that derives one in two ways
      found    a variable that makes itself: S
      write rules that derive each word in one way, such as S → ( S ) S | ε for S → S S | ( S ) | ε
    GRAMMAR_AMBIGUOUS  words cannot be counted by a grammar that derives one in two ways
      found    a b
      write rules that derive each word in one way, such as S → ( S ) S | ε for S → S S | ( S ) | ε
    GRAMMAR_NO_WORD  the grammar makes no such word of length 3
      expected a length that has words
      found    none
    GRAMMAR_NO_WORD  the grammar makes no such word of length 4
      expected 1 of them
      found    place 1"
  `)
})

test('the machine accepts as many words of a length as are counted', () => {
  const machine = grammarMachine(palindromes)
  const inside = [...allWords(2, 8)].filter(word => machine.classOf(stateOf(machine, word)) === 1)
  expect(BigInt(inside.length)).toBe(grammarCounts(palindromes).count(8))
})
