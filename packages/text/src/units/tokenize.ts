import { createUtf8Decoder, type DecodePolicy } from '../read/decode-utf8.ts'
import { createWordSplitter, type LineRule } from './split-words.ts'

/** What one token is: a word between white space, a Unicode code point, or a byte. */
export type Unit = 'word' | 'character' | 'byte'

/** How to cut a text into tokens. */
export interface TokenizeRule {
  readonly unit: Unit
  /** Words only. */
  readonly lines: LineRule
  /** Words and characters only; bytes are taken as they come. */
  readonly decode?: DecodePolicy
}

/** Receives tokens in order. */
export interface TokenSink {
  /** A word. */
  word(word: string): void
  /** A code point (unit character) or a byte's value (unit byte). */
  code(code: number): void
  /** The end of a line that gets an end-of-sentence token (unit word). */
  lineEnd(): void
}

/** Size of a text before it was cut into tokens: what bits per byte and per character are relative to. */
export interface TextCounts {
  /** Bytes of the file's part, as they are on disk. */
  readonly bytes: number
  /** Code points after decoding; with unit character after CRLF became LF. */
  readonly characters: number
  /** Lines, an unterminated last one included. */
  readonly lines: number
}

/**
 * Cuts a stream of bytes into tokens, in memory that depends on neither the stream's nor a line's length.
 *
 * - `word`: white space divides; see {@link createWordSplitter} for lines. CRLF and LF give the same words.
 * - `character`: every code point is a token, line breaks too; CRLF becomes LF, a lone CR stays.
 * - `byte`: every byte is a token, unchanged, and nothing is an error.
 *
 * @param name - File name for errors.
 * @throws `TEXT_INVALID_UTF8`, `TEXT_NUL_BYTE`, `TEXT_WORD_TOO_LONG`
 */
export async function tokenize(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  name: string,
  rule: TokenizeRule,
  sink: TokenSink,
): Promise<TextCounts> {
  if (rule.unit === 'byte') return tokenizeBytes(source, sink)
  const decoder = createUtf8Decoder(name, rule.decode)
  const cutter = rule.unit === 'word' ? wordCutter(rule, name, sink) : characterCutter(sink)
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    cutter.push(decoder.push(chunk))
  }
  cutter.push(decoder.end())
  return { bytes, ...cutter.end() }
}

interface Cutter {
  push(text: string): void
  end(): { characters: number; lines: number }
}

function wordCutter(rule: TokenizeRule, name: string, sink: TokenSink): Cutter {
  const splitter = createWordSplitter(
    rule.lines,
    name,
    word => sink.word(word),
    () => sink.lineEnd(),
  )
  let characters = 0
  return {
    push(text) {
      characters += countCodePoints(text)
      splitter.push(text)
    },
    end() {
      splitter.end(true)
      return { characters, lines: splitter.lines }
    },
  }
}

function characterCutter(sink: TokenSink): Cutter {
  let characters = 0
  let breaks = 0
  let last = 10
  let heldReturn = false // a CR that may be the first half of CRLF
  const emit = (code: number): void => {
    sink.code(code)
    characters += 1
    if (code === 10) breaks += 1
    last = code
  }
  return {
    push(text) {
      for (let at = 0; at < text.length; at++) {
        const code = text.codePointAt(at)!
        if (code > 0xffff) at += 1
        if (heldReturn && code !== 10) emit(13)
        heldReturn = code === 13
        if (!heldReturn) emit(code)
      }
    },
    end() {
      if (heldReturn) emit(13)
      return { characters, lines: breaks + (last === 10 ? 0 : 1) }
    },
  }
}

async function tokenizeBytes(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  sink: TokenSink,
): Promise<TextCounts> {
  let bytes = 0
  let characters = 0
  let breaks = 0
  let last = 10
  for await (const chunk of source) {
    bytes += chunk.length
    for (const byte of chunk) {
      sink.code(byte)
      if ((byte & 0xc0) !== 0x80) characters += 1
      if (byte === 10) breaks += 1
      last = byte
    }
  }
  return { bytes, characters, lines: breaks + (last === 10 ? 0 : 1) }
}

function countCodePoints(text: string): number {
  let count = text.length
  for (let at = 0; at < text.length; at++) if ((text.charCodeAt(at) & 0xfc00) === 0xdc00) count -= 1
  return count
}
