/**
 * How tokens are written in ARPA files: `<eos>` is `</s>`, the start of a sentence `<s>`; characters that would divide
 * a line (U+0000 to space) are written as `<0x20>`, so that models of characters have files too.
 */
import { ElmanError } from '@elman/core'
import { END_OF_SENTENCE, UNKNOWN, type Vocabulary, vocabularyFromJson } from '@elman/text'

/** Start and end of a sentence in ARPA files. */
export const ARPA_START = '<s>'
const ARPA_END = '</s>'

/** A token as it stands in an ARPA file. */
export function arpaSpelling(token: string): string {
  if (token === END_OF_SENTENCE) return ARPA_END
  return Array.from(token, character => {
    const code = character.codePointAt(0)!
    return code > 0x20 ? character : `<0x${code.toString(16).toUpperCase().padStart(2, '0')}>`
  }).join('')
}

/** The token of a spelling; {@link arpaSpelling} backwards. */
export function tokenOfSpelling(spelling: string): string {
  if (spelling === ARPA_END) return END_OF_SENTENCE
  if (spelling === '<UNK>') return UNKNOWN
  return spelling.replace(/<0x([01][0-9A-F]|20)>/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}

/**
 * Spellings of a vocabulary's tokens, by id.
 *
 * @throws `ARPA_WORD_AMBIGUOUS` when two tokens are written alike or one like the start of a sentence
 */
export function arpaSpellings(vocabulary: Vocabulary): string[] {
  const spellings = vocabulary.tokens.map(arpaSpelling)
  const seen = new Map([[ARPA_START, -1]])
  spellings.forEach((spelling, id) => {
    const other = seen.get(spelling)
    if (other !== undefined || spelling === '') {
      throw new ElmanError('ARPA_WORD_AMBIGUOUS', {
        message: `an ARPA file cannot tell the token ${JSON.stringify(vocabulary.tokens[id])} from another`,
        found: `it would be written ${JSON.stringify(spelling)}, like ${
          other === undefined
            ? 'nothing at all'
            : other < 0
              ? 'the start of a sentence'
              : JSON.stringify(vocabulary.tokens[other])
        }`,
        hint: 'save the model by saveNgramModel, which keeps ids, not words',
      })
    }
    seen.set(spelling, id)
  })
  return spellings
}

/** The vocabulary of a file's words, in their order: `<s>` is none of them. */
export function vocabularyOfWords(spellings: readonly string[], where: string): Vocabulary {
  const tokens = spellings.filter(spelling => spelling !== ARPA_START).map(tokenOfSpelling)
  const ends = tokens.includes(END_OF_SENTENCE)
  const json = {
    format: 'elman-vocabulary',
    version: 1,
    unit: 'word',
    lines: ends ? 'all' : 'none',
    unknown: tokens.includes(UNKNOWN) ? UNKNOWN : null,
    endOfSentence: ends ? END_OF_SENTENCE : null,
    coverage: { types: tokens.length, keptTypes: tokens.length, tokens: 0, keptTokens: 0 },
    tokens,
    counts: tokens.map(() => 0),
  }
  return vocabularyFromJson(json, where)
}
