import { ElmanError } from '@elman/core'
import { oddOneOut } from '@elman/embeddings'
import { table } from '../../table.ts'
import type { Terminal } from '../../terminal.ts'
import { readVectors } from '../../vectors-argument.ts'

/** The word that goes least with the others, and how well each goes with their mean. */
export async function embedOddOneOut(
  path: string,
  words: readonly string[],
  terminal: Terminal,
): Promise<void> {
  if (words.length < 3)
    throw new ElmanError('CLI_WORDS_MISSING', {
      message: `of ${words.length} words none is the odd one`,
      expected: 'three words or more',
    })
  const { vectors } = await readVectors(path, terminal)
  const scores = oddOneOut(vectors, words)
  const rows = scores.map(({ word, similarity }, index) => [
    similarity.toFixed(4),
    index === 0 ? `${word}  does not go with the others` : word,
  ])
  terminal.result({ odd: scores[0]!.word, scores }, table(rows))
}
