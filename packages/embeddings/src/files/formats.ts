/** Names of the file formats of word vectors, as options and reports spell them. */
export const WORD_VECTOR_FORMATS = [
  'word2vec-text',
  'word2vec-binary',
  'glove',
  'fasttext-vec',
  'fasttext-bin',
  'npy',
  'safetensors',
  'projector',
] as const

/** A file format of word vectors. */
export type WordVectorFormat = (typeof WORD_VECTOR_FORMATS)[number]

/** What each format is called in messages. */
export const FORMAT_TITLES: Readonly<Record<WordVectorFormat, string>> = {
  'word2vec-text': 'word2vec text',
  'word2vec-binary': 'word2vec binary',
  glove: 'GloVe text (no header)',
  'fasttext-vec': 'fastText .vec',
  'fasttext-bin': 'fastText .bin',
  npy: 'NumPy .npy',
  safetensors: 'safetensors',
  projector: 'TensorBoard projector',
}
