import { checkToken } from './count-ngrams.ts'
import { type NgramScore, summarise } from './score.ts'

/** Words by their relative frequency alone: the weakest baseline worth naming. */
export interface UnigramModel {
  /** `unigram`. */
  readonly name: string
  /** Natural log-probability of each word of the vocabulary; −Infinity for words the training text lacks. */
  readonly logProbabilities: Float64Array
  /** Loss and perplexity over a text. */
  score(ids: Int32Array): NgramScore
  /** Natural log-probability of each token of a text. */
  tokenLogProbabilities(ids: Int32Array): Float64Array
}

/**
 * The maximum-likelihood unigram model of a text; no smoothing, so a word that the training text lacks costs an
 * infinite loss.
 *
 * @param ids - Training text.
 * @param vocabularySize - Ids are 0 … vocabularySize − 1.
 * @throws `NGRAM_BAD_TOKEN` when an id is out of that range.
 */
export function trainUnigram(ids: Int32Array, vocabularySize: number): UnigramModel {
  const counts = new Float64Array(vocabularySize)
  for (let position = 0; position < ids.length; position++) {
    const word = ids[position]!
    checkToken(word, vocabularySize, position)
    counts[word]! += 1
  }
  const logProbabilities = counts.map(count => Math.log(count / ids.length))
  const tokenLogProbabilities = (text: Int32Array): Float64Array => {
    const result = new Float64Array(text.length)
    for (let position = 0; position < text.length; position++) {
      checkToken(text[position]!, vocabularySize, position)
      result[position] = logProbabilities[text[position]!]!
    }
    return result
  }
  return {
    name: 'unigram',
    logProbabilities,
    tokenLogProbabilities,
    score: text => summarise(tokenLogProbabilities(text)),
  }
}
