import { ElmanError } from '@elman/core'
import { writeFastText, writeWordVectors } from '@elman/embeddings'
import type { Terminal } from '../../terminal.ts'
import { checkFormat, readVectors } from '../../vectors-argument.ts'

/** Options of `elman embed convert`. */
export interface EmbedConvertOptions {
  readonly to: string
  readonly from?: string
  readonly limit?: number
}

/** Writes vectors in another format. */
export async function embedConvert(
  path: string,
  out: string,
  { to, from, limit }: EmbedConvertOptions,
  terminal: Terminal,
): Promise<void> {
  const format = checkFormat(to)
  const { vectors, fastText } = await readVectors(path, terminal, { from, limit })
  if (format === 'fasttext-bin') {
    if (fastText === undefined)
      throw new ElmanError('CLI_VECTOR_FORMAT', {
        message: `${path} has no rows of sub-words, which a fastText .bin holds`,
        hint: 'convert a run of method fasttext or another .bin, or write --to fasttext-vec',
      })
    await writeFastText(out, fastText)
  } else await writeWordVectors(out, vectors, { format })
  const { count, dimensions } = vectors
  terminal.result(
    { out, format, words: count, dimensions },
    `${count} words × ${dimensions} in ${out} (${format})`,
  )
}
