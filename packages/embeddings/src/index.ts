// Static word vectors: train, read and write, ask, evaluate.

// Tables of embedding layers
export { coverageText, type EmbeddingCoverage } from './initialize/embedding-coverage.ts'
export {
  type EmbeddingFromVectorsOptions,
  embeddingFromVectors,
  type MissingVectors,
  type VectorEmbedding,
} from './initialize/embedding-from-vectors.ts'
export { type WordFormOptions, wantedWords } from './initialize/word-forms.ts'
// Progress of long work
export {
  createProgressMeter,
  type EmbeddingProgress,
  type OnProgress,
} from './progress/embedding-progress.ts'
// Words and vectors
export { MAXIMUM_WORD_BYTES, WordTable } from './words/word-table.ts'
export { type VectorSource, type WordVectorParts, WordVectors } from './words/word-vectors.ts'
