/** Cuts rewritten text into words. */
import type { AlignedText } from '../aligned-text.ts'
import { sliceAligned } from '../aligned-text.ts'
import type { PreTokenizer } from '../pipeline/pre-tokenizers.ts'

/**
 * What divides words: `white-space` alone, for text that is cut already (WikiText, Penn Treebank), or also
 * `punctuation`: signs are words, runs of one sign are one word, numbers keep their points and commas, and English
 * contractions are cut as in the Penn Treebank (`do n't`, `it 's`). The latter stands for spaCy's English rules, which
 * fastai uses, without its lists of exceptions.
 */
export type WordSplit = 'white-space' | 'punctuation'

const WORD =
  /<[a-z]+>|\p{N}+(?:[.,:]\p{N}+)*|(?:(?!n['’]t(?![\p{L}\p{M}]))[\p{L}\p{M}\p{N}_])+|n['’]t(?![\p{L}\p{M}])|['’](?:s|m|d|re|ve|ll)(?![\p{L}\p{M}])|([^\s\p{L}\p{M}\p{N}])\1*|\S/giu

/** A function that cuts a text. */
export function wordSplitter(split: WordSplit): PreTokenizer {
  const pattern = split === 'white-space' ? /\S+/gu : WORD
  return (text: AlignedText) =>
    Array.from(text.text.matchAll(pattern), match =>
      sliceAligned(text, match.index, match.index + match[0].length),
    )
}
