import { ElmanError } from '@elman/core'
import { z } from 'zod'
import type { LineRule } from '../units/split-words.ts'
import type { Unit } from '../units/tokenize.ts'
import { compareCodePoints } from './compare-code-points.ts'
import type { TokenTable } from './token-table.ts'

/** Token at the end of a line. */
export const END_OF_SENTENCE = '<eos>'
/** Token in place of words that are not in the vocabulary. */
export const UNKNOWN = '<unk>'
/** Most entries of a vocabulary: ids are found by a Map, which V8 limits. */
export const MAXIMUM_VOCABULARY = 2 ** 24 - 1

const minimumCount = z.int().min(1).describe('rarer tokens become <unk>')
const maximumSize = z
  .int()
  .min(2)
  .max(MAXIMUM_VOCABULARY)
  .describe('keep only so many, <unk> and <eos> included')
const unknown = z
  .boolean()
  .describe('whether there is a token <unk>; without it an unknown token is an error')

/** Which tokens of the training text make the vocabulary. */
export const vocabularyRules = z.strictObject({
  minimumCount: minimumCount.default(1),
  maximumSize: maximumSize.optional(),
  unknown: unknown.default(true),
})

/** The same without defaults: what an experiment file may change of a dataset's own rules. */
export const vocabularyOverrides = z.strictObject({ minimumCount, maximumSize, unknown }).partial()

/** Rules with defaults filled in. */
export type VocabularyRules = z.infer<typeof vocabularyRules>

/** The rules that an experiment file makes of a dataset's own. */
export function overrideRules(
  own: VocabularyRules,
  changes: z.infer<typeof vocabularyOverrides>,
): VocabularyRules {
  const maximumSize = changes.maximumSize ?? own.maximumSize
  return {
    minimumCount: changes.minimumCount ?? own.minimumCount,
    ...(maximumSize === undefined ? {} : { maximumSize }),
    unknown: changes.unknown ?? own.unknown,
  }
}

/** Which part of the training text the vocabulary covers. */
export interface Coverage {
  /** Distinct tokens of the training text, `<eos>` included. */
  readonly types: number
  /** Those of them that are in the vocabulary. */
  readonly keptTypes: number
  /** Tokens of the training text. */
  readonly tokens: number
  /** Those of them that did not have to become `<unk>`. */
  readonly keptTokens: number
}

/** Tokens and their ids 0 … size − 1. */
export interface Vocabulary {
  readonly unit: Unit
  /** Which lines get `<eos>` (unit word). */
  readonly lines: LineRule
  readonly size: number
  /** Token of each id; for unit byte the Latin-1 character of the byte's value. */
  readonly tokens: readonly string[]
  /** Occurrences of each id in the training text; those of `<unk>` include what it stands in for. */
  readonly counts: readonly number[]
  readonly coverage: Coverage
  /** Id of `<unk>`, if there is one. */
  readonly unknown: number | undefined
  /** Id of `<eos>`, if there is one. */
  readonly endOfSentence: number | undefined
  /** Id of a token, or undefined when it is not in the vocabulary. */
  idOf(token: string): number | undefined
}

/** What a vocabulary is made from, besides its tokens. */
export interface VocabularyParts {
  readonly unit: Unit
  readonly lines: LineRule
  readonly tokens: readonly string[]
  readonly counts: readonly number[]
  readonly coverage: Coverage
  readonly hasUnknown: boolean
}

/** Puts a vocabulary together from parts that are known to fit. */
export function makeVocabulary({
  unit,
  lines,
  tokens,
  counts,
  coverage,
  hasUnknown,
}: VocabularyParts): Vocabulary {
  const ids = new Map(tokens.map((token, id) => [token, id]))
  return {
    unit,
    lines,
    size: tokens.length,
    tokens,
    counts,
    coverage,
    unknown: hasUnknown ? ids.get(UNKNOWN) : undefined,
    endOfSentence: unit === 'word' && lines !== 'none' ? ids.get(END_OF_SENTENCE) : undefined,
    idOf: token => ids.get(token),
  }
}

