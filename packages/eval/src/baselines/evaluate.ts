/** The ladder of baselines, and its results on the strings of a probe. */
import type { EncodedString, Encoding } from '../languages/encoding.ts'
import type { BaselineResult, SizeResult } from '../probe/record.ts'
import { firstAsked } from './answers.ts'
import { bagOfSymbols } from './bag.ts'
import type { Baseline, Predictor } from './baseline.ts'
import { edgeSymbols, firstSymbols, lastSymbols } from './edges.ts'
import { finiteBuffer } from './finite-buffer.ts'
import { learnedAutomaton } from './learned-automaton.ts'
import { lengthParity, lengthTable } from './length.ts'
import { majorityAnswer } from './majority.ts'
import { positionFromEnd, positionFromStart, positionRelative } from './position.ts'
import { strictlyLocal } from './strictly-local.ts'
import { strictlyPiecewise } from './strictly-piecewise.ts'

/** Everything that a result is measured against, from the weakest on; each where it suits the view. */
export const baselineLadder: readonly Baseline[] = [
  majorityAnswer,
  lengthTable,
  lengthParity,
  positionFromStart,
  positionFromEnd,
  positionRelative,
  bagOfSymbols,
  ...[1, 2, 3].map(firstSymbols),
  ...[1, 2, 3].map(lastSymbols),
  ...[1, 2, 3].map(edgeSymbols),
  ...[1, 2, 3, 4, 5, 6].map(strictlyLocal),
  strictlyPiecewise,
  finiteBuffer('first'),
  finiteBuffer('last'),
  learnedAutomaton,
]

/** Test strings of one size. */
export interface StringsOfSize {
  readonly size: number
  readonly strings: readonly EncodedString[]
}

/**
 * Fits each baseline that suits the encoding on the training strings and counts its right answers on the test strings
 * of each size. The same strings and seed give the same counts.
 */
export function evaluateBaselines(
  encoding: Encoding,
  train: readonly EncodedString[],
  test: readonly StringsOfSize[],
  seed: number,
  ladder: readonly Baseline[] = baselineLadder,
): BaselineResult[] {
  return ladder
    .filter(baseline => baseline.suits(encoding))
    .map(baseline => {
      const predictor = baseline.fit(encoding, train, seed)
      return { baseline: baseline.id, sizes: test.map(strings => resultOf(encoding, predictor, strings)) }
    })
}

function resultOf(encoding: Encoding, predictor: Predictor, { size, strings }: StringsOfSize): SizeResult {
  const whole = { right: 0, total: strings.length }
  const tokens = { right: 0, total: 0 }
  for (const string of strings) {
    const { right, total } = rightAnswers(encoding, string, predictor.predict(string.inputs))
    tokens.right += right
    tokens.total += total
    if (right === total) whole.right++
  }
  return { size, length: encoding.lengthOf(encoding.language.lengthOf(size)), strings: whole, tokens }
}

/** Scored steps of a string, and those at which an answer is right: the class, or every flag. */
export function rightAnswers(
  encoding: Encoding,
  { inputs, targets, scored }: EncodedString,
  answers: Uint8Array,
): { readonly right: number; readonly total: number } {
  const width = encoding.target === 'class' ? 1 : encoding.outputs
  let right = 0
  let total = 0
  for (let step = firstAsked(encoding, inputs); step < inputs.length; step++) {
    if (scored[step] !== 1) continue
    total++
    let same = true
    for (let i = step * width; i < (step + 1) * width; i++) same &&= answers[i] === targets[i]
    if (same) right++
  }
  return { right, total }
}
