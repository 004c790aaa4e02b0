import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { WordTable } from '../words/word-table.ts'
import { subwordHashes, subwordsOf } from './subword-hashes.ts'
import { buildSubwordTable } from './subword-table.ts'

/** From fastText itself; see tools/goldens/embed-subwords.py. */
const golden = JSON.parse(readFileSync(new URL('./fixtures/subwords.json', import.meta.url), 'utf8')) as {
  cases: {
    minimum: number
    maximum: number
    buckets: number
    words: string[]
    matrix: number[][]
    vectors: [string, number[]][]
    ngrams: [string, [string, ...number[]][]][]
  }[]
}

/** Mean of rows of a matrix; zero if there are none. */
function mean(matrix: readonly number[][], rows: ArrayLike<number>): number[] {
  const sum = matrix[0]!.map(() => 0)
  for (const row of Array.from(rows))
    matrix[row]!.forEach((value, i) => {
      sum[i]! += value
    })
  return sum.map(value => value / Math.max(1, rows.length))
}
function expectNear(found: readonly number[], expected: readonly number[], what: string): void {
  found.forEach((value, i) => {
    // fastText prints five digits, and six of the matrix
    if (Math.abs(value - expected[i]!) > 2e-5) expect.fail(`${what}: ${found} is not ${expected}`)
  })
}

for (const { minimum, maximum, buckets, words, matrix, vectors, ngrams } of golden.cases) {
  const name = `${minimum} to ${maximum} characters, ${buckets} buckets`
  const rules = { minimum, maximum, buckets }

  test(`the n-grams are fastText's and lie in the same rows: ${name}`, () => {
    expect(ngrams.length).toBe(words.length + 9)
    for (const [word, printed] of ngrams) {
      const own = words.includes(word) ? 1 : 0
      expect(subwordsOf(word, rules)).toEqual(printed.slice(own).map(([ngram]) => ngram))
      subwordHashes(word, rules).forEach((bucket, i) => {
        const [ngram, ...row] = printed[own + i]!
        expectNear(matrix[words.length + bucket]!, row, `${word}: ${ngram}`)
      })
    }
  })

  test(`word vectors are the means of the rows of the table: ${name}`, () => {
    const { offsets, rows } = buildSubwordTable(WordTable.of(words), rules)
    for (const [word, printed] of vectors) {
      const at = words.indexOf(word)
      const found =
        at >= 0
          ? rows.subarray(offsets[at], offsets[at + 1])
          : subwordHashes(word, rules).map(bucket => words.length + bucket)
      expectNear(mean(matrix, found), printed, word)
    }
    expect(offsets.at(-1)).toBe(rows.length)
  })
}

test('bytes from 0x80 on are hashed as negative numbers', () => {
  const only = { minimum: 3, maximum: 3, buckets: 2_000_000 }
  expect([...subwordHashes('e', only)]).toEqual([243_916])
  expect([...subwordHashes('é', only)]).toEqual([806_231]) // with unsigned bytes it would be 937_559
})

test('the mark of a line end has no n-grams, nor has any word when the longest is 0', () => {
  expect([...subwordHashes('</s>')]).toEqual([])
  expect([...subwordHashes('word', { maximum: 0 })]).toEqual([])
  const { offsets, rows } = buildSubwordTable(WordTable.of(['</s>', 'a']), {
    minimum: 3,
    maximum: 3,
    buckets: 10,
  })
  expect([...offsets]).toEqual([0, 1, 3])
  expect([rows[0], rows[1]]).toEqual([0, 1])
})

test('bytes that are not UTF-8 have n-grams too', () => {
  expect(subwordHashes(Uint8Array.of(0x80, 0xff, 0x41), { minimum: 1, maximum: 2 })).toHaveLength(5)
  expect(subwordHashes(new Uint8Array(0), { minimum: 1, maximum: 2 })).toHaveLength(1)
})

test('rules that mean nothing are refused', () => {
  expect(() => subwordHashes('a', { minimum: 4, maximum: 3 })).toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: EMBEDDING_OPTION_INVALID  option subwords.minimum cannot be used
      expected an integer from 0 to maximum (3)
      found    4]
  `)
  expect(() => subwordHashes('a', { buckets: 0 })).toThrow('EMBEDDING_OPTION_INVALID')
})
