/** A corpus as a bidirectional language model reads it: sentences of tokens, and the words that its softmax predicts. */
import { ElmanError } from '@elman/core'
import type { Corpus, SplitName } from '@elman/text'
import { BEGIN_SENTENCE, characterIds, END_SENTENCE } from './character-ids.ts'

/** Words that the softmax predicts. */
export interface ClassRules {
  /** Most words, the two ends of a sentence and `<UNK>` included. */
  readonly maximumSize?: number | undefined
  /** Rarer words are `<UNK>`. */
  readonly minimumCount: number
}

/** Ids of all tokens: the two ends, then the vocabulary of the corpus. */
export const END_ID = 0

/** Id of the begin of a sentence. */
export const BEGIN_ID = 1

/** Id of the first word of the corpus's vocabulary. */
export const FIRST_WORD = 2

/** Class of words that the softmax has none for. */
export const UNKNOWN_CLASS = 2

/** Sentences by ids, one behind the other. */
export interface SentenceList {
  /** All sentences' ids, without ends. */
  readonly ids: Int32Array
  /** Where each begins, and where the last ends. */
  readonly starts: Int32Array
}

/** A corpus for a bidirectional language model. */
export interface ElmoCorpus {
  /** Text of each id; those of the two ends are `</S>` and `<S>`. */
  readonly tokens: readonly string[]
  /** Character ids of each id (ids, maxCharacters). */
  readonly characters: Int32Array
  readonly maxCharacters: number
  /** Class of each id, which the softmax predicts. */
  readonly classes: Int32Array
  /** Text of each class, most frequent first after `</S>`, `<S>`, `<UNK>`: the order of bilm-tf's vocabulary files. */
  readonly classTokens: readonly string[]
  readonly splits: { readonly train: SentenceList } & { readonly [name in SplitName]?: SentenceList }
}

/**
 * Cuts a corpus into sentences at its `<eos>`: lines. Tokens keep their characters whether or not the softmax has a
 * class for them; only those that the corpus itself lacks are read as `<unk>`.
 *
 * @throws `ELMO_CORPUS_UNFIT` for a corpus of characters or without ends of lines
 */
export function elmoCorpus(corpus: Corpus, maxCharacters: number, rules: ClassRules): ElmoCorpus {
  const { vocabulary } = corpus
  const { endOfSentence, unknown } = vocabulary
  if (vocabulary.unit !== 'word' || endOfSentence === undefined) throw unfit(vocabulary.unit)
  const tokens = [END_SENTENCE, BEGIN_SENTENCE, ...vocabulary.tokens]
  const classTokens = [END_SENTENCE, BEGIN_SENTENCE, '<UNK>']
  const classes = new Int32Array(tokens.length).fill(UNKNOWN_CLASS)
  classes[END_ID] = 0
  classes[BEGIN_ID] = 1
  for (const [id, token] of vocabulary.tokens.entries()) {
    if (classTokens.length >= (rules.maximumSize ?? Number.POSITIVE_INFINITY)) break
    if (id === endOfSentence || id === unknown || vocabulary.counts[id]! < rules.minimumCount) continue
    classes[id + FIRST_WORD] = classTokens.length
    classTokens.push(token)
  }
  const characters = new Int32Array(tokens.length * maxCharacters)
  for (const [id, token] of tokens.entries())
    characters.set(characterIds(token, maxCharacters), id * maxCharacters)
  const splits: { [name in SplitName]?: SentenceList } = {}
  for (const [name, text] of Object.entries(corpus.splits)) {
    splits[name as SplitName] = sentencesOf(text.ids, endOfSentence)
  }
  return {
    ...{ tokens, characters, maxCharacters, classes, classTokens },
    splits: splits as ElmoCorpus['splits'],
  }
}

/** Sentences between ends; empty ones are left out. */
function sentencesOf(text: Int32Array, end: number): SentenceList {
  const ids = new Int32Array(text.length)
  const starts: number[] = []
  let length = 0
  let start = 0
  for (const id of text) {
    if (id !== end) {
      ids[length] = id + FIRST_WORD
      length += 1
    } else if (length > start) {
      starts.push(start)
      start = length
    }
  }
  if (length > start) starts.push(start)
  return { ids: ids.slice(0, length), starts: Int32Array.from([...starts, length]) }
}

/** Sentences in a list. */
export function sentenceCount({ starts }: SentenceList): number {
  return starts.length - 1
}

/** Predictions of one direction: every token of a sentence, and its end. */
export function predictionCount(list: SentenceList): number {
  return list.ids.length + sentenceCount(list)
}

function unfit(unit: string): ElmanError {
  return new ElmanError('ELMO_CORPUS_UNFIT', {
    message: 'ELMo reads sentences of words',
    expected: 'a corpus of unit "word" whose lines end in <eos>',
    found: unit === 'word' ? 'words without ends of lines' : `unit "${unit}"`,
    where: 'corpus',
  })
}
