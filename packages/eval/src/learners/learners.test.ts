import {
  evaluate,
  type NdArray,
  ndArray,
  random,
  referenceBackend,
  type Traced,
  toNumbers,
} from '@elman/core'
import { elmanTanh, lstm, queueRnn, stackRnn, tapeRnn } from '@elman/layers-recurrent'
import { expect, test } from 'vitest'
import { encodeView } from '../languages/index.ts'
import { parity } from '../languages/tasks/parity.ts'
import { createRecogniser, type Learner, learnerName, recurrentLearner } from './index.ts'
import { transformerLearner } from './transformer-learner.ts'
import { windowLearner } from './window-learner.ts'

const encoding = encodeView(parity, 'dense')
const backend = referenceBackend()
const begin = parity.alphabet.length
const words = [
  [0, 1, 1, 0, 1, 0],
  [1, 1, 1, 0, 0, 1],
]

const learners: readonly [string, Learner][] = [
  ['elman', recurrentLearner({ cell: inputSize => elmanTanh({ inputSize, hidden: 5 }) })(encoding)],
  [
    'two lstm layers over trained vectors, with a layer before the answers',
    recurrentLearner({
      cell: inputSize => lstm({ inputSize, hidden: 3 }),
      layers: 2,
      embedding: 4,
      readout: 6,
    })(encoding),
  ],
  ['stack', recurrentLearner({ cell: inputSize => stackRnn({ inputSize, hidden: 4 }) })(encoding)],
  ['queue', recurrentLearner({ cell: inputSize => queueRnn({ inputSize, hidden: 4 }) })(encoding)],
  ['window', windowLearner({ size: 3 })(encoding)],
  ['window of one symbol', windowLearner({ size: 1 })(encoding)],
]

/** Logits (time, batch, outputs) of words, each with begin in front. */
function logitsOf(
  learner: Learner,
  given: readonly (readonly number[])[],
  hard = false,
  word?: number,
): number[] {
  const time = given[0]!.length + 1
  const symbols = Array.from({ length: time }, (_, t) =>
    given.map(word => (t === 0 ? begin : word[t - 1]!)),
  ).flat()
  const logits = evaluate(
    (parameters: never, x) =>
      learner.apply(parameters as Traced<never>, x as never, { time: 12, hard, word }) as never,
    learner.init(random.key(1)) as never,
    ndArray('int32', [time, given.length], Int32Array.from(symbols)) as never,
  ) as unknown as NdArray
  return toNumbers(logits)
}

test.each(learners)(
  'a recogniser answers step by step what the network answers at once: %s',
  async (_, learner) => {
    for (const hard of learner.hasMemory ? [false, true] : [false]) {
      const call = { hard, capacity: 12 }
      const recogniser = await createRecogniser(learner, learner.init(random.key(1)), encoding, backend, call)
      const start = await recogniser.start()
      expect(start.states.length).toBe(recogniser.stateSize)
      expect(recogniser.parts.reduce((sum, { size }) => sum + size, 0)).toBe(recogniser.stateSize)
      const logits = [...start.logits, ...start.logits]
      let states = Float32Array.of(...start.states, ...start.states)
      for (let t = 0; t < words[0]!.length; t++) {
        const after = await recogniser.step(
          states,
          Uint8Array.from(words, word => word[t]!),
        )
        logits.push(...after.logits)
        states = Float32Array.from(after.states)
      }
      const whole = logitsOf(learner, words, hard)
      expect(Math.max(...whole.map((x, i) => Math.abs(x - logits[i]!)))).toBeLessThan(1e-5)
      await recogniser.dispose()
    }
  },
)

test('a recogniser takes any number of states', async () => {
  const [, learner] = learners[0]!
  const recogniser = await createRecogniser(learner, learner.init(random.key(1)), encoding, backend)
  const { states } = await recogniser.start()
  const one = await recogniser.step(states, Uint8Array.of(1))
  for (const count of [2, 65, 1100]) {
    const all = new Float32Array(count * recogniser.stateSize)
    for (let row = 0; row < count; row++) all.set(states, row * recogniser.stateSize)
    const after = await recogniser.step(all, new Uint8Array(count).fill(1))
    expect(after.logits.length).toBe(count * recogniser.outputs)
    expect([...after.states.slice(-recogniser.stateSize)]).toEqual([...one.states])
  }
  await recogniser.dispose()
})

