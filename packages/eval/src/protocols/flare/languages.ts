/** The 18 recognition languages of FLaRe (Butoi et al., ICLR 2025). */
import { didYouMean, ElmanError } from '@elman/core'
import type { OriginalOption } from '../protocol.ts'
import { binaryAddition, binaryMultiplication, computeSqrt } from './arithmetic-languages.ts'
import {
  bucketSort,
  markedCopy,
  markedReversal,
  missingDuplicate,
  oddsFirst,
  unmarkedReversal,
} from './copy-languages.ts'
import { majority, stackManipulation } from './counter-and-stack.ts'
import { type FlareLanguage, type FlareParts, flareLanguageOf } from './language.ts'
import {
  cycleNavigation,
  dyck23,
  evenPairs,
  first,
  modularArithmeticSimple,
  parity,
  repeat01,
} from './regular-languages.ts'

const LANGUAGES: { readonly [name: string]: (original: boolean) => FlareParts } = {
  'even-pairs': evenPairs,
  'repeat-01': repeat01,
  parity,
  'cycle-navigation': cycleNavigation,
  'modular-arithmetic-simple': modularArithmeticSimple,
  'dyck-2-3': dyck23,
  first,
  majority,
  'stack-manipulation': stackManipulation,
  'marked-reversal': markedReversal,
  'unmarked-reversal': unmarkedReversal,
  'marked-copy': markedCopy,
  'missing-duplicate-string': missingDuplicate,
  'odds-first': oddsFirst,
  'binary-addition': binaryAddition,
  'binary-multiplication': binaryMultiplication,
  'compute-sqrt': computeSqrt,
  'bucket-sort': bucketSort,
}

/** Names of the languages, which are the folders of the released data. */
export const FLARE_LANGUAGES: readonly string[] = Object.keys(LANGUAGES)

/**
 * A language by its name. Its id is `flare-<name>`, with `-original` after it for the released code's behaviour.
 *
 * @throws ElmanError `PROTOCOL_LANGUAGE_UNKNOWN` for any other name.
 */
export function flareLanguage(name: string, { original = false }: OriginalOption = {}): FlareLanguage {
  const make = Object.hasOwn(LANGUAGES, name) ? LANGUAGES[name] : undefined
  if (make === undefined) {
    const near = didYouMean(name, FLARE_LANGUAGES)
    throw new ElmanError('PROTOCOL_LANGUAGE_UNKNOWN', {
      message: `FLaRe has no language ${name}`,
      expected: FLARE_LANGUAGES.join(', '),
      ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
    })
  }
  return flareLanguageOf(make(original), original)
}

/** All 18. */
export function flareLanguages(options: OriginalOption = {}): readonly FlareLanguage[] {
  return FLARE_LANGUAGES.map(name => flareLanguage(name, options))
}
