/** What a tokenizer must have for a masked language model. */
import { ElmanError } from '@elman/core'
import type { Tokenizer } from '@elman/text'

/** Ids of the tokens that BERT reads besides pieces of words. */
export interface MaskedTokenIds {
  readonly padding: number
  readonly unknown: number
  /** `[CLS]` */
  readonly classification: number
  /** `[SEP]` */
  readonly separator: number
  readonly mask: number
}

/**
 * The ids of a tokenizer's special tokens.
 *
 * @throws `MASKED_LM_TOKENIZER` when it lacks one
 */
export function maskedTokenIds({ special, kind }: Pick<Tokenizer, 'special' | 'kind'>): MaskedTokenIds {
  const { padding, unknown, classification, separator, mask } = special
  if (
    padding !== undefined &&
    unknown !== undefined &&
    classification !== undefined &&
    separator !== undefined &&
    mask !== undefined
  )
    return { padding, unknown, classification, separator, mask }
  throw new ElmanError('MASKED_LM_TOKENIZER', {
    message: 'the tokenizer has not all tokens that a masked language model needs',
    expected: 'ids for [PAD], [UNK], [CLS], [SEP] and [MASK]',
    found: `kind ${kind} with ${Object.keys(special).join(', ') || 'none'}`,
    hint: 'use a tokenizer of type "word-piece"',
  })
}
