/**
 * How FLaRe draws: the label is a coin; a positive is a word of the language; a negative is, by another coin at each
 * try, a random string or a positive with K random edits, K = 1, 2, 3 … with probabilities 1/2, 1/4, 1/8 …
 */
import { ElmanError } from '@elman/core'
import { type Draws, drawsAt } from '../../languages/draws.ts'
import type { LabelledWord, StreamPosition, Word } from '../../languages/language.ts'
import type { LengthRange } from '../protocol.ts'
import type { FlareLanguage } from './language.ts'

/** A labelled word; `origin` is `positive`, `random` or `edited`. */
export interface FlareExample extends LabelledWord {
  /** Number of edits of an edited one. */
  readonly edits?: number
}

/** What may be asked of an example. */
export interface FlareExampleOptions {
  /** A label instead of the coin. */
  readonly label?: 0 | 1
  /** Words, as `word.join()`, that may not be drawn: those trained on, for held-out tests. */
  readonly excluded?: ReadonlySet<string>
}

/** Tries before FLaRe gives up. */
const TRIES = 100

/**
 * The example at a place of a stream.
 *
 * @param range lengths, both ends included; edits keep to it too
 * @throws ElmanError `PROTOCOL_NO_EXAMPLE` where 100 tries gave none: no word in the range, or all of them excluded.
 */
export function flareExample(
  language: FlareLanguage,
  range: LengthRange,
  at: StreamPosition,
  { label, excluded }: FlareExampleOptions = {},
): FlareExample {
  const draws = drawsAt(at, 'flare')
  const wanted = label ?? draws.below(2)
  const symbols = language.alphabet.length
  const fits = (length: number) => length >= range.from && length <= range.to
  const possible = wanted === 0 || anyLength(range, length => language.hasPositive(length))
  for (let tried = 0; possible && tried < TRIES; tried++) {
    const example =
      wanted === 1
        ? { word: language.positive(draws, range), label: 1, origin: 'positive' }
        : proposedNegative(language, range, symbols, draws)
    if (excluded?.has(example.word.join()) || !fits(example.word.length)) continue
    if (language.recognition.classOf(example.word) === wanted) return example
  }
  throw new ElmanError('PROTOCOL_NO_EXAMPLE', {
    message: `no ${wanted === 1 ? 'word of' : 'word outside'} ${language.id} was found`,
    expected: `one of length ${range.from} to ${range.to}${excluded === undefined ? '' : ' that is not excluded'}`,
    found: `none in ${TRIES} tries`,
    where: `stream ${at.stream}, string ${at.index}`,
  })
}

function anyLength({ from, to }: LengthRange, is: (length: number) => boolean): boolean {
  for (let length = from; length <= to; length++) if (is(length)) return true
  return false
}

function proposedNegative(
  language: FlareLanguage,
  range: LengthRange,
  symbols: number,
  draws: Draws,
): FlareExample {
  const { from, to } = range
  const hasPositive = anyLength(range, length => language.hasPositive(length))
  if (draws.below(2) === 0 || !hasPositive) {
    const length = from + draws.below(to - from + 1)
    return { word: Uint8Array.from({ length }, () => draws.below(symbols)), label: 0, origin: 'random' }
  }
  let edits = 1
  while (draws.below(2) === 0) edits++
  let word: Word = language.positive(draws, range)
  for (let i = 0; i < edits; i++) word = edited(word, range, symbols, draws)
  return { word, label: 0, origin: 'edited', edits }
}

/** One edit, uniform among those of insertion, replacement and deletion that keep the length in the range. */
function edited(word: Word, { from, to }: LengthRange, symbols: number, draws: Draws): Word {
  const feasible = [
    ...(word.length < to ? ['insert'] : []),
    ...(word.length > 0 && symbols > 1 ? ['replace'] : []),
    ...(word.length > from ? ['delete'] : []),
  ]
  if (feasible.length === 0) return word
  const edit = feasible[draws.below(feasible.length)]!
  const symbolsOf = [...word]
  if (edit === 'insert') {
    symbolsOf.splice(draws.below(word.length + 1), 0, draws.below(symbols))
  } else if (edit === 'delete') {
    symbolsOf.splice(draws.below(word.length), 1)
  } else {
    const place = draws.below(word.length)
    const other = draws.below(symbols - 1)
    symbolsOf[place] = other + Number(other >= word[place]!)
  }
  return Uint8Array.from(symbolsOf)
}
