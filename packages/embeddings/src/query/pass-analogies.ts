import { clearHeap, heapBytes, readHeap, type ScoredRow } from '../kernels/products/top-heap.ts'
import { TILE_ROWS } from './row-tiles.ts'
import { forEachTile, layOut, type SearchSpace, writeRows } from './search-space.ts'
import { unitVector } from './terms.ts'

/** Different words in the questions of one pass, at most: their similarities with a tile take 4 MiB. */
const WORDS_A_PASS = 4096
/** Questions of one pass, at most. */
const QUESTIONS_A_PASS = 32_768

type Question = readonly [a: number, b: number, c: number]

interface Request {
  readonly questions: readonly Question[]
  readonly epsilon: number
  readonly top: number
  readonly excludeInputs?: boolean
}

/**
 * Best rows for each analogy. The cosine with b − a + c is, but for a factor that is the same for all rows, the
 * cosine with b less that with a plus that with c: so a row's similarity with each word is computed once for all
 * questions, and a question costs three additions a row.
 */
export function passAnalogies(space: SearchSpace, request: Request): ScoredRow[][] {
  const found: ScoredRow[][] = []
  for (const part of divided(request.questions)) found.push(...passOnce(space, part, request))
  return found
}

/** Questions in parts, each with not too many different words. */
function* divided(questions: readonly Question[]): Generator<readonly Question[]> {
  let begin = 0
  let words = new Set<number>()
  for (let at = 0; at < questions.length; at++) {
    if (words.size > WORDS_A_PASS - 3 || at - begin === QUESTIONS_A_PASS) {
      yield questions.slice(begin, at)
      begin = at
      words = new Set()
    }
    for (const word of questions[at]!) words.add(word)
  }
  if (begin < questions.length) yield questions.slice(begin)
}

function passOnce(
  space: SearchSpace,
  questions: readonly Question[],
  { epsilon, top, excludeInputs = true }: Request,
): ScoredRow[][] {
  const { vectors, kernel, tiles } = space
  const words = [...new Set(questions.flat())]
  const lineOf = new Map(words.map((word, line) => [word, line]))
  const capacity = Math.min(space.rows, excludeInputs ? top + 3 : top)
  const apart = heapBytes(capacity)
  const { offsets, bytes } = layOut({
    queries: words.length * tiles.stride * 4,
    lines: words.length * TILE_ROWS * 4,
    questions: questions.length * 12,
    heaps: questions.length * apart,
  })
  const { buffer, address } = space.reserve(bytes)
  const units = words.map(word => Float32Array.from(unitVector(vectors.row(word))))
  writeRows(buffer, address + offsets.queries, tiles.stride, units)
  const terms = new Int32Array(buffer, address + offsets.questions, questions.length * 3)
  terms.set(questions.flat().map(word => lineOf.get(word)!))
  const heaps = address + offsets.heaps
  for (let q = 0; q < questions.length; q++) clearHeap(buffer, heaps + q * apart, capacity)

  const lines = address + offsets.lines
  forEachTile(space, ({ first, count, rows, norms }) => {
    const queries = address + offsets.queries
    kernel.similarities(rows, norms, tiles.stride, count, queries, words.length, lines, TILE_ROWS)
    const asked = address + offsets.questions
    kernel.analogies(lines, TILE_ROWS, count, first, asked, questions.length, heaps, apart, epsilon)
  })
  return questions.map((question, q) => {
    const rows = readHeap(buffer, heaps + q * apart)
    return rows.filter(({ index }) => !(excludeInputs && question.includes(index))).slice(0, top)
  })
}
