import type { WordVectorFormat } from './formats.ts'

/** What was found in a file of word vectors, and what was repaired. */
export interface ReadReport {
  readonly path: string
  readonly format: WordVectorFormat
  readonly compressed: boolean
  readonly dimensions: number
  /** Rows that are in the result. */
  readonly rows: number
  /** Rows that were read. */
  readonly rowsRead: number
  /** Rows that the header promised, where there is one. */
  readonly rowsDeclared: number | undefined
  /** Rows after those that the header promised; they were not read. */
  readonly rowsBeyondHeader: number
  /** Rows that `keep` turned away. */
  readonly rowsFiltered: number
  /** Rows whose word had come before; the first counts. */
  readonly duplicates: number
  /** Rows without a word, left out. */
  readonly emptyWords: number
  /** Lines without anything, skipped. */
  readonly blankLines: number
  /** Words that hold spaces. */
  readonly wordsWithSpaces: number
  /** Words that are not UTF-8: kept by their bytes, read as text with U+FFFD. */
  readonly invalidUtf8: number
  /** NaN and infinities (only with `allowNonFinite`). */
  readonly nonFinite: number
  /** Whether a byte order mark stood at the beginning; it was skipped. */
  readonly byteOrderMark: boolean
  /** Whether the file ended too early (only with `allowTruncated`). */
  readonly truncated: boolean
  /** Whether reading stopped at `limit`. */
  readonly limited: boolean
  /** What a person should know, one sentence each; empty when the file was as it should be. */
  readonly warnings: readonly string[]
}

/** A report while it is written. */
export type ReportDraft = { -readonly [Name in Exclude<keyof ReadReport, 'warnings'>]: ReadReport[Name] }

/** A report of which nothing is known yet. */
export function draftReport(path: string, format: WordVectorFormat): ReportDraft {
  return {
    path,
    format,
    compressed: false,
    dimensions: 0,
    rows: 0,
    rowsRead: 0,
    rowsDeclared: undefined,
    rowsBeyondHeader: 0,
    rowsFiltered: 0,
    duplicates: 0,
    emptyWords: 0,
    blankLines: 0,
    wordsWithSpaces: 0,
    invalidUtf8: 0,
    nonFinite: 0,
    byteOrderMark: false,
    truncated: false,
    limited: false,
  }
}

/** The report with its warnings. */
export function finishReport(draft: ReportDraft): ReadReport {
  const warnings: string[] = []
  const warn = (count: number, text: string) => {
    if (count > 0) warnings.push(`${count} ${text}`)
  }
  warn(draft.duplicates, 'rows repeat a word; the first of each counts')
  warn(draft.emptyWords, 'rows have no word and were left out')
  warn(draft.blankLines, 'empty lines were skipped')
  warn(draft.wordsWithSpaces, 'words hold spaces')
  warn(draft.invalidUtf8, 'words are not UTF-8; they are found by their bytes only')
  warn(draft.nonFinite, 'numbers are NaN or infinite')
  warn(
    draft.rowsBeyondHeader,
    `rows follow after the ${draft.rowsDeclared} that the header promises; they were not read`,
  )
  if (draft.byteOrderMark) warnings.push('the file begins with a byte order mark, which was skipped')
  if (draft.truncated)
    warnings.push(
      draft.rowsDeclared === undefined
        ? `the file ends within a row; ${draft.rowsRead} rows are whole`
        : `the file ends too early: ${draft.rowsRead} of ${draft.rowsDeclared} rows`,
    )
  return { ...draft, warnings }
}
