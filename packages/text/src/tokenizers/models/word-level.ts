/** WordLevel: a word is a token or unknown. */
import { invalid, type WordLevelJson } from '../pipeline/tokenizer-json.ts'
import { modelVocabulary, type TokenModel, tokenUnknown } from './model.ts'

/** @throws `TOKENIZER_INVALID` */
export function wordLevelModel(json: WordLevelJson, where: string): TokenModel {
  const vocabulary = modelVocabulary(Object.entries(json.vocab), found => invalid(found, where))
  const unknown = vocabulary.ids.get(json.unk_token)
  return {
    vocabulary,
    unknown,
    cut(word) {
      const id = vocabulary.ids.get(word) ?? unknown
      if (id === undefined) throw tokenUnknown(word)
      return { ids: [id], spans: [0, word.length] }
    },
  }
}
