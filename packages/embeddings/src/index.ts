// Static word vectors: train, read and write, ask, evaluate.

// Files of word vectors
export type { NumberStyle } from './files/format-numbers.ts'
export { FORMAT_TITLES, WORD_VECTOR_FORMATS, type WordVectorFormat } from './files/formats.ts'
export type { ReadVectorsOptions } from './files/read-options.ts'
export type { ReadReport } from './files/read-report.ts'
export { type ReadVectors, readWordVectors } from './files/read-word-vectors.ts'
export type { RowChoice } from './files/row-sink.ts'
export type { WordRule } from './files/write-text.ts'
export { type WriteVectorsOptions, writeWordVectors } from './files/write-word-vectors.ts'
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
