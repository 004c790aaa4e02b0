import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type MergeScore, mergePairs } from './merge-pairs.ts'

interface Word {
  readonly symbols: readonly number[]
  readonly count: number
}

/** Symbols start below this; merges make new ones from here on. */
const FIRST_MERGED = 10

/** All merges, learned with nothing remembered: every count is made anew each time. */
function naive(words: readonly Word[], score: MergeScore, minimumCount: number, limit: number): string[] {
  let now = words.map(({ symbols, count }) => ({ symbols: [...symbols], count }))
  const merges: string[] = []
  while (merges.length < limit) {
    const pairs = new Map<string, number>()
    const singles = new Map<number, number>()
    for (const { symbols, count } of now) {
      symbols.forEach((symbol, i) => {
        singles.set(symbol, (singles.get(symbol) ?? 0) + count)
        if (i > 0)
          pairs.set(`${symbols[i - 1]} ${symbol}`, (pairs.get(`${symbols[i - 1]} ${symbol}`) ?? 0) + count)
      })
    }
    const scored = [...pairs]
      .filter(([, count]) => count >= minimumCount)
      .map(([pair, count]) => {
        const [left, right] = pair.split(' ').map(Number) as [number, number]
        const value = score === 'count' ? count : count / (singles.get(left)! * singles.get(right)!)
        return { left, right, value }
      })
      .sort((a, b) => b.value - a.value || a.left - b.left || a.right - b.right)
    const best = scored[0]
    if (best === undefined) break
    const merged = FIRST_MERGED + merges.length
    merges.push(`${best.left}+${best.right}`)
    now = now.map(({ symbols, count }) => {
      const joined: number[] = []
      for (let i = 0; i < symbols.length; i++) {
        const hit = symbols[i] === best.left && symbols[i + 1] === best.right
        joined.push(hit ? merged : symbols[i]!)
        if (hit) i += 1
      }
      return { symbols: joined, count }
    })
  }
  return merges
}

function incremental(
  words: readonly Word[],
  score: MergeScore,
  minimumCount: number,
  limit: number,
): string[] {
  const merges: string[] = []
  mergePairs({
    words,
    score,
    minimumCount,
    merge(left, right) {
      if (merges.length >= limit) return undefined
      merges.push(`${left}+${right}`)
      return FIRST_MERGED + merges.length - 1
    },
  })
  return merges
}

const word = fc.record({
  symbols: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 14 }),
  count: fc.integer({ min: 1, max: 4 }),
})

for (const score of ['count', 'likelihood'] as const) {
  test(`merges by ${score} with remembered counts are those with counts made anew`, () => {
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 3 }),
        (words, minimum) => {
          expect(incremental(words, score, minimum, 25)).toEqual(naive(words, score, minimum, 25))
        },
      ),
      { seed: 3, numRuns: 400 },
    )
  })
}
