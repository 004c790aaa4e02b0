import { createHash } from 'node:crypto'
import type { TokenSink } from '../corpus/byte-tokenizer.ts'
import { WordTable } from '../words/word-table.ts'
import { PairTable } from './pair-table.ts'

/** Two words that belong together, as bytes. */
export interface Phrase {
  readonly left: Uint8Array
  readonly right: Uint8Array
  /** How much more often they stand together than by chance; see {@link findPhrases}. */
  readonly score: number
}

/**
 * Which neighbouring words are joined into one, in passes: the second pass joins what the first has made (`new_york` +
 * `times`). In each pass a sentence is read from the left, and a word that was joined to the one before is not joined
 * to the next, as in word2phrase.
 */
export class PhraseModel {
  /** The phrases of each pass. */
  readonly passes: readonly (readonly Phrase[])[]
  /** What stands between the words of a phrase, as in `new_york`. */
  readonly delimiter: string
  /** Hash of what the model does: its passes' pairs and the delimiter. */
  readonly sha256: string
  readonly #passes: readonly PairPass[]

  /** @param passes - Phrases of each pass; of a pair given twice the first counts. */
  constructor(passes: readonly (readonly Phrase[])[], delimiter = '_') {
    this.passes = passes
    this.delimiter = delimiter
    this.#passes = passes.map(pairPass)
    this.sha256 = hashOf(passes, delimiter)
  }

  /** A phrase as the word that it becomes, such as `new_york`. */
  written({ left, right }: Phrase): string {
    return `${Buffer.from(left).toString('utf8')}${this.delimiter}${Buffer.from(right).toString('utf8')}`
  }

  /** A sink that joins words on their way to another. It has a state: one text at a time. */
  filter(sink: TokenSink): TokenSink {
    const delimiter = Buffer.from(this.delimiter)
    return this.#passes.reduceRight((next, pass) => joinPairs(pass, delimiter, next), sink)
  }

  /** The words of a sentence, joined. */
  apply(sentence: Iterable<string>): string[] {
    const joined: string[] = []
    const filter = this.filter({
      token: (buffer, begin, end) => joined.push(Buffer.from(buffer.subarray(begin, end)).toString('utf8')),
      endSentence: () => {},
    })
    for (const word of sentence) {
      const bytes = Buffer.from(word)
      filter.token(bytes, 0, bytes.length)
    }
    filter.endSentence()
    return joined
  }
}

/** The phrases of a pass, ready to be looked up. */
interface PairPass {
  /** All words of its phrases. */
  readonly words: WordTable
  readonly pairs: PairTable
  /** 1 for the words that are the left of a phrase. */
  readonly isLeft: Uint8Array
}

function pairPass(phrases: readonly Phrase[]): PairPass {
  const words = new WordTable()
  const pairs = new PairTable(phrases.length)
  for (const { left, right } of phrases)
    pairs.add(words.addBytes(left, 0, left.length), words.addBytes(right, 0, right.length))
  const isLeft = new Uint8Array(words.count)
  for (let pair = 0; pair < pairs.count; pair++) isLeft[pairs.leftAt(pair)] = 1
  return { words, pairs, isLeft }
}

/** A word that may begin a phrase waits, copied, until the next has come. */
function joinPairs({ words, pairs, isLeft }: PairPass, delimiter: Uint8Array, sink: TokenSink): TokenSink {
  let held = new Uint8Array(256)
  let length = 0
  let waiting = -1
  const append = (buffer: Uint8Array, begin: number, end: number): void => {
    if (length + end - begin > held.length) {
      const larger = new Uint8Array(Math.max(length + end - begin, held.length * 2))
      larger.set(held)
      held = larger
    }
    for (let i = begin; i < end; i++) held[length++] = buffer[i]!
  }
  const release = (): void => {
    sink.token(held, 0, length)
    waiting = -1
    length = 0
  }
  return {
    token(buffer, begin, end) {
      const word = words.indexOfBytes(buffer, begin, end)
      if (waiting >= 0) {
        const isPhrase = word >= 0 && pairs.indexOf(waiting, word) >= 0
        if (isPhrase) {
          append(delimiter, 0, delimiter.length)
          append(buffer, begin, end)
        }
        release()
        if (isPhrase) return
      }
      if (word >= 0 && isLeft[word] === 1) {
        append(buffer, begin, end)
        waiting = word
      } else sink.token(buffer, begin, end)
    },
    endSentence() {
      if (waiting >= 0) release()
      sink.endSentence()
    },
  }
}

/** Every part is preceded by its length, so that no two models read the same. */
function hashOf(passes: readonly (readonly Phrase[])[], delimiter: string): string {
  const hash = createHash('sha256')
  const put = (bytes: Uint8Array): void => {
    hash.update(`${bytes.length}:`).update(bytes)
  }
  put(Buffer.from(delimiter))
  for (const phrases of passes) {
    hash.update(`pass ${phrases.length}\n`)
    for (const { left, right } of phrases) {
      put(left)
      put(right)
    }
  }
  return hash.digest('hex')
}
