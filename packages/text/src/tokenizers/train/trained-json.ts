/** Parts of `tokenizer.json` that all trainers write. */
import type { AddedTokenJson } from '../pipeline/tokenizer-json.ts'

/** A special token: found in raw text, left out when ids become text. */
export function specialToken(content: string, id: number): AddedTokenJson {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }
}

/** Tokens with their places as ids. `fromEntries` also takes a token named like a property of objects. */
export function vocabularyRecord(tokens: readonly string[]): { readonly [token: string]: number } {
  return Object.fromEntries(tokens.map((token, id) => [token, id]))
}
