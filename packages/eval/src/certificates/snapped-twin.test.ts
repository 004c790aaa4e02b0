import { expect, test } from 'vitest'
import { dfaFromTable } from '../automata/define-dfa.ts'
import { minimise } from '../automata/minimise.ts'
import { exhaustive } from './exhaustive.ts'
import { driftingParity, handBuilt, oneHot, tanhParity, withPast } from './hand-built.ts'
import { snappedRecogniser, snappedTwin, twinLadder } from './snapped-twin.ts'
import { automatonReference, subjectOf } from './subject.ts'
import { PARITY, S3 } from './tables.ts'

test('saturated parity is its own twin: nothing needs to be snapped', async () => {
  const { twin, trials } = await twinLadder(
    subjectOf(handBuilt(tanhParity())),
    minimise(dfaFromTable(PARITY)),
  )
  expect(trials).toMatchObject([{ tolerance: 0, verdict: 'exact', minimal: 2 }])
  expect(twin!.dfa.classes.length).toBeLessThan(10)
})

test('a network that never repeats a state has a twin once small differences are snapped', async () => {
  const network = withPast(oneHot(S3, 0.001), 0.3)
  const { twin, trials } = await twinLadder(subjectOf(handBuilt(network)), minimise(dfaFromTable(S3)))
  expect(trials[0]).toEqual({ tolerance: 0, verdict: 'open', centroids: 1000 })
  expect(trials.at(-1)).toMatchObject({ verdict: 'exact', minimal: 6 })
  expect(twin!.tolerance).toBe(trials.at(-1)!.tolerance)
})

test('a network that forgets slowly is wrong on a word of eleven, and its twin, which is put right each step, is not', async () => {
  const subject = subjectOf(handBuilt(driftingParity()))
  const reference = minimise(dfaFromTable(PARITY))
  const { twin } = await twinLadder(subject, reference)
  expect(twin!.tolerance).toBe(0.05)
  expect(await exhaustive(subject, automatonReference(reference))).toMatchObject({
    length: 10,
    stopped: 'wrong',
  })
  // where the two part is where the network errs
  expect(await exhaustive(subject, automatonReference(twin!.dfa))).toMatchObject({
    length: 10,
    stopped: 'wrong',
  })
})

test('a network that computes something else has no twin that is right, and a shortest word shows it', async () => {
  const wrong = { ...S3, next: S3.next.with(4, [0, 1]) }
  const { twin, trials } = await twinLadder(
    subjectOf(handBuilt(oneHot(wrong, 0.001))),
    minimise(dfaFromTable(S3)),
    { tolerances: [0.1, 0.2] },
  )
  expect(twin).toBeUndefined()
  expect(trials.map(({ verdict }) => verdict)).toEqual(['wrong', 'wrong'])
  expect(trials[0]!.word).toEqual(Uint8Array.of(0, 1, 0))
})

test('the snapped network answers as its twin does, on every word', async () => {
  const network = handBuilt(withPast(oneHot(S3, 0.001), 0.3))
  const twin = (await snappedTwin(subjectOf(network), 0.2))!
  const snapped = subjectOf(snappedRecogniser(network, twin))
  const found = await exhaustive(snapped, automatonReference(twin.dfa), { length: 30 })
  expect(found).toMatchObject({ length: 30, stopped: 'length' })
  expect(found.steps).toBeLessThan(30 * 2 * twin.dfa.classes.length + 1) // its states are finitely many
})

test('a twin of flags has a dead state that forbidden symbols lead to', async () => {
  const network = handBuilt({
    ...{ symbols: 2, start: [0], target: 'flags' },
    step: ([at], symbol) => [at === symbol ? 1 - at : 0.5],
    logits: ([at]) => (at === 0 ? [1, -1, 1] : at === 1 ? [-1, 1, -1] : [1, 1, 1]),
  })
  const reference = dfaFromTable({
    next: [
      [1, 2],
      [2, 0],
      [2, 2],
    ],
    classes: [0b101, 0b010, 0],
  })
  const { twin } = await twinLadder(subjectOf(network), reference)
  expect(twin!.dfa).toEqual(reference)
  expect(twin!.centroids.length).toBe(2)
  const snapped = subjectOf(snappedRecogniser(network, twin!))
  expect(await exhaustive(snapped, automatonReference(reference), { length: 20 })).toMatchObject({
    length: 20,
  })
})
