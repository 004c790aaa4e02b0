/** The rows that stand for a sentence in a supervised fastText model. */

import type { FastTextModel } from './fasttext-model.ts'

const END_OF_LINE = Buffer.from('</s>')
/** Factor by which the hash of a run of words takes in the next word. */
const RUN_FACTOR = 116_049_371n
const WRAP = (1n << 64n) - 1n

/**
 * Rows of the words of a line and of its end `</s>`, of their n-grams, and of runs of up to `wordNgrams` words, in
 * fastText's order (`Dictionary::getLine`). Labels in the line are left out.
 */
export function sentenceRows(model: FastTextModel, sentence: string): number[] {
  const rows: number[] = []
  const hashes: bigint[] = []
  const tokens = sentence.split(/[ \t\n\v\f\r\0]+/).filter(token => token !== '')
  for (const token of [...tokens.map(text => Buffer.from(text)), END_OF_LINE]) {
    const known = model.words.indexOfBytes(token, 0, token.length) >= 0
    if (!known && token.toString('latin1').startsWith('__label__')) continue
    rows.push(...model.rowsOf(token))
    hashes.push(BigInt(wordHash(token)))
  }
  const { wordNgrams, buckets } = model.settings
  if (buckets === 0) return rows
  for (let first = 0; first < hashes.length; first++) {
    let hash = hashes[first]!
    for (let next = first + 1; next < hashes.length && next < first + wordNgrams; next++) {
      hash = (hash * RUN_FACTOR + hashes[next]!) & WRAP
      const row = model.bucketRow(Number(hash % BigInt(buckets)))
      if (row >= 0) rows.push(row)
    }
  }
  return rows
}

/** FNV-1a over signed bytes, as int32: fastText keeps it so, and its sign is carried into 64 bits. */
function wordHash(word: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of word) hash = Math.imul(hash ^ ((byte << 24) >> 24), 0x01000193)
  return hash | 0
}
