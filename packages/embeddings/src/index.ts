// Static word vectors: train, read and write, ask, evaluate.

// Corpora: text to words, vocabularies and ids
export { type ByteTokenizer, createByteTokenizer, type TokenSink } from './corpus/byte-tokenizer.ts'
export { countWords, type WordCounts } from './corpus/count-words.ts'
export {
  type CorpusExpectation,
  type CorpusShard,
  type EncodedCorpus,
  encodeCorpus,
  openEncodedCorpus,
  readIds,
  shardCorpus,
} from './corpus/encoded-corpus.ts'
export { SENTENCE_END } from './corpus/id-writer.ts'
export { type ReadTextOptions, readText } from './corpus/read-text.ts'
export type { StreamOptions, TextIdentity } from './corpus/stream-words.ts'
export {
  hashTextOptions,
  type ResolvedTextOptions,
  resolveTextOptions,
  type TextOptions,
} from './corpus/text-options.ts'
export {
  buildEmbeddingVocabulary,
  type EmbeddingVocabulary,
  type EmbeddingVocabularyRules,
  extendVocabulary,
  hashWords,
} from './corpus/vocabulary.ts'
// Files of word vectors
export type { FastTextArguments } from './files/fasttext-arguments.ts'
export { denseMatrix, type FastTextMatrix } from './files/fasttext-matrix.ts'
export { FastTextModel, type FastTextParts } from './files/fasttext-model.ts'
export type { NumberStyle } from './files/format-numbers.ts'
export { FORMAT_TITLES, WORD_VECTOR_FORMATS, type WordVectorFormat } from './files/formats.ts'
export { type ReadFastTextOptions, readFastText } from './files/read-fasttext.ts'
export type { ReadVectorsOptions } from './files/read-options.ts'
export type { ReadReport } from './files/read-report.ts'
export { type ReadVectors, readWordVectors } from './files/read-word-vectors.ts'
export type { RowChoice } from './files/row-sink.ts'
export { writeFastText } from './files/write-fasttext.ts'
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
// Phrases: words that belong together
export { findPhrases, type PhraseOptions } from './phrases/find-phrases.ts'
export { readPhrases, writePhrases } from './phrases/phrase-file.ts'
export { type Phrase, PhraseModel } from './phrases/phrase-model.ts'
export { type TransformedText, transformCorpus } from './phrases/transform-corpus.ts'
// Training
export { embeddings, embeddings as default } from './plugin.ts'
// Progress of long work
export {
  createProgressMeter,
  type EmbeddingProgress,
  type OnProgress,
} from './progress/embedding-progress.ts'
// Sub-words: fastText's n-grams
export { type SubwordRules, subwordHashes, subwordsOf } from './subwords/subword-hashes.ts'
export { buildSubwordTable, type SubwordTable } from './subwords/subword-table.ts'
export {
  EMBEDDING,
  type EmbeddingMethod,
  type EmbeddingTask,
  type MethodResult,
  type TrainedMatrices,
} from './train/embedding-method.ts'
export {
  type EmbeddingConfig,
  type EmbeddingConfigInput,
  type EmbeddingResultFile,
  embeddingConfig,
  readEmbeddingConfig,
  readEmbeddingResult,
} from './train/embedding-run.ts'
export type { EmbeddingText } from './train/prepare-corpus.ts'
export {
  type EmbeddingEvent,
  resumeEmbedding,
  type TrainEmbeddingOptions,
  type TrainedEmbedding,
  trainEmbedding,
  VECTORS_FILE,
} from './train/train-embedding.ts'
export { trainWordVectors, type WordVectorsOptions } from './train/train-word-vectors.ts'
// Words and vectors
export { MAXIMUM_WORD_BYTES, WordTable } from './words/word-table.ts'
export { type VectorSource, type WordVectorParts, WordVectors } from './words/word-vectors.ts'
