import { WordTable } from '../words/word-table.ts'

/** Forms, and bytes of theirs, kept before the table starts again: memory stays bounded whatever the text. */
const MOST_FORMS = 1 << 16
const MOST_BYTES = 1 << 24

/** Where the form of a word lies, and what it is. */
export interface WordForm {
  /** The form is the bytes `begin` … `end` − 1 of this buffer. */
  buffer: Uint8Array
  begin: number
  end: number
  /** Whether it has a letter or a digit, by Unicode. */
  letters: boolean
}

/**
 * Lower-cases words that are not ASCII and tells whether they have letters or digits; each distinct word is looked at
 * once. A word is lower-cased as a whole, so that Σ at its end becomes ς. Bytes that are not UTF-8 stay as they are.
 *
 * @returns A function whose result is one record, good until its next call.
 */
export function createWordForms(
  lowercase: boolean,
): (buffer: Uint8Array, begin: number, end: number) => WordForm {
  let raw = new WordTable()
  let forms: Uint8Array[] = []
  let letters: boolean[] = []
  const result: WordForm = { buffer: new Uint8Array(0), begin: 0, end: 0, letters: false }
  return (buffer, begin, end) => {
    if (raw.count >= MOST_FORMS || raw.byteLength >= MOST_BYTES) {
      raw = new WordTable()
      forms = []
      letters = []
    }
    const index = raw.addBytes(buffer, begin, end)
    if (index === forms.length) {
      const bytes = Buffer.from(buffer.slice(begin, end))
      letters.push(/[\p{L}\p{N}]/u.test(bytes.toString('utf8')))
      forms.push(lowercase ? lowerBytes(bytes) : bytes)
    }
    result.buffer = forms[index]!
    result.begin = 0
    result.end = result.buffer.length
    result.letters = letters[index]!
    return result
  }
}

/** Lower case of UTF-8, part by part between the bytes that are not UTF-8. */
function lowerBytes(bytes: Buffer): Buffer {
  const text = bytes.toString('utf8')
  if (!text.includes('\ufffd')) return Buffer.from(text.toLowerCase())
  const parts: Buffer[] = []
  let start = 0
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at)
    if (length === 0) {
      parts.push(Buffer.from(bytes.toString('utf8', start, at).toLowerCase()), bytes.subarray(at, at + 1))
      start = at + 1
    }
    at += Math.max(1, length)
  }
  parts.push(Buffer.from(bytes.toString('utf8', start).toLowerCase()))
  return Buffer.concat(parts)
}

/** Bytes of the UTF-8 sequence at `at`, 0 if there is no valid one. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at]!
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0
  if (length < 2) return length
  const sequence = bytes.subarray(at, at + length)
  return Buffer.from(sequence.toString('utf8')).equals(sequence) ? length : 0
}