/**
 * The vocabulary of a training text: most frequent first, equals by code point, as Python's
 * `sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))`.
 *
 * `<eos>` and `<unk>` are ordinary members of that order, `<unk>` with the count of all it stands in for. `<unk>` of
 * the text (as in Penn Treebank and WikiText) is the vocabulary's `<unk>`; a text without one gets it, unless
 * `unknown` is false. Neither of the two is ever cut.
 *
 * Unit byte does not depend on the text: the 256 bytes by value.
 *
 * @throws `VOCABULARY_TOO_LARGE` with 2^24 tokens or more.
 */
export function buildVocabulary(
  table: TokenTable,
  form: { readonly unit: Unit; readonly lines: LineRule },
  rules: VocabularyRules,
): Vocabulary {
  const { unit } = form
  const lines = unit === 'word' ? form.lines : 'none'
  if (unit === 'byte') return byteVocabulary(table)
  if (rules.maximumSize === undefined) refuseTooLarge(table, rules)
  const order = candidates(table, rules, lines)
  order.sort(byFrequency)
  const kept = rules.maximumSize === undefined ? order : cut(order, rules.maximumSize)

  const tokens = sum(table.counts)
  const keptTokens = kept.reduce((total, { count }) => total + count, 0)
  const coverage = {
    types: table.tokens.length,
    keptTypes: kept.filter(({ seen }) => seen).length,
    tokens,
    keptTokens,
  }
  // What was cut counts for <unk>, which may move it forward.
  const final = kept.map(each =>
    rules.unknown && each.token === UNKNOWN ? { ...each, count: each.count + tokens - keptTokens } : each,
  )
  final.sort(byFrequency)
  return makeVocabulary({
    unit,
    lines,
    tokens: final.map(({ token }) => token),
    counts: final.map(({ count }) => count),
    coverage,
    hasUnknown: rules.unknown,
  })
}

function byFrequency(a: Candidate, b: Candidate): number {
  return b.count - a.count || compareCodePoints(a.token, b.token)
}

interface Candidate {
  readonly token: string
  readonly count: number
  /** Whether the text has it. */
  readonly seen: boolean
  /** Whether no rule may cut it. */
  readonly reserved: boolean
}

function candidates(table: TokenTable, rules: VocabularyRules, lines: LineRule): Candidate[] {
  const reserved = new Set<string>()
  if (rules.unknown) reserved.add(UNKNOWN)
  if (lines !== 'none') reserved.add(END_OF_SENTENCE)
  const result: Candidate[] = []
  table.tokens.forEach((token, index) => {
    const count = table.counts[index]!
    const isReserved = reserved.delete(token)
    if (isReserved || count >= rules.minimumCount)
      result.push({ token, count, seen: true, reserved: isReserved })
  })
  for (const token of reserved) result.push({ token, count: 0, seen: false, reserved: true })
  return result
}

function cut(order: readonly Candidate[], size: number): readonly Candidate[] {
  let room = size - order.filter(({ reserved }) => reserved).length
  return order.filter(({ reserved }) => reserved || room-- > 0)
}

function byteVocabulary(table: TokenTable): Vocabulary {
  const counts = new Array<number>(256).fill(0)
  table.tokens.forEach((token, index) => {
    counts[token.charCodeAt(0)] = table.counts[index]!
  })
  const tokens = counts.map((_, byte) => String.fromCharCode(byte))
  const types = table.tokens.length
  const total = sum(counts)
  const coverage = { types, keptTypes: types, tokens: total, keptTokens: total }
  return makeVocabulary({ unit: 'byte', lines: 'none', tokens, counts, coverage, hasUnknown: false })
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}

/** Before anything is made of the tokens, since there may be very many. */
function refuseTooLarge(table: TokenTable, { minimumCount }: VocabularyRules): void {
  const special = 2 // room for <unk> and <eos>
  let size = special
  for (const count of table.counts) if (count >= minimumCount) size += 1
  if (size <= MAXIMUM_VOCABULARY) return
  throw new ElmanError('VOCABULARY_TOO_LARGE', {
    message: 'the training text has more distinct tokens than a vocabulary can hold',
    expected: `at most ${MAXIMUM_VOCABULARY - special}`,
    found: String(size - special),
    hint: 'raise vocabulary.minimumCount, set vocabulary.maximumSize, or use unit "character" or "byte"',
  })
}
