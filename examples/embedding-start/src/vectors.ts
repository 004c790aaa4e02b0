/** The word vectors of the comparison: trained on the model's own training text, and the same in disorder. */
import { random } from '@elman/core'
import { trainWordVectors, WordVectors, writeWordVectors } from '@elman/embeddings'

/** Where the vectors of the comparison are. */
export interface VectorFiles {
  readonly trained: string
  /** The same vectors, each at another word: as large, and of no meaning. */
  readonly shuffled: string
}

/** What vectors are trained with. */
export interface VectorTraining {
  /** Training text of the language model; its held-out texts are not seen. */
  readonly text: string
  readonly dimensions: number
  readonly epochs: number
}

/** Trains skip-gram vectors, by one thread so that the same come out every time, and writes both files. */
export async function makeVectors(
  folder: string,
  { text, dimensions, epochs }: VectorTraining,
): Promise<VectorFiles> {
  const method = { type: 'word2vec', dimensions, epochs }
  const { vectors } = await trainWordVectors({ files: [text], method, seed: 1 })
  const files = { trained: `${folder}/vectors.safetensors`, shuffled: `${folder}/shuffled.safetensors` }
  await writeWordVectors(files.trained, vectors, { format: 'safetensors' })
  await writeWordVectors(files.shuffled, shuffled(vectors), { format: 'safetensors' })
  return files
}

function shuffled({ words, dimensions, matrix, count }: WordVectors): WordVectors {
  const rows = random.permutation(random.key(1), count)
  const mixed = new Float32Array(matrix.length)
  for (const [row, from] of rows.entries()) {
    mixed.set(matrix.subarray(from * dimensions, (from + 1) * dimensions), row * dimensions)
  }
  return new WordVectors({ words, dimensions, matrix: mixed })
}
