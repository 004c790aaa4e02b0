import { ElmanError } from '@elman/core'
import { z } from 'zod'
import {
  END_OF_SENTENCE,
  MAXIMUM_VOCABULARY,
  makeVocabulary,
  UNKNOWN,
  type Vocabulary,
} from './vocabulary.ts'

const count = z.number().int().min(0)

/** The file form of a vocabulary. */
export const vocabularyJson = z.strictObject({
  format: z.literal('elman-vocabulary'),
  version: z.literal(1),
  unit: z.enum(['word', 'character', 'byte']),
  lines: z.enum(['all', 'non-empty', 'none']),
  unknown: z.literal(UNKNOWN).nullable(),
  endOfSentence: z.literal(END_OF_SENTENCE).nullable(),
  coverage: z.strictObject({ types: count, keptTypes: count, tokens: count, keptTokens: count }),
  tokens: z.array(z.string()).min(1).max(MAXIMUM_VOCABULARY),
  counts: z.array(count),
})

/** The file form of a vocabulary. */
export type VocabularyJson = z.infer<typeof vocabularyJson>

/** A vocabulary as data for `JSON.stringify`. */
export function vocabularyToJson(vocabulary: Vocabulary): VocabularyJson {
  return {
    format: 'elman-vocabulary',
    version: 1,
    unit: vocabulary.unit,
    lines: vocabulary.lines,
    unknown: vocabulary.unknown === undefined ? null : UNKNOWN,
    endOfSentence: vocabulary.endOfSentence === undefined ? null : END_OF_SENTENCE,
    coverage: vocabulary.coverage,
    tokens: [...vocabulary.tokens],
    counts: [...vocabulary.counts],
  }
}

/**
 * The vocabulary of parsed JSON; ids are the same as when it was saved.
 *
 * @param where - File name for errors.
 * @throws `VOCABULARY_INVALID` when the data is not a vocabulary or contradicts itself.
 */
export function vocabularyFromJson(json: unknown, where: string): Vocabulary {
  const parsed = vocabularyJson.safeParse(json)
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error), where)
  const { unit, lines, tokens, counts, coverage, unknown, endOfSentence } = parsed.data
  if (counts.length !== tokens.length)
    throw invalid(`${tokens.length} tokens but ${counts.length} counts`, where)
  const vocabulary = makeVocabulary({ unit, lines, tokens, counts, coverage, hasUnknown: unknown !== null })
  tokens.forEach((token, id) => {
    if (vocabulary.idOf(token) === id) return
    throw invalid(`token ${JSON.stringify(token)} appears twice`, where)
  })
  if ((vocabulary.unknown === undefined) !== (unknown === null))
    throw invalid('<unk> is not among the tokens', where)
  if ((vocabulary.endOfSentence === undefined) !== (endOfSentence === null)) {
    throw invalid('<eos> does not agree with the line rule and the tokens', where)
  }
  const isUnit = (token: string): boolean => unit === 'word' || token === UNKNOWN || [...token].length === 1
  const bad = tokens.find(token => !isUnit(token))
  if (bad !== undefined) throw invalid(`token ${JSON.stringify(bad)} is not one ${unit}`, where)
  if (
    unit === 'byte' &&
    !(tokens.length === 256 && tokens.every((token, id) => token.charCodeAt(0) === id))
  ) {
    throw invalid('the tokens are not the 256 bytes by value', where)
  }
  return vocabulary
}

function invalid(found: string, where: string): ElmanError {
  return new ElmanError('VOCABULARY_INVALID', {
    message: 'not a vocabulary file',
    found,
    where,
    hint: 'a vocabulary is saved beside each checkpoint; take it from there again',
  })
}
