import type { TextCounts } from '../units/tokenize.ts'

/** A loss in the units that texts of different tokens can be compared in. */
export interface BitsPerUnit {
  readonly bitsPerToken: number
  /** Per code point of the text. */
  readonly bitsPerCharacter: number
  /** Per byte of the text. */
  readonly bitsPerByte: number
}

/**
 * Spreads the whole cost of a text over its characters and bytes. With `<unk>` in place of rare words the text is
 * not fully described and the figures are a lower bound.
 *
 * @param loss - Mean negative log-probability of a token, in nats.
 * @param tokens - Number of tokens scored: all those of the text.
 */
export function bitsPerUnit(loss: number, tokens: number, text: TextCounts): BitsPerUnit {
  const bitsPerToken = loss / Math.LN2
  const bits = bitsPerToken * tokens
  return { bitsPerToken, bitsPerCharacter: bits / text.characters, bitsPerByte: bits / text.bytes }
}
