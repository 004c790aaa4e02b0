// Static word vectors: train, read and write, ask, evaluate.

// Words and vectors
export { MAXIMUM_WORD_BYTES, WordTable } from './words/word-table.ts'
export { type VectorSource, type WordVectorParts, WordVectors } from './words/word-vectors.ts'
// Progress of long work
export { createProgressMeter, type EmbeddingProgress, type OnProgress } from './progress/embedding-progress.ts'
