/** The words of an ARPA file: what its unigrams declare, and the ids they have from then on. */
import type { Vocabulary } from '@elman/text'
import type { ArpaFailure } from './arpa-header.ts'
import { ARPA_START, tokenOfSpelling, vocabularyOfWords } from './arpa-words.ts'

/** Words while the unigrams are read. */
export interface ArpaUnigrams {
  /** Adds the word of the next unigram. @throws `ARPA_NGRAM_TWICE` */
  add(key: string, spelling: string, failure: ArpaFailure): void
  /** Ends the list. @throws `VOCABULARY_INVALID` when a file without a vocabulary has no words */
  finish(where: string): ArpaWords
}

/** The words of a file. */
export interface ArpaWords {
  readonly vocabulary: Vocabulary
  /** Id of the word of each unigram in file order, −1 where the vocabulary lacks it; `<s>` is `vocabulary.size`. */
  readonly ids: readonly number[]
  /** Ids by the bytes of the words as Latin-1. */
  readonly idOfKey: ReadonlyMap<string, number>
  /** Tokens of the vocabulary that the file lacks. */
  readonly missing: readonly string[]
  /** Which word of the file stands for each id, −1 for none; undefined when every id has its own. */
  readonly wordOf: Int32Array | undefined
}

/**
 * Collects the words of a file.
 *
 * @param vocabulary - Gives the ids; without one the words of the file are the vocabulary, in their order.
 */
export function collectUnigrams(vocabulary: Vocabulary | undefined): ArpaUnigrams {
  const keys: string[] = []
  const spellings: string[] = []
  const byToken = new Map<string, string>()
  return {
    add(key, spelling, failure) {
      const token = spelling === ARPA_START ? ARPA_START : tokenOfSpelling(spelling)
      const other = byToken.get(token)
      if (other !== undefined) {
        throw failure('ARPA_NGRAM_TWICE', `the word ${JSON.stringify(spelling)} is there twice`, {
          ...(other === spelling
            ? {}
            : { found: `${JSON.stringify(other)}, which means the same, above it` }),
        })
      }
      byToken.set(token, spelling)
      keys.push(key)
      spellings.push(spelling)
    },
    finish(where) {
      const own = vocabulary ?? vocabularyOfWords(spellings, where)
      const ids = spellings.map(spelling =>
        spelling === ARPA_START
          ? own.size
          : (own.idOf(tokenOfSpelling(spelling)) ?? own.idOf(spelling) ?? -1),
      )
      const present = new Set(ids)
      const missing = own.tokens.filter((_, id) => !present.has(id))
      const unknown = own.unknown !== undefined && present.has(own.unknown) ? own.unknown : -1
      return {
        vocabulary: own,
        ids,
        idOfKey: new Map(keys.map((key, index) => [key, ids[index]!])),
        missing,
        wordOf:
          missing.length === 0
            ? undefined
            : Int32Array.from({ length: own.size }, (_, id) => (present.has(id) ? id : unknown)),
      }
    },
  }
}
