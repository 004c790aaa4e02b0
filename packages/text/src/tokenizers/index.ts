// Tokenizers: words, bytes, characters, WordPiece, BPE; tokenizer.json read and written.

export { tokenizerFromHuggingFace, writeTokenizerJson } from './pipeline/pipeline-tokenizer.ts'
export {
  type DecodeOptions,
  type EncodeOptions,
  type Encoding,
  type SpecialIds,
  TOKENIZER,
  type Tokenizer,
  type TokenizerRecipe,
  type TokenizerTask,
} from './tokenizer.ts'
export { addTokenizers } from './tokenizer-components.ts'
export { loadTokenizer, saveTokenizer, tokenizerFromJson, writeTokenizer } from './tokenizer-file.ts'
export { byteBpeConfig, trainByteBpe, trainWordBpe, wordBpeConfig } from './train/train-bpe.ts'
export { BERT_TOKENS, trainWordPiece, wordPieceConfig } from './train/train-word-piece.ts'
export { byteTokenizer, characterTokenizer, trainCharacterTokenizer } from './units/unit-tokenizer.ts'
export {
  WORD_PRESETS,
  type WordPreset,
  type WordPresetName,
  type WordTokenNames,
} from './words/word-presets.ts'
export { WORD_RULES, type WordRule } from './words/word-rules.ts'
export {
  trainWordTokenizer,
  type WordTokenizerJson,
  wordTokenizer,
  wordTokenizerConfig,
  wordTokenizerJson,
} from './words/word-tokenizer.ts'
