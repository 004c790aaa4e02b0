/** Two texts for one model: a vocabulary that has the words of both. */
import {
  type EncodedText,
  encodeText,
  encodeTrainingText,
  type TokenizeRule,
  type Vocabulary,
  type VocabularyRules,
} from '@elman/text'

/** A kind of text, encoded by the vocabulary that all share. */
export interface Domain {
  readonly name: string
  readonly train: EncodedText
  readonly valid: EncodedText
}

/** A kind of text as UTF-8. */
export interface RawDomain {
  readonly name: string
  readonly train: Uint8Array
  readonly valid: Uint8Array
}

/**
 * Encodes two texts by the vocabulary of their training parts together.
 *
 * @throws as `encodeTrainingText`
 */
export async function encodeDomains(
  a: RawDomain,
  b: RawDomain,
  form: TokenizeRule,
  rules: VocabularyRules,
): Promise<{ readonly vocabulary: Vocabulary; readonly a: Domain; readonly b: Domain }> {
  const names = `${a.name} and ${b.name}`
  const { vocabulary } = await encodeTrainingText([a.train, b.train], names, form, rules)
  const encoded = async ({ name, train, valid }: RawDomain): Promise<Domain> => ({
    name,
    train: await encodeText(vocabulary, [train], `${name}, train`),
    valid: await encodeText(vocabulary, [valid], `${name}, valid`),
  })
  return { vocabulary, a: await encoded(a), b: await encoded(b) }
}
