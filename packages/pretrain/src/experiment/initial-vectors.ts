/** The word vectors that a model of an experiment starts with: read for its vocabulary, checked, counted. */
import { resolve } from 'node:path'
import { ElmanError, type Key, type NdArray, sha256OfFile } from '@elman/core'
import type { EmbeddingCoverage } from '@elman/embeddings'
import { END_OF_SENTENCE, type Vocabulary } from '@elman/text'
import type { InitialVectors } from '../language-model/language-model.ts'

/** Vectors for the tokens of a vocabulary. */
export interface LoadedVectors {
  /** First values of parameter `embedding`: float32 (vocabulary, size). */
  readonly table: NdArray
  /** What a run notes of them in its `data.json`. */
  readonly card: VectorsCard
  /** A line that says so, such as `vectors from words.vec, frozen: 9 of 10 words have vectors; without: x`. */
  readonly text: string
}

/** Which vectors a run began with. */
export interface VectorsCard {
  /** As the config names it. */
  readonly file: string
  readonly sha256: string
  /** Whether the table learns on. */
  readonly tune: boolean
  /** Shares are of the training text. */
  readonly coverage: EmbeddingCoverage
}

/** Tools that train word vectors end sentences with this word, as word2vec.c does. */
const ALIASES = { [END_OF_SENTENCE]: ['</s>'] }

/**
 * Reads the vectors that a model wants. Only those of the vocabulary are kept, whatever the file holds besides; with
 * `spell` a fastText model is read whole.
 *
 * @param key - Of the random vectors that missing tokens get.
 * @throws `INITIAL_VECTORS_CHANGED` when the file is not the one whose hash the config gives,
 * `INITIAL_VECTORS_SIZE` when its vectors do not fit the model; as `readWordVectors`, `readFastText` and
 * `embeddingFromVectors`
 */
export async function readInitialVectors(
  { config, size }: InitialVectors,
  vocabulary: Vocabulary,
  baseDirectory: string,
  key: Key,
): Promise<LoadedVectors> {
  const { file, tune, missing, scale, caseFallback, spell } = config
  const path = resolve(baseDirectory, file)
  // Loaded only here: most runs need nothing of that package.
  const { coverageText, embeddingFromVectors, readFastText, readWordVectors, wantedWords } = await import(
    '@elman/embeddings'
  )
  const { sha256 } = await sha256OfFile(path)
  if (config.sha256 !== undefined && config.sha256 !== sha256) throw changed(path, config.sha256, sha256)
  const forms = { caseFallback, aliases: ALIASES }
  const wanted = wantedWords(vocabulary.tokens, forms)
  const source = spell
    ? await readFastText(path, { output: false })
    : (await readWordVectors(path, { keep: word => wanted.has(word) })).vectors
  if (source.dimensions !== size) throw otherSize(path, size, source.dimensions)
  const { counts } = vocabulary
  const { matrix, coverage } = embeddingFromVectors(source, vocabulary.tokens, {
    ...{ ...forms, missing, scale, counts, key },
  })
  return {
    table: matrix,
    card: { file, sha256, tune, coverage },
    text: `vectors from ${file}, ${tune ? 'tuned' : 'frozen'}: ${coverageText(coverage)}`,
  }
}

function changed(path: string, expected: string, found: string): ElmanError {
  return new ElmanError('INITIAL_VECTORS_CHANGED', {
    message: 'the file of word vectors is not the one that the config was made for',
    expected: `sha256 ${expected}`,
    found: `sha256 ${found}`,
    where: path,
    hint: 'put the original file back, or take "sha256" out of model.initialVectors to use this one',
  })
}

function otherSize(path: string, size: number, dimensions: number): ElmanError {
  return new ElmanError('INITIAL_VECTORS_SIZE', {
    message: 'the word vectors do not fit the model',
    expected: `vectors of ${size} numbers, as model.embedding says`,
    found: `vectors of ${dimensions} numbers`,
    where: path,
    hint: `set model.embedding to ${dimensions}, or take vectors of ${size} numbers`,
  })
}
