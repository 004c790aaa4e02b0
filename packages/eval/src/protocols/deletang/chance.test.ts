import { expect, test } from 'vitest'
import { DELETANG_CHANCE, rememberingScore, sortedByPlace } from './chance.ts'
import { DELETANG_TASKS, deletangTask } from './tasks.ts'

/** Lengths spread evenly over 41 … 500. */
const LENGTHS = Array.from({ length: 47 }, (_, i) => 41 + Math.floor((i * 459) / 46))

/** Mean over the lengths of the share of tokens that a guess has right. */
function scoreOf(task: string, strings: number, guess: (input: Uint8Array) => ArrayLike<number>): number {
  const { transduction } = deletangTask(task)
  let sum = 0
  for (const size of LENGTHS) {
    let [right, total] = [0, 0]
    for (let index = 0; index < strings; index++) {
      const input = transduction.sample({ seed: 5, stream: 'chance', size, index })
      const target = transduction.transduce(input)
      const guessed = guess(input)
      total += target.length
      for (const [i, symbol] of target.entries()) right += Number(symbol === guessed[i])
    }
    sum += right / total
  }
  return sum / LENGTHS.length
}

test('always 0 is right in 30.9 % of the bracketed expressions', () => {
  expect(scoreOf('modular-arithmetic', 100, () => [0])).toBeCloseTo(0.309, 1.5)
})

test('products make no value much likelier without brackets: 20.1 %', () => {
  expect(scoreOf('modular-arithmetic-simple', 100, () => [0])).toBeCloseTo(0.201, 1.5)
})

test('places alone sort 90.0 % of the symbols', () => {
  expect(scoreOf('bucket-sort', 20, input => sortedByPlace(input.length))).toBeCloseTo(0.9, 2)
})

test('remembering 20, 40 and 64 symbols scores 55.5, 60.9 and 66.9', () => {
  const scores = [20, 40, 64].map(symbols => (100 * rememberingScore(symbols)).toFixed(1))
  expect(scores).toEqual(['55.5', '60.9', '66.9'])
  const measured = scoreOf('reverse-string', 20, input => {
    const known = input.length - 40
    return Uint8Array.from(input.toReversed(), (symbol, i) => (i < input.length - known ? symbol : 0))
  })
  expect(measured).toBeCloseTo(rememberingScore(40), 1.5)
})

test('the first bit of a root, the highest, is 1 in 63 % of the samples', () => {
  const { transduction } = deletangTask('compute-sqrt', { original: true })
  let ones = 0
  for (let index = 0; index < 4000; index++) {
    for (const size of [50, 51]) {
      const input = transduction.sample({ seed: 1, stream: 'chance', size, index })
      ones += transduction.transduce(input)[0]!
    }
  }
  expect(ones / 8000).toBeCloseTo(0.625, 1.5) // 3/4 of even lengths, 1/2 of odd ones
})

test('there is a chance for each task', () => {
  expect(DELETANG_CHANCE.map(({ task }) => task)).toEqual(DELETANG_TASKS)
})
