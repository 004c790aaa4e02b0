/**
 * Characters of tokens as ELMo numbers them: the UTF-8 bytes, and five symbols. Numbers are those of training, 0 to
 * 260, which the rows of the stored table have too; readers of AllenNLP and bilm-tf add 1 to make room for a mask.
 */

/** Numbers of the symbols that are no bytes. */
export const CHARACTER_SYMBOL = {
  beginSentence: 256,
  endSentence: 257,
  beginWord: 258,
  endWord: 259,
  padding: 260,
} as const

/** Token that stands for the begin of a sentence. */
export const BEGIN_SENTENCE = '<S>'

/** Token that stands for its end. */
export const END_SENTENCE = '</S>'

const encoder = new TextEncoder()

/**
 * The character ids of a token: begin of word, up to `length` − 2 bytes, end of word, padding. Bytes beyond are left
 * out, also in the middle of a character; halves of surrogate pairs are left out, as Python's `encode('utf-8',
 * 'ignore')` does. `<S>` and `</S>` are the ends of a sentence.
 *
 * @param length - Ids in all: 50 in every published model.
 */
export function characterIds(token: string, length = 50): Int32Array {
  const ids = new Int32Array(length).fill(CHARACTER_SYMBOL.padding)
  const content = contentOf(token).slice(0, length - 2)
  ids[0] = CHARACTER_SYMBOL.beginWord
  ids.set(content, 1)
  ids[content.length + 1] = CHARACTER_SYMBOL.endWord
  return ids
}

function contentOf(token: string): Uint8Array | readonly number[] {
  if (token === BEGIN_SENTENCE) return [CHARACTER_SYMBOL.beginSentence]
  if (token === END_SENTENCE) return [CHARACTER_SYMBOL.endSentence]
  return encoder.encode(token.replaceAll(/\p{Surrogate}/gu, ''))
}

/** The ids as AllenNLP and bilm-tf feed them: 1 more, so that 0 can be the mask. */
export function maskedCharacterIds(token: string, length = 50): Int32Array {
  return characterIds(token, length).map(id => id + 1)
}
