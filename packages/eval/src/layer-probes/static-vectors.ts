/** Vectors that know no context, as an encoder of one layer: the baseline below every contextual one. */
import type { LayerVectors } from './layer-vectors.ts'

/** A table of vectors, such as `WordVectors` of @elman/embeddings. */
export interface WordVectorTable {
  readonly dimensions: number
  /** The vector of a word; undefined where there is none. */
  vectorOf(word: string): Float32Array | undefined
}

/**
 * Word vectors as a `layer 0`. A word without a vector takes that of its lower-case form, and zeros where there is
 * none either.
 *
 * @param identity - Hash of the file.
 */
export function staticLayerVectors(table: WordVectorTable, identity: string): LayerVectors {
  const { dimensions } = table
  return {
    identity,
    layers: [{ name: 'layer 0', features: dimensions }],
    async *embed(sentences) {
      let index = 0
      for (const tokens of sentences) {
        const layer = new Float32Array(tokens.length * dimensions)
        for (const [place, token] of tokens.entries()) {
          const vector = table.vectorOf(token) ?? table.vectorOf(token.toLowerCase())
          if (vector !== undefined) layer.set(vector, place * dimensions)
        }
        yield { index: index++, layers: [layer] }
      }
    },
    dispose: async () => {},
  }
}
