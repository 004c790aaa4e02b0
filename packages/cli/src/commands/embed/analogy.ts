import { type AnalogyMethod, analogy } from '@elman/embeddings'
import type { Terminal } from '../../terminal.ts'
import { readVectors } from '../../vectors-argument.ts'
import { neighbourTable } from './neighbours.ts'

/** Options of `elman embed analogy`. */
export interface EmbedAnalogyOptions {
  readonly top?: number
  readonly method: string
}

/** Answers to: a is to b as c is to … */
export async function embedAnalogy(
  path: string,
  question: { readonly a: string; readonly b: string; readonly c: string },
  { top = 5, method }: EmbedAnalogyOptions,
  terminal: Terminal,
): Promise<void> {
  const { vectors } = await readVectors(path, terminal)
  const answers = analogy(vectors, { ...question, top, method: method as AnalogyMethod })
  terminal.result({ ...question, method, answers }, neighbourTable(answers))
}
