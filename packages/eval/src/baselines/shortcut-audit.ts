/** How far shortcuts get on a set of labelled strings of any origin: the audit of section 2.5 for one's own data. */
import { ElmanError } from '@elman/core'
import type { EncodedString, Encoding } from '../languages/encoding.ts'
import type { Language, Word } from '../languages/language.ts'
import type { Count } from '../probe/record.ts'
import { dfaRule } from './dfa-rule.ts'
import { baselineLadder, rightAnswers } from './evaluate.ts'

/** A word and whether it is in the language: 0 or 1. */
export interface LabelledString {
  readonly word: Word
  readonly label: number
}

/** What is audited. */
export interface AuditedStrings {
  /** Texts of the symbols. */
  readonly alphabet: readonly string[]
  readonly train: readonly LabelledString[]
  readonly test: readonly LabelledString[]
  /** Symbols whose counts the DFA rule looks at; those without a letter or digit unless given. */
  readonly markers?: readonly number[]
  /** Words of at least this length are counted once more by themselves. Default: longer than any in training. */
  readonly longFrom?: number
}

/** One line of an audit. */
export interface ShortcutResult {
  readonly baseline: string
  readonly title: string
  readonly all: Count
  /** Of the words that are at least `longFrom` long. */
  readonly long: Count
}

/** What an audit found: the shortcuts, the best first. */
export interface ShortcutAudit {
  readonly longFrom: number
  readonly positives: Count
  readonly results: readonly ShortcutResult[]
}

/**
 * Fits every baseline for recognition, and the DFA rule, to the training strings, and counts right answers on the
 * test strings. A task that one of these passes does not show that a network has a memory.
 *
 * @throws AUDIT_STRING_INVALID when a label is not 0 or 1 or a symbol is not in the alphabet.
 */
export function shortcutAudit(strings: AuditedStrings, seed = 0): ShortcutAudit {
  const { alphabet, train, test } = strings
  const markers =
    strings.markers ?? alphabet.flatMap((text, symbol) => (/[\p{L}\p{N}]/u.test(text) ? [] : [symbol]))
  const longFrom = strings.longFrom ?? train.reduce((most, { word }) => Math.max(most, word.length), 0) + 1
  const encoding = recognitionOf(alphabet)
  const encodedTrain = train.map((string, index) => encoded(alphabet, string, `train ${index}`))
  const encodedTest = test.map((string, index) => encoded(alphabet, string, `test ${index}`))
  const results = [...baselineLadder, dfaRule(markers)]
    .filter(baseline => baseline.suits(encoding))
    .map((baseline): ShortcutResult => {
      const predictor = baseline.fit(encoding, encodedTrain, seed)
      const all = { right: 0, total: 0 }
      const long = { right: 0, total: 0 }
      for (const string of encodedTest) {
        const { right } = rightAnswers(encoding, string, predictor.predict(string.inputs))
        for (const count of string.inputs.length > longFrom ? [all, long] : [all]) {
          count.right += right
          count.total++
        }
      }
      return { baseline: baseline.id, title: baseline.title, all, long }
    })
    .sort((a, b) => b.all.right - a.all.right)
  const positives = { right: test.filter(({ label }) => label === 1).length, total: test.length }
  return { longFrom, positives, results }
}

function encoded(alphabet: readonly string[], { word, label }: LabelledString, place: string): EncodedString {
  const stranger = word.find(symbol => symbol >= alphabet.length)
  if (stranger !== undefined || (label !== 0 && label !== 1))
    throw new ElmanError('AUDIT_STRING_INVALID', {
      message: 'A string of the audit cannot be read.',
      expected: `a label of 0 or 1 and symbols from 0 to ${alphabet.length - 1}`,
      found: stranger === undefined ? `label ${label}` : `symbol ${stranger}`,
      where: place,
    })
  const steps = word.length + 1
  const inputs = new Uint8Array(steps)
  inputs[0] = alphabet.length // begin
  inputs.set(word, 1)
  const targets = new Uint8Array(steps)
  targets[steps - 1] = label
  const scored = new Uint8Array(steps)
  scored[steps - 1] = 1
  return { inputs, targets, scored }
}

/** Recognition over an alphabet of which only strings are known, not the language. */
function recognitionOf(alphabet: readonly string[]): Encoding {
  const unknown = (): never => {
    throw new ElmanError('AUDIT_LANGUAGE_UNKNOWN', {
      message: 'An audit knows strings with labels and not the language they are from.',
      hint: 'Fit to the strings that were given; for drawn ones, use an encoding of a language.',
    })
  }
  const language: Language = {
    id: 'audited',
    title: 'strings with labels',
    level: 'regular',
    need: {},
    alphabet,
    trainSize: 1,
    hasSize: () => false,
    lengthOf: size => size,
    views: ['recognise'],
  }
  return {
    language,
    view: 'recognise',
    inputs: alphabet.length + 1,
    inputNames: [...alphabet, 'begin'],
    outputs: 2,
    target: 'class',
    lengthOf: wordLength => wordLength + 1,
    sample: unknown,
    encode: unknown,
  }
}
