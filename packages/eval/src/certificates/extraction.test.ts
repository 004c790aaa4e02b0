import { expect, test } from 'vitest'
import { dfaFromTable } from '../automata/define-dfa.ts'
import { minimise } from '../automata/minimise.ts'
import { isomorphism } from '../automata/product.ts'
import { extract } from './extraction.ts'
import { driftingParity, handBuilt, oneHot, tanhParity, withPast } from './hand-built.ts'
import { subjectOf } from './subject.ts'
import { PARITY, randomTable, S3 } from './tables.ts'

const minimal = (table: typeof PARITY) => minimise(dfaFromTable(table))

test('parity is extracted, and the suite proves it for networks of five states', async () => {
  const subject = subjectOf(handBuilt(withPast(tanhParity(3))))
  const found = await extract(subject, { reference: minimal(PARITY) })
  expect(found).toMatchObject({ verdict: 'equal', suite: { bound: 5 }, sampled: { words: 7601 } })
  expect(found.dfa).toEqual(minimal(PARITY))
})

test('a Moore automaton of six classes is extracted', async () => {
  const found = await extract(subjectOf(handBuilt(withPast(oneHot(S3)))), { reference: minimal(S3) })
  expect(found).toMatchObject({ verdict: 'equal', suite: { bound: 9 } })
})

test('random automata of two classes come back, whatever they are', async () => {
  for (let seed = 0; seed < 10; seed++) {
    const table = randomTable(seed, { states: 12, symbols: 2 + (seed % 2), classes: 2 })
    const found = await extract(subjectOf(handBuilt(withPast(oneHot(table)))), {
      ...{ reference: minimal(table), epsilon: 0.02, delta: 0.02, suite: 5000 },
    })
    expect(found.verdict).toBe('equal')
    expect(isomorphism(found.dfa!, minimal(table))).toBeDefined()
  }
})

test('one transition that is wrong is found, with the shortest word that shows it', async () => {
  const wrong = { ...S3, next: S3.next.with(4, [0, 1]) }
  const found = await extract(subjectOf(handBuilt(oneHot(wrong))), { reference: minimal(S3) })
  expect(found).toMatchObject({ verdict: 'different', word: Uint8Array.of(0, 1, 0) })
})

test('a difference that only a word of fifteen symbols shows is found by a given word', async () => {
  // counts ones to 15 without forgetting; class 1 at 15 and after
  const rare = {
    symbols: 2,
    next: Array.from({ length: 17 }, (_, n) => [n === 15 || n === 16 ? n : 0, Math.min(n + 1, 15)]),
    classes: Array.from({ length: 17 }, (_, n) => Number(n === 15)),
  }
  const never = { symbols: 2, next: [[0, 0]], classes: [0] }
  const subject = subjectOf(handBuilt(withPast(oneHot(rare))))
  const blind = await extract(subject, { reference: minimal(never), size: 10, epsilon: 0.05, delta: 0.05 })
  expect(blind).toMatchObject({ verdict: 'equal', suite: { bound: 4 } }) // the proof is for four states
  const told = await extract(subject, { reference: minimal(never), words: [new Uint8Array(15).fill(1)] })
  expect(told).toMatchObject({ verdict: 'different', word: new Uint8Array(15).fill(1) })
  expect(told.found.given).toBeGreaterThan(0)
  expect(told.dfa!.classes.length).toBe(16)
})

test('a network without end meets the bound of states, and says so', async () => {
  // counts without bound: as many ones as zeros
  const counter = {
    ...{ symbols: 2, start: [0] },
    step: ([n]: readonly number[], symbol: number) => [n! + (symbol === 1 ? 1 : -1)],
    logits: ([n]: readonly number[]) => [Math.abs(n!), 0.5],
  }
  const found = await extract(subjectOf(handBuilt(counter)), { states: 30 })
  expect(found).toMatchObject({ verdict: 'open', met: 'states' })
  expect(found.dfa!.classes.length).toBeGreaterThan(10)
  const short = await extract(subjectOf(handBuilt(counter)), { steps: 5000 })
  expect(short).toMatchObject({ verdict: 'open', met: 'steps' })
})

test('a network that errs on long words differs from parity by the word at which it first errs', async () => {
  const found = await extract(subjectOf(handBuilt(driftingParity())), {
    ...{ reference: minimal(PARITY), states: 30, epsilon: 0.02, delta: 0.02, suite: 5000 },
  })
  expect(['different', 'open']).toContain(found.verdict)
  expect(found.found.short! + (found.found.sampled ?? 0)).toBeGreaterThan(0)
})

test('words that are known to be right are not asked for again', async () => {
  const network = handBuilt(withPast(oneHot(S3)))
  const knowing = await extract(subjectOf(network), { reference: minimal(S3), rightUpTo: 12 })
  const steps = network.count.steps
  expect(knowing).toMatchObject({ verdict: 'equal', steps })
  const asking = await extract(subjectOf(network), { reference: minimal(S3) })
  expect(network.count.steps - steps).toBeGreaterThan(steps)
  expect(asking.dfa).toEqual(knowing.dfa)
})
