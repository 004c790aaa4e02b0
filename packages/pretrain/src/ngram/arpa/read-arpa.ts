/** Reading ARPA files of any order into models with the same probabilities. */
import { basename } from 'node:path'
import { ElmanError } from '@elman/core'
import type { Vocabulary } from '@elman/text'
import { type BackoffModel, backoffModel } from '../backoff-model.ts'
import { ArpaFields } from './arpa-fields.ts'
import { type ArpaFailure, headMissing, readCountLine } from './arpa-header.ts'
import { readArpaLines } from './arpa-lines.ts'
import { type ArpaSections, createSections } from './arpa-sections.ts'

/** How an ARPA file is read. */
export interface ReadArpaOptions {
  /**
   * Gives the ids: `</s>` is its `<eos>`. N-grams with words that it lacks are left out. Without one the words of the
   * file are the vocabulary, in their order.
   */
  readonly vocabulary?: Vocabulary | undefined
}

/** What was found in an ARPA file. */
export interface ArpaReport {
  /** N-grams of each order, order 1 first, as the file has them. */
  readonly counts: readonly number[]
  /**
   * Tokens of the given vocabulary without a unigram. They are scored as `<unk>` where both the file and the vocabulary
   * have it, else their probability is 0.
   */
  readonly missing: readonly string[]
  /** N-grams left out, since the given vocabulary lacks a word. */
  readonly skipped: number
  /** Contexts that the file has in longer n-grams only, as pruned files do; their weight is 1. */
  readonly implied: number
}

/** A model read from an ARPA file. */
export interface ArpaModel {
  readonly model: BackoffModel
  readonly vocabulary: Vocabulary
  readonly report: ArpaReport
}

/**
 * Reads an ARPA file as SRILM, KenLM and {@link writeArpa} write them, gzip or not, in one pass over its bytes.
 * Logarithms are kept as doubles, so that writing the model gives the same digits. Text before `\data\` and after
 * `\end\` is passed over. The numbers of n-grams that the file declares are checked, never trusted with memory.
 *
 * @throws `FILE_UNREADABLE`, `ARPA_GZIP_DAMAGED`, `ARPA_HEAD_MISSING`, `ARPA_LINE_INVALID`, `ARPA_COUNT_WRONG`,
 * `ARPA_NGRAM_TWICE`, `ARPA_WORD_UNDECLARED`, `ARPA_TRUNCATED`, `VOCABULARY_INVALID`; those about a line name it
 */
export async function readArpa(path: string, { vocabulary }: ReadArpaOptions = {}): Promise<ArpaModel> {
  const fields = new ArpaFields()
  const counts: number[] = []
  let first = ''
  let sections: ArpaSections | undefined
  let state: 'before' | 'head' | 'n-grams' | 'ended' = 'before'
  let order = 0
  let line = 0
  const failure: ArpaFailure = (code, message, parts = {}) =>
    new ElmanError(code, { message, ...parts, where: `${path}, line ${line}` })

  const readMarker = (text: string): void => {
    if (text === '\\end\\' && sections !== undefined) {
      sections.finish(failure)
      state = 'ended'
      return
    }
    const next = order + 1
    if (text !== `\\${next}-grams:` || next > counts.length) {
      throw failure('ARPA_LINE_INVALID', 'the sections of an ARPA file come in order', {
        expected: next > counts.length ? '\\end\\' : `\\${next}-grams:`,
        found: text.slice(0, 60),
      })
    }
    sections ??= createSections(counts, vocabulary, path)
    sections.open(next, failure)
    order = next
    state = 'n-grams'
  }

  const lines = await readArpaLines(path, (bytes, begin, end, number) => {
    line = number
    fields.divide(bytes, begin, end)
    if (state === 'before') {
      if (first === '') first = bytes.toString('latin1', begin, Math.min(end, begin + 61))
      if (fields.count === 1 && fields.key(0) === '\\data\\') state = 'head'
      return true
    }
    if (fields.count === 0) return true
    const marker = bytes[begin] === 92 // a backslash
    if (state === 'n-grams' && !marker) sections!.add(fields, failure)
    else {
      const text = bytes.toString('latin1', begin, end).trim()
      if (marker && counts.length > 0) readMarker(text)
      else readCountLine(text, counts, failure)
    }
    return state !== 'ended'
  })
  if (state === 'before') throw headMissing(path, first)
  if (state !== 'ended') {
    throw new ElmanError('ARPA_TRUNCATED', {
      message: 'the file ends before \\end\\',
      found: state === 'head' ? 'nothing after its head' : `its last line in the ${order}-grams`,
      where: `${path}, line ${lines}`,
      hint: 'was it cut off on its way here? Fetch it again',
    })
  }
  const { words, ...entries } = sections!.result()
  const { vocabulary: ids, missing, wordOf } = words
  return {
    model: backoffModel({
      name: basename(path),
      options: { order: counts.length, vocabularySize: ids.size, endOfSentence: ids.endOfSentence },
      tables: entries.tables,
      start: entries.start,
      logProbabilities: entries.logProbabilities,
      backoffWeights: entries.backoffWeights,
      wordOf,
    }),
    vocabulary: ids,
    report: { counts, missing, skipped: entries.skipped, implied: entries.implied },
  }
}
