/** Texts as documents of sentences of tokens: what sequences for training are cut from. */
import type { Tokenizer } from '@elman/text'

/** How the lines of a text are told apart as documents. */
export const DOCUMENT_RULES = ['blank-line', 'heading', 'line', 'none'] as const

/**
 * `blank-line`: as in BERT's own files. `heading`: at lines such as ` = Title = `, as in WikiText. `line`: each line is
 * one. `none`: the text is one.
 */
export type DocumentRule = (typeof DOCUMENT_RULES)[number]

/** How the sentences of a line are told apart. */
export const SENTENCE_RULES = ['line', 'full-stop'] as const

/** `line`: a line is one. `full-stop`: one ends at white space after `.`, `!` or `?`: for paragraphs as lines. */
export type SentenceRule = (typeof SENTENCE_RULES)[number]

/** Documents by ids, one behind the other. */
export interface TokenDocuments {
  /** Ids of all sentences, without special tokens. */
  readonly ids: Int32Array
  /** Number of the word that each token is a piece of; no two words of a document have one. */
  readonly words: Int32Array
  /** Where each sentence begins in `ids`, and where the last ends. */
  readonly sentences: Int32Array
  /** Where each document begins in `sentences`, and where the last ends. */
  readonly documents: Int32Array
}

/** A title of WikiText: one sign on each side, sections have two and more. */
const HEADING = /^\s*= (?!=).*(?<!=) = *$/

/** Cuts lines into documents and encodes them. Lines and documents without tokens are left out. */
export function encodeDocuments(
  lines: Iterable<string>,
  tokenizer: Pick<Tokenizer, 'encode'>,
  rule: DocumentRule,
  sentenceRule: SentenceRule = 'line',
): TokenDocuments {
  const ids: number[] = []
  const words: number[] = []
  const sentences: number[] = []
  const documents: number[] = []
  let wordCount = 0
  let begins = true
  for (const line of lines) {
    const blank = line.trim() === ''
    if (rule === 'line' || (rule === 'blank-line' && blank) || (rule === 'heading' && HEADING.test(line)))
      begins = true
    if (blank) continue
    for (const sentence of sentenceRule === 'line' ? [line] : line.trim().split(/(?<=[.!?])\s+/)) {
      const encoding = tokenizer.encode(sentence, { addSpecialTokens: false })
      if (encoding.ids.length === 0) continue
      if (begins) documents.push(sentences.length)
      begins = false
      sentences.push(ids.length)
      let most = -1
      for (const [at, id] of encoding.ids.entries()) {
        const word = Math.max(0, encoding.wordIndex[at]!)
        most = Math.max(most, word)
        ids.push(id)
        words.push(wordCount + word)
      }
      wordCount += most + 1
    }
  }
  return {
    ids: Int32Array.from(ids),
    words: Int32Array.from(words),
    sentences: Int32Array.from([...sentences, ids.length]),
    documents: Int32Array.from([...documents, sentences.length]),
  }
}

/** Documents in a text. */
export function documentCount({ documents }: TokenDocuments): number {
  return documents.length - 1
}

/** Sentences in a text. */
export function sentenceTotal({ sentences }: TokenDocuments): number {
  return sentences.length - 1
}
