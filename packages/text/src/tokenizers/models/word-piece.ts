/** WordPiece: of the rest of a word always the longest piece that the vocabulary has. */
import { invalid, type WordPieceJson } from '../pipeline/tokenizer-json.ts'
import { cached, modelVocabulary, type TokenModel, type WordTokens } from './model.ts'

/**
 * A word with a part that no piece fits, or with more than `max_input_chars_per_word` code points, is `unk_token` as
 * a whole.
 *
 * Source: google-research/bert, tokenization.py, WordpieceTokenizer.
 *
 * @throws `TOKENIZER_INVALID` when the unknown token is not in the vocabulary.
 */
export function wordPieceModel(json: WordPieceJson, where: string): TokenModel {
  const vocabulary = modelVocabulary(Object.entries(json.vocab), found => invalid(found, where))
  const { ids } = vocabulary
  const unknown = ids.get(json.unk_token)
  if (unknown === undefined)
    throw invalid(`unk_token ${JSON.stringify(json.unk_token)} is not in vocab`, where)
  const prefix = json.continuing_subword_prefix
  let longest = 0
  for (const token of ids.keys()) longest = Math.max(longest, token.length)

  const cut = (word: string): WordTokens => {
    const whole = { ids: [unknown], spans: [0, word.length] }
    if (longerThan(word, json.max_input_chars_per_word)) return whole
    const found: number[] = []
    const spans: number[] = []
    for (let begin = 0; begin < word.length; ) {
      let end = Math.min(word.length, begin + longest)
      let id: number | undefined
      for (; end > begin; end--) {
        const piece = word.slice(begin, end)
        id = ids.get(begin === 0 ? piece : prefix + piece)
        if (id !== undefined) break
      }
      if (id === undefined) return whole
      found.push(id)
      spans.push(begin, end)
      begin = end
    }
    return { ids: found, spans }
  }
  return { vocabulary, unknown, cut: cached(cut) }
}

function longerThan(word: string, codePoints: number): boolean {
  if (word.length <= codePoints) return false
  if (word.length > 2 * codePoints) return true
  return [...word].length > codePoints
}
