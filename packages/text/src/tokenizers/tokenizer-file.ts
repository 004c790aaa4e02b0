/** Tokenizers as files: one form for each kind, told apart by `format`; without it a file is a `tokenizer.json`. */
import { readFile } from 'node:fs/promises'
import { canonicalJson, fileError, type WrittenFile, writeFileAtomically } from '@elman/core'
import { tokenizerFromHuggingFace, writeTokenizerJson } from './pipeline/pipeline-tokenizer.ts'
import { invalid } from './pipeline/tokenizer-json.ts'
import type { Tokenizer } from './tokenizer.ts'
import { byteTokenizer, characterTokenizerFromJson } from './units/unit-tokenizer.ts'
import { wordTokenizer } from './words/word-tokenizer.ts'

/**
 * The tokenizer of parsed JSON: what `toJson()` gave, or a `tokenizer.json`.
 *
 * @param where - File name for errors.
 * @throws `TOKENIZER_INVALID`, `TOKENIZER_PART_UNKNOWN`, `TOKENIZER_PATTERN_UNSUPPORTED`, `VOCABULARY_INVALID`
 */
export function tokenizerFromJson(json: unknown, where = 'the tokenizer'): Tokenizer {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw invalid('not an object', where)
  if (!('format' in json)) return tokenizerFromHuggingFace(json, where)
  if (json.format === 'elman-word-tokenizer') return wordTokenizer(json, where)
  if (json.format === 'elman-byte-tokenizer') return byteTokenizer()
  if (json.format === 'elman-character-tokenizer') return characterTokenizerFromJson(json, where)
  throw invalid(`format ${JSON.stringify(json.format)}`, where)
}

/** A tokenizer as the text of its file; the same tokenizer gives the same text. */
export function writeTokenizer(tokenizer: Tokenizer): string {
  const json = tokenizer.toJson()
  const isOurs = typeof json === 'object' && json !== null && 'format' in json
  return isOurs ? `${canonicalJson(json)}\n` : writeTokenizerJson(tokenizer)
}

/**
 * Writes a tokenizer's file.
 *
 * @throws `FILE_UNWRITABLE`
 */
export function saveTokenizer(tokenizer: Tokenizer, path: string): Promise<WrittenFile> {
  return writeFileAtomically(path, writeTokenizer(tokenizer))
}

/**
 * Reads a tokenizer's file: one of {@link saveTokenizer}, or a `tokenizer.json` of Hugging Face.
 *
 * @throws `FILE_UNREADABLE` and what {@link tokenizerFromJson} throws
 */
export async function loadTokenizer(path: string): Promise<Tokenizer> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw fileError('read', path, error)
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw invalid(`not JSON: ${(error as Error).message}`, path)
  }
  return tokenizerFromJson(json, path)
}
