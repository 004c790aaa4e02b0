/** What a training of word vectors is: sizes, model and loss, as the kernel takes them. */

import { ElmanError } from '@elman/core'

/** Rows that stand for each word: `rows[offsets[w] … offsets[w + 1])`, at least one. */
export interface SubwordRows {
  /** length: words + 1 */
  readonly offsets: Uint32Array
  /** Input rows, each below `inputRows`. */
  readonly rows: Int32Array
}

/** Everything the kernel needs to know before the first sentence. */
export interface TrainingSpec {
  /** Occurrences of each word; the most frequent first where hot rows are used. */
  readonly counts: Float64Array
  readonly dimensions: number
  /** Rows of the input matrix: words, then n-gram buckets. */
  readonly inputRows: number
  /** Rows of the output matrix: words, or inner nodes (words − 1) with hierarchical softmax. */
  readonly outputRows: number
  readonly architecture: 'skip-gram' | 'cbow'
  readonly loss: 'negative-sampling' | 'hierarchical-softmax'
  /** Words on each side. */
  readonly window: number
  /** Draw the radius uniformly from 1 … window for each centre, as all tools do by default. */
  readonly shrinkWindow: boolean
  /** Negatives a pair. */
  readonly negative: number
  /** Negatives are drawn with probability ∝ count^exponent: 0.75 in word2vec, 0.5 in fastText. */
  readonly negativeExponent: number
  /** Fresh negatives for every pair, or the same for all pairs of one centre word. */
  readonly negativeSharing: 'none' | 'window'
  /** Subsampling: an occurrence is kept with probability √(t/f) + t/f, f the word's share; 0 keeps all. */
  readonly sample: number
  /** CBOW's hidden row is the mean of its rows, else their sum. */
  readonly cbowMean: boolean
  /** Skip-gram: word2vec predicts the centre from a context word, fastText a context word from the centre. */
  readonly predicts: 'centre' | 'context'
  readonly subwords?: SubwordRows
  readonly workers: number
  /** Most ids (with the −1 after each sentence) that one call trains on. */
  readonly batchIds: number
  /** Input rows below this are not changed. @defaultValue 0 */
  readonly frozenRows?: number
  /**
   * Train in rounds: every worker has a copy of all rows and changes nothing else; after so many words of the text each,
   * changes are added up by `contribute`. Then the order of workers decides the bits, not the moment. Takes the matrices
   * twice more for each worker. Off unless given, and with one worker.
   */
  readonly roundWords?: number | undefined
  /** Rows of each matrix that every worker has a copy of. @defaultValue {@link HOT_ROWS}, 0 with one worker */
  readonly hotRows?: number
  /** Centre words after which a worker brings its copies' changes to the shared rows. @defaultValue {@link EXCHANGE_INTERVAL} */
  readonly exchangeInterval?: number
  /**
   * Parts of the words from which several workers draw negatives by turns, so that they seldom want the same row; 1 for no
   * turns. @defaultValue the number of workers; 1 for fewer than {@link WORDS_A_PART} words a part
   */
  readonly negativeParts?: number
  /** Centre words of all workers together after which these parts change. @defaultValue {@link TURN} */
  readonly negativeTurn?: number
}

/** Rows that each of several workers copies. */
export const HOT_ROWS = 64
/** Centre words between exchanges of these rows. */
export const EXCHANGE_INTERVAL = 256
/** Centre words that all workers do before each draws its negatives from another part of the words. */
export const TURN = 16_384
/** Fewest words that a part may have by default. */
export const WORDS_A_PART = 1000

/**
 * Checks sizes and ranges of a specification.
 *
 * @throws `EMBEDDING_TRAINING_SPEC`, `EMBEDDING_TRAINING_COUNTS`, `EMBEDDING_TRAINING_SUBWORDS`
 */
export function checkTrainingSpec(spec: TrainingSpec): void {
  const words = spec.counts.length
  const outputRows = spec.loss === 'negative-sampling' ? words : Math.max(1, words - 1)
  checkCounts(spec.counts)
  checkNumber('dimensions', spec.dimensions, 1, 65_536)
  checkNumber('window', spec.window, 1, 1_000)
  checkNumber('negative', spec.negative, 0, 1_000)
  checkNumber('workers', spec.workers, 1, 1_024)
  checkNumber('batchIds', spec.batchIds, 2, 2 ** 28)
  checkNumber('inputRows', spec.inputRows, Math.max(1, words), 2 ** 31)
  checkNumber('outputRows', spec.outputRows, outputRows, 2 ** 31)
  checkNumber('frozenRows', spec.frozenRows ?? 0, 0, 2 ** 31)
  checkNumber('hotRows', spec.hotRows ?? 0, 0, 2 ** 20)
  checkNumber('roundWords', spec.roundWords ?? 1, 1, 2 ** 31)
  checkNumber('exchangeInterval', spec.exchangeInterval ?? 1, 1, 2 ** 31)
  checkNumber('negativeParts', spec.negativeParts ?? 1, 1, words)
  checkNumber('negativeTurn', spec.negativeTurn ?? 1, 1, 2 ** 31)
  checkNumber('sample', spec.sample, 0, Number.MAX_VALUE, false)
  checkNumber('negativeExponent', spec.negativeExponent, -8, 8, false)
  if (spec.subwords) checkSubwords(spec.subwords, words, spec.inputRows)
}

function checkNumber(name: string, value: number, least: number, most: number, whole = true): void {
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return
  throw new ElmanError('EMBEDDING_TRAINING_SPEC', {
    message: `${name} is out of range`,
    expected: `${whole ? 'a whole number' : 'a number'} from ${least} to ${most}`,
    found: String(value),
  })
}

function checkCounts(counts: Float64Array): void {
  const bad = counts.findIndex(count => !(count > 0 && count < Number.POSITIVE_INFINITY))
  if (counts.length > 0 && bad < 0) return
  throw new ElmanError('EMBEDDING_TRAINING_COUNTS', {
    message: counts.length === 0 ? 'there are no words to train' : `word ${bad} has no count`,
    expected: 'a positive count for each word',
    found: counts.length === 0 ? 'an empty vocabulary' : String(counts[bad]),
  })
}

function checkSubwords({ offsets, rows }: SubwordRows, words: number, inputRows: number): void {
  const fail = (message: string) => {
    throw new ElmanError('EMBEDDING_TRAINING_SUBWORDS', {
      message,
      expected: `rows below ${inputRows} for ${words} words, at least one each`,
    })
  }
  if (offsets.length !== words + 1) fail(`the table of sub-words has ${offsets.length} offsets`)
  if (offsets[0] !== 0 || offsets[words] !== rows.length) fail('the offsets do not span the rows')
  for (let word = 0; word < words; word++) {
    if (offsets[word + 1]! <= offsets[word]!) fail(`word ${word} has no rows`)
  }
  const bad = rows.findIndex(row => row < 0 || row >= inputRows)
  if (bad >= 0) fail(`row ${rows[bad]} at ${bad} is not one of the input matrix`)
}
