import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { ElmanError, fileError } from '@elman/core'

/** Two words and how similar people found them. */
export interface SimilarityPair {
  readonly a: string
  readonly b: string
  readonly score: number
}

/** Word pairs with people's judgements, as SimLex-999 or WordSim-353. */
export interface SimilaritySet {
  /** File name without its ending. */
  readonly name: string
  readonly pairs: readonly SimilarityPair[]
  /** Numbers, from 1, of lines that are neither a pair nor empty nor a comment; they were left out. */
  readonly unreadableLines: readonly number[]
}

/**
 * Reads a similarity set: UTF-8, a pair a line, `word word score` with tabs or, in a line without any, other white
 * space between; lines may end in CRLF, the last one need not end; empty lines and those that begin with # are passed
 * over.
 *
 * @throws `EMBEDDING_SIMILARITY_SET_EMPTY` when no line is a pair, `FILE_UNREADABLE`
 */
export async function readSimilaritySet(path: string): Promise<SimilaritySet> {
  return parseSimilaritySet(await readText(path), nameOfSet(path), path)
}

/** The same of a text. `where` names it in errors. */
export function parseSimilaritySet(text: string, name: string, where = name): SimilaritySet {
  const pairs: SimilarityPair[] = []
  const unreadableLines: number[] = []
  for (const { line, number } of linesOf(text)) {
    const pair = line.startsWith('#') ? 'comment' : parsePair(line)
    if (pair === undefined) unreadableLines.push(number)
    else if (pair !== 'comment') pairs.push(pair)
  }
  if (pairs.length > 0) return { name, pairs, unreadableLines }
  throw new ElmanError('EMBEDDING_SIMILARITY_SET_EMPTY', {
    message: 'no line is a pair of words with a score',
    expected: 'lines as "tiger<tab>cat<tab>7.35"',
    found: describeLines(text, unreadableLines),
    where,
  })
}

function parsePair(line: string): SimilarityPair | undefined {
  const fields = line.includes('\t') ? line.split('\t').map(field => field.trim()) : line.trim().split(/\s+/)
  const [a, b, score] = fields
  if (fields.length !== 3 || a === '' || b === '' || score === '') return undefined
  return Number.isFinite(Number(score)) ? { a: a!, b: b!, score: Number(score) } : undefined
}

/** Lines that are not empty, with their numbers from 1; a byte order mark is no part of the first. */
export function* linesOf(text: string): Generator<{ line: string; number: number }> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  for (const [i, line] of lines.entries()) if (line.trim() !== '') yield { line, number: i + 1 }
}

/** A file of text. @throws `FILE_UNREADABLE` */
export async function readText(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(error => {
    throw fileError('read', path, error)
  })
}

/** File name without folder and ending. */
export function nameOfSet(path: string): string {
  return basename(path).replace(/\.[a-z]+$/i, '')
}

/** What stands in a file that cannot be read, for an error. */
export function describeLines(text: string, unreadable: readonly number[]): string {
  const [first] = unreadable
  if (first === undefined) return text === '' ? 'an empty file' : 'no line but empty ones and comments'
  const line = text.split(/\r\n|\n|\r/)[first - 1]!
  return `${unreadable.length} other lines; line ${first}: ${JSON.stringify(line.slice(0, 60))}`
}
