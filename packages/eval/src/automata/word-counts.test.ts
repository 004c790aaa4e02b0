import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawsAt } from '../languages/draws.ts'
import { chiSquare, chiSquareBound } from './chi-square.ts'
import {
  allWords,
  classOf,
  countTables,
  dfaFromTable,
  randomAutomaton,
  sampleWord,
  shortestWords,
  wordCounts,
  wordsUpTo,
} from './index.ts'

const automata = (symbols = 3, classes = 3) =>
  fc.nat().map(seed => randomAutomaton(seed, { symbols, classes }))

/** No three ones in a row (Tomita 4 with ones). */
const noThreeOnes = dfaFromTable({
  next: [
    [0, 1],
    [0, 2],
    [0, 3],
    [3, 3],
  ],
  classes: [1, 1, 1, 0],
})

test('counts and words by place are those of a full listing', () => {
  fc.assert(
    fc.property(automata(), dfa => {
      const counts = wordCounts(dfa)
      for (let length = 0; length <= 5; length++) {
        for (let goal = 0; goal < 3; goal++) {
          const listed = [...allWords(dfa.symbols, length)].filter(word => classOf(dfa, word) === goal)
          expect(counts.count(goal, length)).toBe(BigInt(listed.length))
          for (const [place, word] of listed.entries()) {
            expect(counts.wordAt(goal, length, BigInt(place))).toEqual(word)
          }
        }
      }
    }),
    { numRuns: 50 },
  )
})

test('tables count the remaining words of every state and class', () => {
  const tables = countTables(noThreeOnes, 6)
  for (const [remaining, states] of tables.entries()) {
    for (const [start, classes] of states.entries()) {
      for (const [goal, count] of classes.entries()) {
        const words = [...allWords(2, remaining)].filter(
          word => classOf({ ...noThreeOnes, start }, word) === goal,
        )
        expect(count).toBe(BigInt(words.length))
      }
    }
  }
})

test('numbers of words beyond 2^53 are exact', () => {
  // a(n) = a(n−1) + a(n−2) + a(n−3), with 1, 2, 4 words of length 0, 1, 2
  let [a, b, c] = [1n, 2n, 4n]
  for (let n = 0; n < 200; n++) [a, b, c] = [b, c, a + b + c]
  expect(wordCounts(noThreeOnes).count(1, 200)).toBe(a)
  expect(wordCounts(noThreeOnes).count(0, 200)).toBe(2n ** 200n - a)
})

test('sampling favours no word: chi square stays below the bound that chance passes once in 10000', () => {
  const counts = wordCounts(noThreeOnes)
  for (const goal of [0, 1]) {
    const words = Number(counts.count(goal, 7))
    const seen = new Map<string, number>()
    const drawn = 100 * words
    for (let index = 0; index < drawn; index++) {
      const word = counts.sample(goal, 7, drawsAt({ seed: 5, stream: 'test', size: 7, index }))
      expect(classOf(noThreeOnes, word)).toBe(goal)
      seen.set(word.join(''), (seen.get(word.join('')) ?? 0) + 1)
    }
    expect(seen.size).toBe(words)
    expect(chiSquare([...seen.values()])).toBeLessThan(chiSquareBound(words - 1))
  }
})

test('a class without words of a length is an error, not an endless search', () => {
  const draws = drawsAt({ seed: 0, stream: 'test', size: 0, index: 0 })
  expect(() => sampleWord(noThreeOnes, 0, 2, draws)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: AUTOMATON_NO_WORD  no such word of class 0 and length 2
      expected a length that has words of the class
      found    none]
  `)
  expect(() => wordCounts(noThreeOnes).wordAt(1, 2, 4n)).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: AUTOMATON_NO_WORD  no such word of class 1 and length 2
      expected 4 of them
      found    place 4]
  `)
  expect(sampleWord(noThreeOnes, 0, 3, draws)).toEqual(Uint8Array.of(1, 1, 1))
})

test('the shortest words are the first of a listing, and finite languages end', () => {
  const listed = [...wordsUpTo(2, 5)].filter(word => classOf(noThreeOnes, word) === 0)
  expect([...shortestWords(noThreeOnes, 0, 8)]).toEqual(listed.slice(0, 8))
  const onlyAb = dfaFromTable({
    next: [
      [1, 3],
      [3, 2],
      [3, 3],
      [3, 3],
    ],
    classes: [0, 0, 1, 0],
  })
  expect([...shortestWords(onlyAb, 1)]).toEqual([Uint8Array.of(0, 1)])
  const everyThird = dfaFromTable({ next: [[1], [2], [0]], classes: [0, 0, 1] })
  expect([...shortestWords(everyThird, 1, 3)].map(word => word.length)).toEqual([2, 5, 8])
})
