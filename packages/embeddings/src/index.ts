// Static word vectors: train, read and write, ask, evaluate.

// Counts of words near each other
export {
  type CooccurrenceCounting,
  type CooccurrenceFile,
  type CooccurrencePiece,
  cooccurrenceCounting,
  openCooccurrences,
  readCooccurrences,
} from './cooccurrence/cooccurrence-file.ts'
export {
  type CountCooccurrencesOptions,
  countCooccurrences,
  type IdFile,
} from './cooccurrence/count-cooccurrences.ts'
export type { WindowWeighting } from './cooccurrence/window-weights.ts'
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
// Evaluation
export {
  type AnalogyItem,
  type AnalogyQuestions,
  type AnalogySection,
  parseAnalogies,
  readAnalogies,
} from './evaluate/analogy-questions.ts'
export { type BootstrapInterval, type BootstrapOptions, bootstrapInterval } from './evaluate/bootstrap.ts'
export { compareOnSimilarity, type SimilarityComparison } from './evaluate/compare-similarity.ts'
export { averageRanks, type Correlation, type Numbers, pearson, spearman } from './evaluate/correlation.ts'
export {
  compareDependentCorrelations,
  type DependentCorrelations,
} from './evaluate/dependent-correlations.ts'
export {
  type Evaluation,
  type EvaluationOptions,
  evaluateAll,
  findEvaluationFiles,
} from './evaluate/evaluate-all.ts'
export {
  type AnalogyOptions,
  type AnalogyScore,
  type AnalogyTally,
  evaluateAnalogies,
} from './evaluate/evaluate-analogies.ts'
export {
  evaluateSimilarity,
  type SimilarityOptions,
  type SimilarityScore,
} from './evaluate/evaluate-similarity.ts'
export { formatEvaluation } from './evaluate/format-evaluation.ts'
export type { PairOptions, UnknownWords } from './evaluate/model-similarities.ts'
export {
  parseSimilaritySet,
  readSimilaritySet,
  type SimilarityPair,
  type SimilaritySet,
} from './evaluate/similarity-set.ts'
export type { LookupOptions } from './evaluate/word-lookup.ts'
// Files of word vectors
export { FASTTEXT_MAGIC } from './files/detect-format.ts'
export type { FastTextArguments } from './files/fasttext-arguments.ts'
export { denseMatrix, type FastTextMatrix } from './files/fasttext-matrix.ts'
export { FastTextModel, type FastTextParts } from './files/fasttext-model.ts'
export type { NumberStyle } from './files/format-numbers.ts'
export { FORMAT_TITLES, WORD_VECTOR_FORMATS, type WordVectorFormat } from './files/formats.ts'
export {
  type OpenVectorsOptions,
  openWordVectors,
  type WordVectorFile,
} from './files/open-word-vectors.ts'
export { type ReadFastTextOptions, readFastText } from './files/read-fasttext.ts'
export type { ReadVectorsOptions } from './files/read-options.ts'
export type { ReadReport } from './files/read-report.ts'
export { type ReadVectors, readWordVectors } from './files/read-word-vectors.ts'
export type { RowChoice } from './files/row-sink.ts'
export { writeFastText } from './files/write-fasttext.ts'
export type { WordRule } from './files/write-text.ts'
export { type WriteVectorsOptions, writeWordVectors } from './files/write-word-vectors.ts'
// GloVe
export { type GloveSettings, gloveSettings } from './glove/glove-settings.ts'
export {
  type GloveReport,
  type GloveVocabulary,
  type TrainedGlove,
  type TrainGloveOptions,
  trainGlove,
} from './glove/train-glove.ts'
// The distributional hypothesis, put to the test
export { type ContextRows, readContextRows, type SparseRows } from './hypothesis/context-rows.ts'
export {
  type PairSimilarity,
  type SimContextOptions,
  simContext,
  simVector,
} from './hypothesis/context-similarity.ts'
export { type CountNgramsOptions, countNgrams, type NgramCount } from './hypothesis/count-ngrams.ts'
export {
  CONTEXT_MEASURES,
  type ContextMeasure,
  type HypothesisModel,
  type HypothesisOptions,
  type HypothesisReport,
  type HypothesisResult,
  type ModelAgreement,
  type PairTable,
  pairsTsv,
  testHypothesis,
} from './hypothesis/hypothesis-experiment.ts'
export { type ParameterSharing, parameterSharing, type SharingRow } from './hypothesis/parameter-sharing.ts'
export {
  type BandCorrelation,
  type CorrelateOptions,
  correlate,
  type PermutationNull,
  type RankCorrelation,
  type SimilarityCorrelation,
} from './hypothesis/rank-correlation.ts'
export { renderHypothesis } from './hypothesis/render-hypothesis.ts'
export type { Verdict } from './hypothesis/verdict.ts'
export {
  neighbourPairs,
  type PairSampling,
  randomPairs,
  readPairs,
  type WordPair,
} from './hypothesis/word-pairs.ts'
// Tables of embedding layers
export { coverageText, type EmbeddingCoverage } from './initialize/embedding-coverage.ts'
export {
  type EmbeddingFromVectorsOptions,
  embeddingFromVectors,
  type MissingVectors,
  type VectorEmbedding,
} from './initialize/embedding-from-vectors.ts'
export { type WordFormOptions, wantedWords } from './initialize/word-forms.ts'
// Exact search, its result
export type { ScoredRow } from './kernels/products/top-heap.ts'
// The training kernel's memory, and its twin in TypeScript
export {
  checkTrainingSpec,
  createTrainingMemory,
  EXCHANGE_INTERVAL,
  HOT_ROWS,
  referenceTrain,
  type SubwordRows,
  type TrainingMemory,
  type TrainingSpec,
  type TrainingWorker,
  TURN,
  WORDS_A_PART,
} from './kernels/training/index.ts'
export type { WasmMemory } from './kernels/web-assembly.ts'
// Maps: words in the plane
export type { MapSelection } from './map/map-rows.ts'
export { type MapOptions, type MapPoint, mapWords } from './map/map-words.ts'
export { type MapPageOptions, renderMap } from './map/render-map.ts'
export type { UmapOptions } from './map/umap-layout.ts'
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
// Questions
export { type AnalogyMethod, type AnalogyQuestion, analogy } from './query/analogy.ts'
export {
  type ApproximateIndex,
  type ApproximateIndexOptions,
  buildApproximateIndex,
  loadApproximateIndex,
  type MeasuredRecall,
} from './query/approximate-index.ts'
export {
  type MostSimilarRequest,
  mostSimilar,
  mostSimilarOfEach,
  type Neighbour,
  neighboursOf,
  type Searchable,
} from './query/most-similar.ts'
export {
  type AnalogyRequest,
  createNearest,
  type Nearest,
  type NearestOptions,
  type NearestRequest,
} from './query/nearest.ts'
export { type Belonging, distance, doesNotMatch, oddOneOut, similarity } from './query/similarity.ts'
export type { Term } from './query/terms.ts'
// Spectral: mutual information and its singular vectors
export { type PpmiOptions, ppmi } from './spectral/ppmi.ts'
export type { SparseMatrix } from './spectral/sparse-matrix.ts'
export { SparseWordVectors } from './spectral/sparse-word-vectors.ts'
export { type TrainedPpmiSvd, type TrainPpmiSvdOptions, trainPpmiSvd } from './spectral/train-ppmi-svd.ts'
export { type TruncatedSvd, type TruncatedSvdOptions, truncatedSvd } from './spectral/truncated-svd.ts'
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
  embeddingResultFile,
  readEmbeddingConfig,
  readEmbeddingResult,
} from './train/embedding-run.ts'
export { type EmbeddingText, embeddingText } from './train/prepare-corpus.ts'
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
