import { ElmanError } from '@elman/core'
import { MAXIMUM_WORD_BYTES, WordTable } from '../words/word-table.ts'
import type { ResolvedTextOptions } from './text-options.ts'
import { createWordForms } from './word-forms.ts'

/** Takes words one by one; the bytes are only good during the call. */
export interface TokenSink {
  /** A word: the bytes `begin` … `end` − 1 of `buffer`. */
  token(buffer: Uint8Array, begin: number, end: number): void
  /** The sentence ends, if one has begun; comes for empty lines too. */
  endSentence(): void
}

/** Cuts bytes into words as they come in pieces of any size. */
export interface ByteTokenizer {
  /** The next piece of the file; it is copied. */
  push(piece: Uint8Array): void
  /** The file ends: so do its last word and sentence. */
  endFile(): void
}

// Kinds of bytes, as flags, so that those of a word's bytes can be joined; a separator is 0.
const LETTER = 1
const CAPITAL = 2
const SIGN = 4
const NOT_ASCII = 8

/** Kind of each byte. Separators are NUL, tab, LF, VT, FF, CR and space, as in fastText. */
const KINDS: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0 || (byte >= 9 && byte <= 13) || byte === 32) return 0
  if (byte >= 0x80) return NOT_ASCII
  const character = String.fromCharCode(byte)
  if (/[A-Z]/.test(character)) return CAPITAL
  return /[a-z0-9]/.test(character) ? LETTER : SIGN
})

const LF = 10
/** Bytes looked at in one go, besides a word that the piece before has begun. */
const BLOCK = 1 << 18

/**
 * A tokenizer over bytes: no string is made of a word (but for capitals that are not ASCII, once each). Words are
 * divided by ASCII white space only; a byte-order mark at the start of a file is not part of its first word.
 *
 * @param name - File, for errors.
 * @throws (from `push`) `EMBEDDING_WORD_TOO_LONG`, `EMBEDDING_TEXT_ENCODING`
 */
export function createByteTokenizer(
  options: Pick<ResolvedTextOptions, 'lowercase' | 'wordsOnly' | 'leaveOut' | 'lines'>,
  sink: TokenSink,
  name: () => string = () => 'the text',
): ByteTokenizer {
  const { lowercase, wordsOnly, leaveOut } = options
  const sentences = options.lines === 'sentence'
  const left = WordTable.of(leaveOut)
  const formOf = createWordForms(lowercase)
  // The unfinished word of the piece before comes first; behind the last byte there is room for a separator.
  const buffer = new Uint8Array(BLOCK + MAXIMUM_WORD_BYTES + 1)
  let held = 0
  /** Where in the file buffer[0] is. */
  let offset = 0

  function scan(end: number): void {
    buffer[end] = 32
    for (let i = 0; i < end; ) {
      let kind = KINDS[buffer[i]!]!
      if (kind === 0) {
        if (buffer[i] === LF && sentences) sink.endSentence()
        i++
        continue
      }
      const begin = i
      let seen = 0
      do {
        seen |= kind
        kind = KINDS[buffer[++i]!]!
      } while (kind !== 0)
      if (i - begin > MAXIMUM_WORD_BYTES) throw wordTooLong(buffer, begin, offset, name())
      if (i === end) {
        buffer.copyWithin(0, begin, end)
        held = end - begin
        offset += begin
        return
      }
      word(begin, i, seen)
    }
    held = 0
    offset += end
  }

  function word(begin: number, end: number, seen: number): void {
    let first = begin
    if (seen & NOT_ASCII) {
      if (offset + begin === 0) first += markLength(buffer, begin, end, name())
      if (first === end) return
      if (lowercase || (wordsOnly && (seen & (LETTER | CAPITAL)) === 0)) {
        const form = formOf(buffer, first, end)
        if (!wordsOnly || form.letters) pass(form.buffer, form.begin, form.end)
        return
      }
    } else {
      if (wordsOnly && (seen & (LETTER | CAPITAL)) === 0) return
      if (lowercase && seen & CAPITAL) lowerAscii(buffer, first, end)
    }
    pass(buffer, first, end)
  }

  function pass(from: Uint8Array, begin: number, end: number): void {
    if (left.count > 0 && left.indexOfBytes(from, begin, end) >= 0) return
    sink.token(from, begin, end)
  }

  return {
    push(piece) {
      for (let at = 0; at < piece.length; ) {
        const taken = Math.min(piece.length - at, buffer.length - 1 - held)
        buffer.set(piece.subarray(at, at + taken), held)
        at += taken
        scan(held + taken)
      }
    },
    endFile() {
      buffer[held] = 32
      scan(held + 1)
      sink.endSentence()
      held = 0
      offset = 0
    },
  }
}

function lowerAscii(buffer: Uint8Array, begin: number, end: number): void {
  for (let i = begin; i < end; i++) if (KINDS[buffer[i]!] === CAPITAL) buffer[i]! |= 32
}

/** Length of the byte-order mark that the first word of a file begins with. */
function markLength(buffer: Uint8Array, begin: number, end: number, name: string): number {
  const [a, b, c] = buffer.subarray(begin, Math.min(end, begin + 3))
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw new ElmanError('EMBEDDING_TEXT_ENCODING', {
      message: 'a text is not in UTF-8',
      found: 'the mark of UTF-16 at its beginning',
      where: name,
      hint: `convert it first: iconv -f UTF-16 -t UTF-8`,
    })
  }
  return a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0
}

function wordTooLong(buffer: Uint8Array, begin: number, offset: number, name: string): ElmanError {
  return new ElmanError('EMBEDDING_WORD_TOO_LONG', {
    message: `a word of more than ${MAXIMUM_WORD_BYTES} bytes`,
    found: `${Buffer.from(buffer.slice(begin, begin + 40)).toString('utf8')}…`,
    where: `${name}, byte ${offset + begin}`,
    hint: 'words are divided by white space: is this text, and is it divided so?',
  })
}
