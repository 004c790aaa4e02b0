import { ElmanError } from '@elman/core'

/**
 * Which lines end with an end-of-sentence token: `all` also gives empty lines one (Penn Treebank, WikiText),
 * `non-empty` only lines with a word, `none` treats a line break as any other white space.
 */
export type LineRule = 'all' | 'non-empty' | 'none'

/** Longest word in UTF-16 units; beyond it the text is taken for something that has no words. */
export const MAXIMUM_WORD_LENGTH = 1 << 20

/** Cuts text, given in pieces, into words. */
export interface WordSplitter {
  /** Takes the next piece of text; words may be cut anywhere between pieces. */
  push(text: string): void
  /** Ends the last word, and with `closeLine` an unterminated last line too. */
  end(closeLine: boolean): void
  /** Lines seen so far, an unterminated last one included after `end`. */
  readonly lines: number
}

/**
 * Splits at white space as Python's `str.split()` does (so counts agree with the published ones), ends lines at
 * `\n` only; `\r` is white space, so CRLF files give the same words. Only the current word is held, so a line may
 * be longer than memory.
 *
 * @param word - Is told each word.
 * @param lineEnd - Is told each end of a line that the rule gives an end-of-sentence token.
 * @throws (from `push`) `TEXT_WORD_TOO_LONG`
 */
export function createWordSplitter(
  rule: LineRule,
  name: string,
  word: (word: string) => void,
  lineEnd: () => void,
): WordSplitter {
  let carried = '' // beginning of a word whose end is in the next piece
  let wordsInLine = 0
  let lineOpen = false // whether anything, white space too, has followed the last line break
  let lines = 0
  const emit = (text: string): void => {
    word(text)
    wordsInLine += 1
  }
  const closeLine = (): void => {
    lines += 1
    if (rule === 'all' || (rule === 'non-empty' && wordsInLine > 0)) lineEnd()
    wordsInLine = 0
    lineOpen = false
  }
  return {
    get lines() {
      return lines
    },
    push(text) {
      let begin = 0
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at)
        if (!isWhiteSpace(code)) continue
        if (at > begin || carried !== '') emit(carried + text.slice(begin, at))
        carried = ''
        begin = at + 1
        if (code === 10) closeLine()
        else lineOpen = true
      }
      if (begin < text.length) {
        carried += text.slice(begin)
        lineOpen = true
        if (carried.length > MAXIMUM_WORD_LENGTH) throw wordTooLong(carried, lines + 1, name)
      }
    },
    end(close) {
      if (carried !== '') emit(carried)
      carried = ''
      if (close && lineOpen) closeLine()
    },
  }
}

/** White space of Python's `str.split()`: Unicode's, with the four ASCII separators and without U+FEFF. */
function isWhiteSpace(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13) || code >= 28
  if (code < 0x85) return false
  if (code === 0x85 || code === 0xa0 || code === 0x1680) return true
  if (code < 0x2000 || code > 0x3000) return false
  return (
    code <= 0x200a ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  )
}

function wordTooLong(word: string, line: number, name: string): ElmanError {
  return new ElmanError('TEXT_WORD_TOO_LONG', {
    message: `a word of more than ${MAXIMUM_WORD_LENGTH} characters without white space`,
    found: `${word.slice(0, 40)}…`,
    where: `${name}, line ${line}`,
    hint: 'is this text divided by white space? use unit "character" or "byte" if it is not',
  })
}
