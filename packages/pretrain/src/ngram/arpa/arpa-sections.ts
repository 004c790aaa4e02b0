/** The n-grams of an ARPA file, order by order, as they go into tables. */
import type { Vocabulary } from '@elman/text'
import { NgramTable } from '../ngram-table.ts'
import type { ArpaFields } from './arpa-fields.ts'
import type { ArpaFailure } from './arpa-header.ts'
import { type ArpaWords, collectUnigrams } from './arpa-unigrams.ts'

/** What the sections of a file held. */
export interface ArpaEntries {
  readonly words: ArpaWords
  readonly tables: readonly NgramTable[]
  readonly start: number
  readonly logProbabilities: readonly Float64Array[]
  readonly backoffWeights: readonly Float64Array[]
  readonly skipped: number
  readonly implied: number
}

/** Takes the lines of the sections. */
export interface ArpaSections {
  /** Begins the section of an order, which ends the one before it. @throws `ARPA_COUNT_WRONG` */
  open(order: number, failure: ArpaFailure): void
  /** Adds the n-gram of a line. @throws `ARPA_LINE_INVALID`, `ARPA_COUNT_WRONG`, `ARPA_NGRAM_TWICE`, `ARPA_WORD_UNDECLARED` */
  add(fields: ArpaFields, failure: ArpaFailure): void
  /** Ends the last section. @throws `ARPA_COUNT_WRONG` */
  finish(failure: ArpaFailure): void
  result(): ArpaEntries
}

/** A logarithm above 0 by no more than this is a rounded 0. */
const ROUNDING = 1e-4

/**
 * Sections of a file that declares `counts` n-grams of orders 1, 2, ….
 *
 * @param path - For errors.
 */
export function createSections(
  counts: readonly number[],
  vocabulary: Vocabulary | undefined,
  path: string,
): ArpaSections {
  const highest = counts.length
  const unigrams = collectUnigrams(vocabulary)
  const tables = counts.map(() => new NgramTable())
  const values: number[][] = counts.map(() => []) // by order and number
  const weights: number[][] = counts.map(() => [])
  const line = new Int32Array(highest) // ids of the words of a line
  const firstValues: number[] = [] // of the unigrams in file order
  const firstWeights: number[] = []
  let words: ArpaWords | undefined
  let [order, read, skipped, implied, start] = [0, 0, 0, 0, -1]

  /** Stores an n-gram that is not there yet. */
  const store = (k: number, context: number, word: number, value: number, weight: number): number => {
    const number = tables[k - 1]!.findOrAdd(context, word)
    values[k - 1]![number] = value
    if (k < highest) weights[k - 1]![number] = weight
    return number
  }
  const close = (failure: ArpaFailure): void => {
    if (order === 0) return
    if (read !== counts[order - 1]) {
      throw failure('ARPA_COUNT_WRONG', `the ${order}-grams are not as many as the head of the file says`, {
        expected: String(counts[order - 1]),
        found: `${read}, above this line`,
        hint: 'was a part of the file lost?',
      })
    }
    if (order > 1) return
    words = unigrams.finish(path)
    words.ids.forEach((id, index) => {
      if (id < 0) skipped++
      else {
        const number = store(1, 0, id, firstValues[index]!, firstWeights[index]!)
        if (id === words!.vocabulary.size) start = number
      }
    })
  }
  /** Number of the n-gram's context, stored without a probability where the file lacks it. */
  const contextOf = (k: number): number => {
    let context = 0
    for (let length = 1; length < k; length++) {
      const word = line[length - 1]!
      let number = tables[length - 1]!.find(context, word)
      if (number < 0) {
        number = store(length, context, word, Number.NaN, 0)
        implied++
      }
      context = number
    }
    return context
  }
  const wordsOf = (fields: ArpaFields, failure: ArpaFailure): boolean => {
    let known = true
    for (let k = 0; k < order; k++) {
      const id = words!.idOfKey.get(fields.key(k + 1))
      if (id === undefined) {
        throw failure('ARPA_WORD_UNDECLARED', `a word of the ${order}-gram is not among the unigrams`, {
          found: JSON.stringify(fields.text(k + 1, failure)),
        })
      }
      line[k] = id
      if (id < 0) known = false
    }
    return known
  }

  return {
    open(next, failure) {
      close(failure)
      order = next
      read = 0
    },
    add(fields, failure) {
      const weighted = fields.count === order + 2
      if (!weighted && fields.count !== order + 1) {
        throw failure('ARPA_LINE_INVALID', `the line is not a ${order}-gram`, {
          expected: `a log-probability, ${order} ${order === 1 ? 'word' : 'words'}${
            order < highest ? ' and perhaps a back-off weight' : ''
          }`,
          found: `${fields.count} ${fields.count === 1 ? 'field' : 'fields'}`,
        })
      }
      const value = fields.logarithm(0, 'log-probability', failure)
      if (value > ROUNDING) {
        throw failure('ARPA_LINE_INVALID', 'a probability is above 1', {
          expected: 'a logarithm to base 10, at most 0',
          found: String(value),
        })
      }
      const weight = weighted ? fields.logarithm(order + 1, 'back-off weight', failure) : 0
      if (order === highest && weight !== 0) {
        throw failure('ARPA_LINE_INVALID', 'n-grams of the highest order have no back-off weights', {
          found: String(weight),
        })
      }
      if (++read > counts[order - 1]!) {
        throw failure('ARPA_COUNT_WRONG', `there are more ${order}-grams than the head of the file says`, {
          expected: String(counts[order - 1]),
        })
      }
      if (order === 1) {
        unigrams.add(fields.key(1), fields.text(1, failure), failure)
        firstValues.push(value)
        firstWeights.push(weight)
      } else if (wordsOf(fields, failure)) {
        const context = contextOf(order)
        const word = line[order - 1]!
        if (tables[order - 1]!.find(context, word) >= 0) {
          const text = Array.from({ length: order }, (_, k) => fields.text(k + 1, failure)).join(' ')
          throw failure('ARPA_NGRAM_TWICE', `the ${order}-gram ${JSON.stringify(text)} is there twice`)
        }
        store(order, context, word, value, weight)
      } else skipped++
    },
    finish(failure) {
      close(failure)
      const lacking = counts.findIndex((count, index) => index >= order && count > 0)
      if (lacking < 0) return
      throw failure('ARPA_COUNT_WRONG', `the ${lacking + 1}-grams are not there`, {
        expected: String(counts[lacking]),
        found: '\\end\\',
      })
    },
    result() {
      for (const table of tables) table.dropCounts()
      return {
        words: words!,
        tables,
        start,
        logProbabilities: values.map(each => Float64Array.from(each)),
        backoffWeights: weights.slice(0, -1).map(each => Float64Array.from(each)),
        skipped,
        implied,
      }
    },
  }
}
