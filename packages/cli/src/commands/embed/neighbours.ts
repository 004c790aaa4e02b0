import { ElmanError } from '@elman/core'
import { mostSimilar, type Neighbour, neighboursOf } from '@elman/embeddings'
import { table } from '../../table.ts'
import type { Terminal } from '../../terminal.ts'
import { type NamedVectors, readVectors } from '../../vectors-argument.ts'

/** Options of `elman embed neighbours`. */
export interface EmbedNeighboursOptions {
  readonly top?: number
  readonly restrict?: number
}

/** The words nearest to a word, or to a sum: `king woman - man`. */
export async function embedNeighbours(
  path: string,
  words: readonly string[],
  { top = 10, restrict }: EmbedNeighboursOptions,
  terminal: Terminal,
): Promise<void> {
  const named = await readVectors(path, terminal)
  const minus = words.indexOf('-')
  const positive = minus < 0 ? words : words.slice(0, minus)
  const negative = minus < 0 ? [] : words.slice(minus + 1)
  const found = neighbours(named, positive, negative, { top, restrict })
  terminal.result({ positive, negative, neighbours: found }, neighbourTable(found))
}

/** Rows of words and their cosines. */
export function neighbourTable(found: readonly Neighbour[]): string {
  return table(found.map(({ word, similarity }) => [similarity.toFixed(4), word]))
}

function neighbours(
  { vectors, fastText }: NamedVectors,
  positive: readonly string[],
  negative: readonly string[],
  { top, restrict }: { readonly top: number; readonly restrict: number | undefined },
): Neighbour[] {
  if (positive.length === 0)
    throw new ElmanError('CLI_WORDS_MISSING', {
      message: 'there is no word to look for before the "-"',
      expected: 'elman embed neighbours VECTORS king woman - man',
    })
  const [word] = positive
  if (fastText !== undefined && positive.length === 1 && negative.length === 0 && !vectors.has(word!)) {
    const spelt = fastText.vectorOf(word!)
    if (spelt !== undefined) return neighboursOf(vectors, spelt, top, restrict)
  }
  return mostSimilar(vectors, {
    ...{ positive, negative, top },
    ...(restrict === undefined ? {} : { restrictVocabulary: restrict }),
  })
}
