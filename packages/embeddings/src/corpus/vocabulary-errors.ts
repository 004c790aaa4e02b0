import { ElmanError } from '@elman/core'
import type { WordTable } from '../words/word-table.ts'
import type { WordCounts } from './count-words.ts'

/** No language's words are this long on average, in characters; text without white space between words is. */
const LONGEST_MEAN = 40
/** More characters than an alphabet has: a text of single characters is then one of ideographs. */
const ALPHABET = 500
/** Fewer tokens than this may be a toy whose words are named a, b and c. */
const TOY = 200

/** Refuses a text of single letters, and one without white space. @throws `EMBEDDING_TEXT_NOT_DIVIDED` */
export function checkDivided(words: WordTable, counts: Float64Array, tokens: number): void {
  if (tokens === 0) return
  let characters = 0
  for (let index = 0; index < words.count; index++) characters += counts[index]! * lengthOf(words, index)
  const mean = characters / tokens
  if (mean > LONGEST_MEAN) {
    throw new ElmanError('EMBEDDING_TEXT_NOT_DIVIDED', {
      message: 'the text has next to no white space between its words',
      expected: 'words divided by spaces or line ends',
      found: `${tokens} tokens of ${mean.toFixed(1)} characters on average, such as ${mostFrequent(words, counts, 1)}`,
      hint: 'cut it into words first (Chinese, Japanese and Thai need a segmenter); checkText: false lets it pass',
    })
  }
  if (mean === 1 && tokens >= TOY && words.count < ALPHABET) {
    throw new ElmanError('EMBEDDING_TEXT_NOT_DIVIDED', {
      message: 'the text is cut into single characters',
      expected: 'words divided by spaces or line ends',
      found: `${tokens} tokens of one character each: ${mostFrequent(words, counts, 5)}`,
      hint: [
        'was a string joined as if it were a list of words?',
        'vectors of characters are possible: checkText: false',
      ],
    })
  }
}

/** The error for a vocabulary of no words. */
export function emptyVocabulary(
  { words, counts, tokens }: Pick<WordCounts, 'words' | 'counts' | 'tokens'>,
  minimumCount: number,
): ElmanError {
  if (tokens === 0) {
    return new ElmanError('EMBEDDING_VOCABULARY_EMPTY', {
      message: 'the text has no words',
      expected: 'at least one word',
      found: '0 tokens',
      hint: 'are these the right files, and do the options leave any word over (wordsOnly, leaveOut)?',
    })
  }
  return new ElmanError('EMBEDDING_VOCABULARY_EMPTY', {
    message: `no word occurs often enough: ${words.count} distinct words seen, 0 kept`,
    expected: `words that occur at least ${minimumCount} times (minimumCount)`,
    found: `${tokens} tokens; the most frequent: ${mostFrequent(words, counts, 5)}`,
    hint: 'lower minimumCount, or give more text; very long words mean that the text is not divided into words',
  })
}

function lengthOf(words: WordTable, index: number): number {
  let length = 0
  for (const byte of words.bytesAt(index)) if ((byte & 0xc0) !== 0x80) length++
  return length
}

/** `"the" 120, "of" 80`, the most frequent first. */
function mostFrequent(words: WordTable, counts: Float64Array, most: number): string {
  const best: number[] = []
  for (let index = 0; index < counts.length; index++) {
    let at = best.length
    while (at > 0 && counts[best[at - 1]!]! < counts[index]!) at--
    if (at >= most) continue
    best.splice(at, 0, index)
    best.length = Math.min(best.length, most)
  }
  return best.map(index => `"${shortened(words.at(index))}" ${counts[index]}`).join(', ')
}

function shortened(word: string): string {
  return word.length > 30 ? `${word.slice(0, 30)}…` : word
}