test('hard actions answer otherwise than mixtures', () => {
  const [, stack] = learners[2]!
  expect(stack.hasMemory).toBe(true)
  expect(logitsOf(stack, words, true)).not.toEqual(logitsOf(stack, words, false))
})

test.each([
  ...learners,
  ...(['none', 'sinusoidal', 'relative', 'rotary'] as const).map((positions): [string, Learner] => [
    `transformer, positions ${positions}`,
    transformerLearner({ size: 8, heads: 2, layers: 2, positions })(encoding),
  ]),
])('answers do not depend on later symbols: %s', (_, learner) => {
  const [a] = words
  const long = logitsOf(learner, [a!])
  const short = logitsOf(learner, [[...a!.slice(0, 3), 0, 1, 1]])
  const asked = 4 * encoding.outputs
  expect(Math.max(...long.slice(0, asked).map((x, i) => Math.abs(x - short[i]!)))).toBeLessThan(1e-6)
  expect(long.slice(asked)).not.toEqual(short.slice(asked))
})

test('a tape jumps by the length of the word', () => {
  const jumping = (jump: number) =>
    recurrentLearner({ cell: inputSize => tapeRnn({ inputSize, hidden: 4, jump }) })(encoding)
  expect(jumping(1).needsWordLength).toBe(true)
  expect(logitsOf(jumping(1), words, false, 3)).toEqual(logitsOf(jumping(3), words))
  expect(logitsOf(jumping(1), words, false, 2)).not.toEqual(logitsOf(jumping(3), words))
})

test('a learner that reads a string as a whole is no automaton', async () => {
  const learner = transformerLearner({ size: 8, heads: 2, layers: 1 })(encoding)
  const made = createRecogniser(learner, learner.init(random.key(1)), encoding, backend)
  await expect(made).rejects.toThrowErrorMatchingInlineSnapshot(`
    [ElmanError: RECOGNISER_NO_STATE  this learner reads a string as a whole and carries no state from step to step
      expected a learner with a recurrence
      score it on strings, or extract an automaton from a recurrent learner]
  `)
})

test('input weights start within the root of their fan-in', () => {
  const [, learner] = learners[0]!
  const { cell } = learner.init(random.key(1)) as unknown as { cell: { 0: { input: NdArray } } }
  const largest = Math.max(...toNumbers(cell[0].input).map(Math.abs))
  expect(largest).toBeLessThanOrEqual(1 / Math.sqrt(encoding.inputs))
  expect(largest).toBeGreaterThan(1 / Math.sqrt(5)) // the cell alone would scale them by its width
})

test('learners have short names', () => {
  const recurrent = (cell: object, rest: object = {}) => learnerName({ type: 'recurrent', cell, ...rest })
  expect(recurrent({ type: 'lstm', hidden: 16, forgetBias: 1 }, { layers: 1 })).toBe('lstm-16')
  expect(recurrent({ type: 'lstm', hidden: 16 }, { layers: 2 })).toBe('lstm-2x16')
  expect(recurrent({ type: 'diagonal', hidden: 32, eigenvalues: 'zero-one' })).toBe('diagonal-01-32')
  expect(recurrent({ type: 'diagonal', hidden: 32, eigenvalues: 'minus-one-one' })).toBe('diagonal-11-32')
  expect(learnerName({ type: 'window', size: 8, hidden: 32 })).toBe('window-8')
  expect(learnerName({ type: 'n-gram', order: 3 })).toBe('n-gram-3')
  expect(learnerName({ type: 'transformer', size: 32, heads: 4, layers: 2 })).toBe('transformer-32')
  expect(learnerName('own')).toBe('own')
})
