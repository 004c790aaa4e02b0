import { invalidOption } from '../corpus/text-options.ts'

/** Which character n-grams stand for a word. */
export interface SubwordRules {
  /** Shortest n-gram, in characters; 3 unless given. */
  readonly minimum?: number | undefined
  /** Longest n-gram, in characters; 6 unless given, 0 for none at all. */
  readonly maximum?: number | undefined
  /** Rows that n-grams share by their hash; 2,000,000 unless given. */
  readonly buckets?: number | undefined
}

/** Fills in fastText's defaults. @throws `EMBEDDING_OPTION_INVALID` */
export function resolveSubwordRules(rules: SubwordRules): {
  readonly minimum: number
  readonly maximum: number
  readonly buckets: number
} {
  const { minimum = 3, maximum = 6, buckets = 2_000_000 } = rules
  if (!(Number.isInteger(maximum) && maximum >= 0))
    throw invalidOption('subwords.maximum', 'an integer of at least 0', String(maximum))
  if (!(Number.isInteger(minimum) && minimum >= 0 && (maximum === 0 || minimum <= maximum)))
    throw invalidOption('subwords.minimum', `an integer from 0 to maximum (${maximum})`, String(minimum))
  if (!(Number.isInteger(buckets) && buckets >= 0 && buckets < 2 ** 31 && (maximum === 0 || buckets > 0)))
    throw invalidOption('subwords.buckets', 'an integer from 1 to 2147483647', String(buckets))
  return { minimum, maximum, buckets }
}

/** fastText's mark of a line's end: the only word without n-grams. */
const END_OF_LINE = Buffer.from('</s>')
const OPEN = 0x3c // <
const CLOSE = 0x3e // >

/**
 * Bucket of each character n-gram of `<word>`, in fastText's order: by the character it begins at, then by length. A
 * bare `<` or `>` is not an n-gram; the whole `<word>` is one if it is short enough. Repeated n-grams come repeatedly.
 * Characters are code points of UTF-8: a byte 10xxxxxx belongs to the one before, whatever that is.
 *
 * @throws `EMBEDDING_OPTION_INVALID`
 */
export function subwordHashes(word: Uint8Array | string, rules: SubwordRules = {}): Int32Array {
  const { minimum, maximum, buckets } = resolveSubwordRules(rules)
  const found: number[] = []
  const bytes = typeof word === 'string' ? Buffer.from(word) : word
  eachSubword(bytes, minimum, maximum, hash => found.push(hash % buckets))
  return Int32Array.from(found)
}

/** The character n-grams themselves, in the same order; bytes that are not UTF-8 read as U+FFFD. */
export function subwordsOf(word: Uint8Array | string, rules: SubwordRules = {}): string[] {
  const { minimum, maximum } = resolveSubwordRules(rules)
  const found: string[] = []
  const bytes = typeof word === 'string' ? Buffer.from(word) : word
  const marked = Buffer.from([OPEN, ...bytes, CLOSE])
  eachSubword(bytes, minimum, maximum, (_, begin, end) => found.push(marked.toString('utf8', begin, end)))
  return found
}

/**
 * Calls back with the hash (uint32) of each n-gram of `<word>` and its bytes' place there. The hash is 32-bit FNV-1a
 * over *signed* bytes: fastText sign-extends those from 0x80 on, so that they change the upper 24 bits too.
 */
export function eachSubword(
  word: Uint8Array,
  minimum: number,
  maximum: number,
  visit: (hash: number, begin: number, end: number) => void,
): void {
  if (END_OF_LINE.equals(word)) return
  const size = word.length + 2
  const byteAt = (at: number): number => (at === 0 ? OPEN : at === size - 1 ? CLOSE : word[at - 1]!)
  for (let begin = 0; begin < size; begin++) {
    if (isContinuation(byteAt(begin))) continue
    let hash = 0x811c9dc5
    for (let end = begin, length = 1; end < size && length <= maximum; length++) {
      do {
        hash = Math.imul(hash ^ ((byteAt(end) << 24) >> 24), 0x01000193)
        end++
      } while (end < size && isContinuation(byteAt(end)))
      if (length < minimum || (length === 1 && (begin === 0 || end === size))) continue
      visit(hash >>> 0, begin, end)
    }
  }
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}
