import { expect, test } from 'vitest'
import { huffmanPaths } from './huffman.ts'
import { readJob } from './job.ts'
import { instantiate, trainingModule } from './kernel.ts'
import { openJob } from './reference-job.ts'
import { drawNegative } from './reference-random.ts'
import { specOf, startedMemory } from './training-cases.ts'
import type { TrainingSpec } from './training-spec.ts'

const RATE = 1e-3
/** Half a bin of the sigmoid's table is 0.002; three targets and vectors of up to 0.25 make it less than this. */
const TABLE_ERROR = 2e-3
const counts = Float64Array.of(9, 7, 5, 4, 3)
const SENTENCE = [3, 0, 4]

/** One prediction: input rows, whether their mean is taken, output rows with their signs. */
interface Prediction {
  readonly rows: readonly number[]
  readonly mean: boolean
  readonly targets: readonly (readonly [row: number, sign: number])[]
}

const rowsOf = (matrix: Float64Array, width: number) => (row: number) =>
  matrix.subarray(row * width, (row + 1) * width)

/** The loss by the book, in float64: −Σ log σ(± output · hidden). */
function lossOf(
  predictions: readonly Prediction[],
  input: Float64Array,
  output: Float64Array,
  width: number,
): number {
  let loss = 0
  for (const { rows, mean, targets } of predictions) {
    const hidden = new Float64Array(width)
    for (const row of rows) {
      for (const [k, value] of rowsOf(input, width)(row).entries()) {
        hidden[k] = hidden[k]! + value / (mean ? rows.length : 1)
      }
    }
    for (const [row, sign] of targets) {
      const product = rowsOf(output, width)(row).reduce((sum, value, k) => sum + value * hidden[k]!, 0)
      loss += Math.log1p(Math.exp(-sign * product))
    }
  }
  return loss
}

/** Central differences of the loss with respect to one matrix. */
function differences(matrix: Float64Array, loss: () => number): Float64Array {
  return matrix.map((value, index) => {
    const at = (moved: number) => {
      matrix[index] = moved
      return loss()
    }
    const slope = (at(value + 1e-5) - at(value - 1e-5)) / 2e-5
    matrix[index] = value
    return slope
  })
}

/** What the kernel did to both matrices on SENTENCE divided by −rate, and what the loss's slope is. */
function compare(options: Partial<TrainingSpec>, predictionsOf: (targets: TargetsOf) => Prediction[]) {
  const spec = specOf(counts, {
    dimensions: 8,
    window: 1,
    shrinkWindow: false,
    sample: 0,
    negative: 2,
    ...options,
  })
  const memory = startedMemory(spec)
  const { job, ids } = memory.workers[0]!
  const draws = openJob(memory.memory, job)
  const paths = huffmanPaths(counts)
  const predictions = predictionsOf(word =>
    spec.loss === 'hierarchical-softmax'
      ? [...paths.steps.subarray(paths.offsets[word], paths.offsets[word + 1])].map(
          step => [step >> 1, step & 1 ? -1 : 1] as const,
        )
      : [[word, 1], ...negativesOf(word, [drawNegative(draws), drawNegative(draws)])],
  )
  const input = Float64Array.from(memory.input)
  const output = Float64Array.from(memory.output)
  const loss = () => lossOf(predictions, input, output, memory.stride)
  const expected = { input: differences(input, loss), output: differences(output, loss), loss: loss() }
  ids.set([...SENTENCE, -1])
  instantiate(trainingModule(), memory.memory).train(job, SENTENCE.length + 1, RATE)
  const slope = (before: Float64Array, after: Float32Array) =>
    before.map((value, index) => (value - after[index]!) / RATE)
  const found = { input: slope(input, memory.input), output: slope(output, memory.output) }
  return { found: { ...found, ...readJob(memory.memory, job) }, expected }
}

type TargetsOf = (word: number) => Prediction['targets']

const negativesOf = (word: number, drawn: readonly number[]) =>
  drawn.filter(other => other !== word).map(other => [other, -1] as const)

function farthest(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0)
}

/** Pairs of SENTENCE with window 1, in the kernel's order: the centre, then its neighbours from the left. */
const PAIRS = [
  { centre: 3, context: [0] },
  { centre: 0, context: [3, 4] },
  { centre: 4, context: [0] },
]
const subwords = {
  offsets: Uint32Array.of(0, 2, 3, 5, 8, 11),
  rows: Int32Array.of(0, 5, 1, 2, 6, 3, 5, 6, 4, 6, 7),
}
const rowsOfWord = (word: number) => [
  ...subwords.rows.subarray(subwords.offsets[word], subwords.offsets[word + 1]),
]
const hierarchical = { loss: 'hierarchical-softmax' } as const

for (const options of [{}, hierarchical]) {
  const loss = 'loss' in options ? 'hierarchical softmax' : 'negative sampling'

  test(`skip-gram with ${loss} goes down the slope of its loss`, () => {
    const { found, expected } = compare(options, targets =>
      PAIRS.flatMap(({ centre, context }) =>
        context.map(word => ({ rows: [word], mean: false, targets: targets(centre) })),
      ),
    )
    expect(farthest(found.input, expected.input)).toBeLessThan(TABLE_ERROR)
    expect(farthest(found.output, expected.output)).toBeLessThan(TABLE_ERROR)
    expect(Math.abs(found.loss - expected.loss)).toBeLessThan(0.02)
    expect(found.pairs).toBe(4)
  })

  test(`cbow by sums with ${loss} goes down the slope of its loss`, () => {
    const { found, expected } = compare({ ...options, architecture: 'cbow', cbowMean: false }, targets =>
      PAIRS.map(({ centre, context }) => ({ rows: context, mean: false, targets: targets(centre) })),
    )
    expect(farthest(found.input, expected.input)).toBeLessThan(TABLE_ERROR)
    expect(farthest(found.output, expected.output)).toBeLessThan(TABLE_ERROR)
    expect(Math.abs(found.loss - expected.loss)).toBeLessThan(0.02)
    expect(found.pairs).toBe(3)
  })
}

test('the error of a mean is added undivided: a lone word of cbow goes down the slope', () => {
  const { found, expected } = compare({ architecture: 'cbow' }, targets =>
    PAIRS.map(({ centre, context }) => ({ rows: context, mean: true, targets: targets(centre) })),
  )
  // Words 3 and 4 are only in the middle window of two words: their step is twice the slope.
  const twice = expected.input.map((slope, index) => (index >= 3 * 8 ? 2 * slope : slope))
  expect(farthest(found.input.subarray(8), twice.subarray(8))).toBeLessThan(TABLE_ERROR)
  expect(farthest(found.output, expected.output)).toBeLessThan(TABLE_ERROR)
})

test('sub-words that predict their context move by the slope times their number', () => {
  const { found, expected } = compare({ subwords, inputRows: 8, predicts: 'context' }, targets =>
    PAIRS.flatMap(({ centre, context }) =>
      context.map(word => ({ rows: rowsOfWord(centre), mean: true, targets: targets(word) })),
    ),
  )
  const times = (row: number) => [2, 0, 0, 3, 3][row] ?? Number.NaN
  for (const word of [0, 3, 4]) {
    const slope = rowsOf(expected.input, 8)(word).map(value => value * times(word))
    expect(farthest(rowsOf(found.input, 8)(word), slope)).toBeLessThan(2 * TABLE_ERROR)
  }
  expect(farthest(found.output, expected.output)).toBeLessThan(TABLE_ERROR)
})
