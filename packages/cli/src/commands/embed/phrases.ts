import { findPhrases, type TextOptions, transformCorpus, writePhrases } from '@elman/embeddings'
import { showPhases } from '../../phases.ts'
import { table } from '../../table.ts'
import type { Terminal } from '../../terminal.ts'

/** Options of `elman embed phrases`. */
export interface EmbedPhrasesOptions {
  readonly out: string
  readonly lowercase?: boolean
  readonly minimumCount?: number
  readonly threshold?: number
  readonly passes?: number
  /** Text to write with its phrases joined. */
  readonly text?: string
}

/** Finds phrases in a text and writes them, and on request the text with them joined. */
export async function embedPhrases(
  files: readonly string[],
  { out, lowercase, minimumCount, threshold = 100, passes = 1, text }: EmbedPhrasesOptions,
  terminal: Terminal,
): Promise<void> {
  const phases = showPhases(terminal)
  const reading: TextOptions = lowercase === undefined ? {} : { lowercase }
  try {
    const model = await findPhrases(files, {
      ...{ ...reading, minimumCount, onProgress: phases.progress },
      // Later passes join what has been joined already, which is rarer: half the score does.
      thresholds: Array.from({ length: passes }, (_, pass) => threshold / 2 ** pass),
    })
    await writePhrases(out, model)
    if (text !== undefined)
      await transformCorpus(files, model, text, { ...reading, onProgress: phases.progress })
    phases.finish()
    const found = model.passes.flat()
    const best = found.slice(0, 10).map(({ left, right, score }) => ({
      phrase: `${Buffer.from(left)}${model.delimiter}${Buffer.from(right)}`,
      score,
    }))
    const rows = best.map(({ phrase, score }) => [score.toFixed(1), phrase])
    terminal.result(
      { phrases: found.length, best, out, ...(text === undefined ? {} : { text }) },
      [`${found.length} phrases in ${out}`, ...(rows.length > 0 ? [table(rows)] : [])].join('\n'),
    )
  } finally {
    phases.finish()
  }
}
