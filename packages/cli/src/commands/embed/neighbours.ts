import { ElmanError } from '@elman/core'
import { buildApproximateIndex, mostSimilar, type Neighbour, neighboursOf } from '@elman/embeddings'
import { table } from '../../table.ts'
import type { Terminal } from '../../terminal.ts'
import { type NamedVectors, readVectors } from '../../vectors-argument.ts'

/** Options of `elman embed neighbours`. */
export interface EmbedNeighboursOptions {
  readonly top?: number
  readonly restrict?: number
  /** Search by an index, which may miss some. */
  readonly approximate?: boolean
}

/** The words nearest to a word, or to a sum: `king woman - man`. */
export async function embedNeighbours(
  path: string,
  words: readonly string[],
  { top = 10, restrict, approximate = false }: EmbedNeighboursOptions,
  terminal: Terminal,
): Promise<void> {
  const named = await readVectors(path, terminal)
  const minus = words.indexOf('-')
  const positive = minus < 0 ? words : words.slice(0, minus)
  const negative = minus < 0 ? [] : words.slice(minus + 1)
  if (approximate) return approximateNeighbours(named, words, top, terminal)
  const found = neighbours(named, positive, negative, { top, restrict })
  terminal.result({ positive, negative, neighbours: found }, neighbourTable(found))
}

/** The same for one word by an approximate index, with the recall that it was measured to have. */
async function approximateNeighbours(
  { vectors, fastText }: NamedVectors,
  words: readonly string[],
  top: number,
  terminal: Terminal,
): Promise<void> {
  const [word] = words
  if (words.length !== 1 || word === undefined)
    throw new ElmanError('CLI_WORDS_MISSING', {
      message: 'an approximate search is for one word',
      expected: 'elman embed neighbours VECTORS WORD --approximate',
    })
  const vector = fastText?.vectorOf(word) ?? vectors.getOrThrow(word)
  const index = await buildApproximateIndex(vectors)
  const found = index.neighboursOf(vector, top + 1).filter(neighbour => neighbour.word !== word)
  const { measured } = index
  const recall =
    measured === undefined
      ? ''
      : `\nrecall@${measured.at} ${measured.recall.toFixed(3)} over ${measured.queries} words, against the exact search`
  terminal.result(
    { word, neighbours: found.slice(0, top), measured },
    neighbourTable(found.slice(0, top)) + recall,
  )
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
