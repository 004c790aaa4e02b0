/** One hash for a suite of words and the answers it wants. */
import { createHash } from 'node:crypto'
import { classOf, type Dfa } from '../automata/dfa.ts'
import type { Word } from '../languages/language.ts'

/** SHA-256 of the lines `symbols with commas:answer`, sorted. */
export function suiteHash(dfa: Dfa, words: readonly Word[]): string {
  const lines = words.map(word => `${word.join()}:${classOf(dfa, word)}\n`).sort()
  return createHash('sha256').update(lines.join(''), 'utf8').digest('hex')
}
