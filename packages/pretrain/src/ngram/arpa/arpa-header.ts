/** The head of an ARPA file: how many n-grams of each order follow. */
import { ElmanError } from '@elman/core'

/** Longest n-grams that are read. */
export const MAXIMUM_ARPA_ORDER = 64

/** An error that names a line of an ARPA file. */
export type ArpaFailure = (
  code: 'ARPA_LINE_INVALID' | 'ARPA_COUNT_WRONG' | 'ARPA_NGRAM_TWICE' | 'ARPA_WORD_UNDECLARED',
  message: string,
  parts?: { expected?: string; found?: string; hint?: string },
) => ElmanError

/**
 * Adds what a line such as `ngram 2=1234` declares to `counts`.
 *
 * @throws `ARPA_LINE_INVALID`
 */
export function readCountLine(text: string, counts: number[], failure: ArpaFailure): void {
  const match = /^ngram\s+(\d+)\s*=\s*(\d+)$/.exec(text)
  if (match === null) {
    throw failure('ARPA_LINE_INVALID', 'the head of an ARPA file holds numbers of n-grams', {
      expected: 'ngram ORDER=NUMBER, or \\1-grams: where the n-grams begin',
      found: quoted(text),
    })
  }
  const order = Number(match[1])
  if (order !== counts.length + 1 || order > MAXIMUM_ARPA_ORDER) {
    throw failure('ARPA_LINE_INVALID', 'the orders of an ARPA file rise by one from 1', {
      expected:
        counts.length < MAXIMUM_ARPA_ORDER
          ? `ngram ${counts.length + 1}=NUMBER`
          : `at most order ${MAXIMUM_ARPA_ORDER}`,
      found: quoted(text),
    })
  }
  counts.push(Number(match[2]))
}

/** A file that has no head, by what its first bytes are. */
export function headMissing(path: string, first: string): ElmanError {
  const binary = first.startsWith('mmap lm http')
  return new ElmanError('ARPA_HEAD_MISSING', {
    message: 'the file has no line \\data\\, with which the n-grams of an ARPA file begin',
    ...(first === '' ? {} : { found: `${quoted(first)} at its start` }),
    where: path,
    hint: binary
      ? "this is KenLM's binary form: give the ARPA file that it was built from"
      : 'is this an ARPA file?',
  })
}

/** Text of a file in an error: cut and made visible. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
