import { expect, test } from 'vitest'
import { dfaFromTable } from '../automata/define-dfa.ts'
import { exhaustive } from './exhaustive.ts'
import { driftingParity, handBuilt, tanhParity, withPast } from './hand-built.ts'
import { automatonReference, subjectOf } from './subject.ts'

const parity = dfaFromTable({
  next: [
    [0, 1],
    [1, 0],
  ],
  classes: [0, 1],
})

test('saturated parity is right on all words, with a handful of steps a level', async () => {
  const network = handBuilt(tanhParity())
  const found = await exhaustive(subjectOf(network), automatonReference(parity), { length: 40 })
  expect(found).toMatchObject({ length: 40, stopped: 'length', words: 2n ** 41n - 1n })
  expect(found.steps).toBe(network.count.steps)
  expect(found.steps).toBeLessThan(500)
})

test('a network with a state for every past costs a step a word, within its budget', async () => {
  const network = handBuilt(withPast(tanhParity()))
  const found = await exhaustive(subjectOf(network), automatonReference(parity), { steps: 2 ** 11 })
  expect(found).toMatchObject({ length: 10, stopped: 'steps', words: 2n ** 11n - 1n, steps: 2 ** 11 - 2 })
  expect(await exhaustive(subjectOf(network), automatonReference(parity), { bytes: 10_000 })).toMatchObject({
    length: 8,
    stopped: 'bytes',
  })
})

test('the first wrong word is the one that trying all words in order finds', async () => {
  const network = handBuilt(driftingParity())
  const found = await exhaustive(subjectOf(network), automatonReference(parity))
  expect(found.stopped).toBe('wrong')
  const length = found.wrong!.word.length
  expect(found.length).toBe(length - 1)
  const { step, start, logits } = driftingParity()
  const firstWrong = () => {
    for (let n = 0; n <= length; n++) {
      for (let number = 0; number < 2 ** n; number++) {
        const word = Array.from({ length: n }, (_, i) => (number >> (n - 1 - i)) & 1)
        const state = word.reduce(
          (at, symbol) => step(at, symbol).map(Math.fround),
          start as readonly number[],
        )
        const [zero, one] = logits(state) as [number, number]
        if (Number(one > zero) !== word.reduce((sum, symbol) => sum ^ symbol, 0)) return word
      }
    }
    return undefined
  }
  expect([...found.wrong!.word]).toEqual(firstWrong())
})

test('small batches find what large ones do', async () => {
  const run = (batch: number) =>
    exhaustive(subjectOf(handBuilt(driftingParity())), automatonReference(parity), { batch })
  expect(await run(3)).toEqual(await run(4096))
})

test('a wrong answer to the empty word is length −1', async () => {
  const always = handBuilt({ ...tanhParity(), logits: () => [0, 1] })
  const found = await exhaustive(subjectOf(always), automatonReference(parity))
  expect(found).toEqual({
    ...{ length: -1, words: 0n, steps: 0, stopped: 'wrong' },
    wrong: { word: new Uint8Array(0), wanted: 0, answered: 1 },
  })
})

test('flags are right on all words when they are right on those that can still go on', async () => {
  // (ab)*: after ab-pairs a or the end may follow, after an a only b
  const flags = (wrongWhenDead: number) => ({
    ...{ symbols: 2, start: [0], target: 'flags' as const },
    // a forbidden symbol leads to a state whose flags are nonsense
    step: ([at]: readonly number[], symbol: number) => [at === 2 ? 2 : at === symbol ? 1 - at : 2],
    logits: ([at]: readonly number[]) =>
      at === 0 ? [1, -1, 1] : at === 1 ? [-1, 1, -1] : [wrongWhenDead, 1, 1],
  })
  const reference = dfaFromTable({
    next: [
      [1, 2],
      [2, 0],
      [2, 2],
    ],
    classes: [0b101, 0b010, 0],
  })
  const found = await exhaustive(subjectOf(handBuilt(flags(1))), automatonReference(reference), {
    length: 12,
  })
  expect(found).toMatchObject({ length: 12, stopped: 'length' })
})
