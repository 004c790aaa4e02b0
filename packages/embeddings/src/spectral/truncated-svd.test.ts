import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type SparseMatrix, transposed } from './sparse-matrix.ts'
import { type TruncatedSvd, truncatedSvd } from './truncated-svd.ts'

interface Golden {
  readonly rows: number
  readonly columns: number
  readonly entries: readonly [number, number, number][]
  readonly singularValues: readonly number[]
  readonly firstThree: readonly [number[][], number[][]]
}
const golden = JSON.parse(
  readFileSync(new URL('fixtures/singular-values.json', import.meta.url), 'utf8'),
) as Golden

function sparse(
  rows: number,
  columns: number,
  entries: readonly (readonly [number, number, number])[],
): SparseMatrix {
  const sorted = entries.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])
  const offsets = new Uint32Array(rows + 1)
  for (const [row] of sorted) offsets[row + 1]!++
  for (let row = 0; row < rows; row++) offsets[row + 1]! += offsets[row]!
  const indices = Uint32Array.from(sorted, ([, column]) => column)
  return { rows, columns, offsets, indices, values: Float32Array.from(sorted, ([, , value]) => value) }
}
const matrix = sparse(golden.rows, golden.columns, golden.entries)
const code = (promise: Promise<unknown>) => promise.catch((error: Error) => error.message)

/** Largest difference of the first columns, up to the sign. */
function far({ left, right, rank }: TruncatedSvd): number {
  const [u, v] = golden.firstThree
  let largest = 0
  for (let column = 0; column < 3; column++) {
    const sign = Math.sign(left[column]! * u[0]![column]!)
    u.forEach((row, at) => {
      largest = Math.max(largest, Math.abs(left[at * rank + column]! * sign - row[column]!))
    })
    v.forEach((row, at) => {
      largest = Math.max(largest, Math.abs(right[at * rank + column]! * sign - row[column]!))
    })
  }
  return largest
}

test('singular values and vectors are SciPy’s', async () => {
  for (const rank of [3, 10, 45]) {
    const svd = await truncatedSvd(matrix, { rank, tolerance: 1e-7, iterations: 200 })
    const errors = [...svd.singularValues].map((value, at) => Math.abs(value - golden.singularValues[at]!))
    expect(Math.max(...errors)).toBeLessThan(2e-5 * golden.singularValues[0]!)
    expect(far(svd)).toBeLessThan(1e-4)
  }
})

test('the transposed matrix has the same values and its vectors change sides', async () => {
  const turned = transposed(matrix)
  expect(transposed(turned)).toEqual(matrix)
  const options = { rank: 5, tolerance: 1e-7, iterations: 200 }
  const [a, b] = [await truncatedSvd(matrix, options), await truncatedSvd(turned, options)]
  a.singularValues.forEach((value, at) => {
    expect(b.singularValues[at]).toBeCloseTo(value, 4)
  })
  expect(b.left.length).toBe(golden.columns * 5)
  const sign = Math.sign(a.right[0]! * b.left[0]!)
  for (let row = 0; row < golden.columns; row++)
    expect(b.left[row * 5]! * sign).toBeCloseTo(a.right[row * 5]!, 4)
})

test('a matrix of lower rank gives zeros for what is not there, and a zero matrix only zeros', async () => {
  const outer = Array.from({ length: 20 }, (_, i) =>
    Array.from({ length: 10 }, (_, j) => [i, j, (i + 1) * (j + 2)] as const),
  )
  const svd = await truncatedSvd(sparse(20, 10, outer.flat()), { rank: 4 })
  const squares = (count: number, from: number) =>
    Array.from({ length: count }, (_, at) => (at + from) ** 2).reduce((a, b) => a + b)
  expect(svd.singularValues[0]! / Math.sqrt(squares(20, 1) * squares(10, 2))).toBeCloseTo(1, 6)
  expect(Math.max(...svd.singularValues.slice(1)) / svd.singularValues[0]!).toBeLessThan(1e-4)
  expect([...svd.left].every(Number.isFinite) && [...svd.right].every(Number.isFinite)).toBe(true)
  const zero = await truncatedSvd(sparse(6, 6, []), { rank: 2 })
  expect([...zero.singularValues, ...zero.left, ...zero.right].every(x => x === 0)).toBe(true)
})

test('the same seed gives the same bits', async () => {
  const runs = [1, 1, 2].map(seed => truncatedSvd(matrix, { rank: 8, iterations: 2, seed }))
  const [a, b, c] = await Promise.all(runs)
  expect(b).toEqual(a)
  expect(c!.left).not.toEqual(a!.left)
})

test('ranks that a matrix cannot have are refused; an abort ends the work', async () => {
  expect(await code(truncatedSvd(matrix, { rank: 46 }))).toMatchInlineSnapshot(`
    "EMBEDDING_SVD_INVALID  a matrix of 60 × 45 has no such rank
      expected a whole number from 1 to 45
      found    46"
  `)
  expect(await code(truncatedSvd(matrix, { rank: 2, iterations: 0 }))).toMatchInlineSnapshot(`
    "EMBEDDING_SVD_INVALID  iterations must be a whole number
      expected 1 or more
      found    0"
  `)
  const huge = { ...matrix, rows: 20_000_000, offsets: { 20000000: 10 } as unknown as Uint32Array }
  expect(await code(truncatedSvd(huge, { rank: 40 }))).toMatchInlineSnapshot(`
    "EMBEDDING_SVD_TOO_LARGE  a matrix of 10 entries does not fit into one memory with what its decomposition needs
      expected at most 4 GiB
      found    9.6 GiB
      leave rare words out by a higher minimum count, or raise the shift of PPMI"
  `)
  expect(await code(truncatedSvd(matrix, { rank: 2, signal: AbortSignal.abort() }))).toMatch(/aborted/)
})
