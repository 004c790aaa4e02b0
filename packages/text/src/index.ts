// Text in: corpora, datasets, vocabularies, tokens, batches.

// Batching
export { type BitsPerUnit, bitsPerUnit } from './batching/bits-per-unit.ts'
export {
  createEvaluationWindows,
  type EvaluationConfig,
  type EvaluationWindow,
  type EvaluationWindows,
  evaluationConfig,
  startToken,
} from './batching/evaluation-windows.ts'
export {
  createTrainingStream,
  type StreamPosition,
  streamPosition,
  type TrainingStream,
  type TrainingStreamConfig,
  type TrainingWindow,
  trainingStreamConfig,
} from './batching/training-stream.ts'
export {
  createVariableStream,
  type VariableStream,
  type VariableStreamConfig,
  type VariableStreamPosition,
  variableStreamConfig,
} from './batching/variable-stream.ts'
// Datasets and corpora
export { builtInDatasets } from './datasets/built-in-datasets.ts'
export { bundledFolder, findDataFolder } from './datasets/data-folders.ts'
export {
  type CorpusPlan,
  type DatasetContext,
  type DatasetDescriptor,
  type DatasetFile,
  defineDataset,
  SPLIT_NAMES,
  type SplitName,
  type SplitSource,
} from './datasets/dataset.ts'
export { findCut } from './datasets/find-cut.ts'
export { type Corpus, loadCorpus } from './datasets/load-corpus.ts'
export { type CorpusOptions, type PlannedCorpus, planCorpus } from './datasets/plan-corpus.ts'
export { type VerifiedFile, verifyDataset } from './datasets/verify-dataset.ts'
// Vocabularies and encoding
export { decode, type EncodedText, encode, encodeText, encodeTrainingText } from './encode/encode-text.ts'
export { datasetComponent, datasetsOf, textDatasets, textDatasets as default } from './plugin.ts'
// Reading and tokens
export { createUtf8Decoder, type DecodePolicy, type Utf8Decoder } from './read/decode-utf8.ts'
export { type ReadOptions, readBytes } from './read/read-bytes.ts'
// Tokenizers
export * from './tokenizers/index.ts'
export {
  createWordSplitter,
  type LineRule,
  MAXIMUM_WORD_LENGTH,
  type WordSplitter,
} from './units/split-words.ts'
export { type TextCounts, type TokenizeRule, type TokenSink, tokenize, type Unit } from './units/tokenize.ts'
export { compareCodePoints } from './vocabulary/compare-code-points.ts'
export type { TokenTable } from './vocabulary/token-table.ts'
export {
  buildVocabulary,
  type Coverage,
  END_OF_SENTENCE,
  MAXIMUM_VOCABULARY,
  UNKNOWN,
  type Vocabulary,
  type VocabularyRules,
  vocabularyOverrides,
  vocabularyRules,
} from './vocabulary/vocabulary.ts'
export {
  type VocabularyJson,
  vocabularyFromJson,
  vocabularyJson,
  vocabularyToJson,
} from './vocabulary/vocabulary-json.ts'
