import { writeFile } from 'node:fs/promises'
import { mapWords, renderMap } from '@elman/embeddings'
import { listenForInterrupt } from '../../interrupt.ts'
import { showPhases } from '../../phases.ts'
import type { Terminal } from '../../terminal.ts'
import { readVectors } from '../../vectors-argument.ts'

/** Options of `elman embed map`. */
export interface EmbedMapOptions {
  readonly out: string
  readonly top?: number
  readonly words?: readonly string[]
  readonly method: string
  readonly seed?: number
}

/** Draws words on an interactive page. */
export async function embedMap(
  path: string,
  { out, top, words, method, seed = 1 }: EmbedMapOptions,
  terminal: Terminal,
): Promise<void> {
  const { vectors } = await readVectors(path, terminal)
  const phases = showPhases(terminal)
  const interrupt = listenForInterrupt(() => phases.line('stopping'))
  try {
    const hooks = { seed, onProgress: phases.progress, signal: interrupt.signal }
    const points = await mapWords(vectors, {
      ...{ ...hooks, method: method as 'umap' | 'pca' },
      ...(top === undefined ? {} : { top }),
      ...(words === undefined ? {} : { words }),
    })
    const title = `Word map: ${path}`
    const subtitle = `${points.length} of ${vectors.count} words, ${vectors.dimensions} dimensions, ${method}, seed ${seed}`
    await writeFile(out, await renderMap(vectors, points, { ...hooks, title, subtitle }))
    phases.finish()
    terminal.result({ out, words: points.length, method, seed }, `${points.length} words on ${out}`)
  } finally {
    phases.finish()
    interrupt.stop()
  }
}
