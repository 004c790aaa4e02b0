/**
 * Sequences for training out of documents (create_pretraining_data.py): none holds text of two documents unless the
 * second text is a random one, as next-sentence prediction wants for half of them.
 */
import { ElmanError, type Key, random } from '@elman/core'
import { documentCount, type TokenDocuments } from './token-documents.ts'

/** Tokens from `from` up to, without, `to`. */
export type TokenRange = readonly [from: number, to: number]

/** A sequence: `[CLS] first [SEP]`, or `[CLS] first [SEP] second [SEP]`. */
export interface LaidOutSequence {
  readonly first: TokenRange
  readonly second?: TokenRange | undefined
  /** Whether `second` follows `first`; false for a random one. */
  readonly isNext: boolean
}

/** How sequences are laid out. */
export interface LayoutOptions {
  /** Tokens of a sequence at most, special ones counted. */
  readonly length: number
  /** Whether there are two texts, the second one the next in half of the cases. */
  readonly nextSentence: boolean
  /** Probability that a sequence is meant to be shorter, by a length drawn evenly; BERT's is 0.1. */
  readonly shortSequences: number
}

/** Tries for another document before a text of the same one is taken for a random one. */
const TRIES = 10

/**
 * Lays out one pass over the documents. The same key gives the same sequences.
 *
 * With one text sequences are filled with whole sentences; what does not fit into one of its own is cut and goes on in
 * the next, so that every token comes once. With two, as in the original code, pairs that are too long lose tokens at a
 * random end, and what a random text has displaced comes again.
 *
 * @throws `MASKED_LM_NO_TEXT`; `MASKED_LM_ONE_DOCUMENT` when random next sentences have no other document to come from
 */
export function layOutSequences(
  documents: TokenDocuments,
  options: LayoutOptions,
  key: Key,
): LaidOutSequence[] {
  if (documentCount(documents) === 0) {
    throw new ElmanError('MASKED_LM_NO_TEXT', {
      message: 'a text has no documents for a masked language model',
      hint: 'give files with lines of text',
    })
  }
  if (options.nextSentence && documentCount(documents) === 1) throw oneDocument()
  const sequences: LaidOutSequence[] = []
  for (let document = 0; document < documentCount(documents); document++) {
    const own = random.foldIn(key, document)
    if (options.nextSentence) sequences.push(...pairsOf(documents, document, options, own))
    else sequences.push(...singlesOf(documents, document, options, own))
  }
  return sequences
}

/** Length that a sequence is filled to, of which `room` are tokens of the text. */
function targetLength(key: Key, room: number, least: number, shortSequences: number): number {
  if (shortSequences === 0) return room
  const [chance, length] = random.uniform(random.foldIn(key, 0), 2, 'float64')
  if (chance! >= shortSequences) return room
  return Math.min(room, least + Math.floor(length! * (room - least + 1)))
}

function singlesOf(
  { sentences, documents }: TokenDocuments,
  document: number,
  { length, shortSequences }: LayoutOptions,
  key: Key,
): LaidOutSequence[] {
  const [begin, stop] = [documents[document]!, documents[document + 1]!]
  const end = sentences[stop]!
  const found: LaidOutSequence[] = []
  let next = begin + 1
  for (let from = sentences[begin]!; from < end; ) {
    const target = targetLength(random.foldIn(key, found.length), length - 2, 1, shortSequences)
    while (sentences[next]! <= from) next += 1
    let to = Math.min(end, from + target)
    if (sentences[next]! <= to) {
      while (next < stop && sentences[next + 1]! <= to) next += 1
      to = sentences[next]!
    }
    found.push({ first: [from, to], isNext: true })
    from = to
  }
  return found
}

function pairsOf(
  text: TokenDocuments,
  document: number,
  { length, shortSequences }: LayoutOptions,
  key: Key,
): LaidOutSequence[] {
  const { sentences, documents } = text
  const room = length - 3
  const found: LaidOutSequence[] = []
  const stop = documents[document + 1]!
  for (let begin = documents[document]!; begin < stop; ) {
    const own = random.foldIn(key, found.length)
    const target = targetLength(own, room, 2, shortSequences)
    let end = begin + 1
    while (end < stop && sentences[end]! - sentences[begin]! < target) end += 1
    const count = end - begin
    const [cut, chance] = random.uniform(random.foldIn(own, 1), 2, 'float64')
    const middle = begin + (count < 2 ? 1 : 1 + Math.floor(cut! * (count - 1)))
    const first: TokenRange = [sentences[begin]!, sentences[middle]!]
    const isNext = count > 1 && chance! >= 0.5
    const second: TokenRange = isNext
      ? [sentences[middle]!, sentences[end]!]
      : otherText(text, document, target - (first[1] - first[0]), random.foldIn(own, 2))
    found.push({ ...truncated(first, second, room, random.foldIn(own, 3)), isNext })
    begin = isNext ? end : middle
  }
  return found
}

/** Sentences from a random place of another document until there are as many tokens as wanted. */
function otherText(text: TokenDocuments, document: number, wanted: number, key: Key): TokenRange {
  const { sentences, documents } = text
  const tries = random.integersBelow(random.foldIn(key, 0), TRIES, documentCount(text))
  const other = tries.find(drawn => drawn !== document) ?? (document + 1) % documentCount(text)
  const [begin, stop] = [documents[other]!, documents[other + 1]!]
  const start = begin + random.integerBelow(random.foldIn(key, 1), stop - begin)
  let end = start + 1
  while (end < stop && sentences[end]! - sentences[start]! < wanted) end += 1
  return [sentences[start]!, sentences[end]!]
}

/** Takes tokens from a random end of the longer text until both fit. */
function truncated(first: TokenRange, second: TokenRange, room: number, key: Key) {
  const ranges: [[number, number], [number, number]] = [[...first], [...second]]
  const size = (at: 0 | 1) => ranges[at][1] - ranges[at][0]
  const excess = Math.max(0, size(0) + size(1) - room)
  for (const chance of random.uniform(key, excess, 'float64')) {
    const longer = ranges[size(0) > size(1) ? 0 : 1]
    if (chance < 0.5) longer[0] += 1
    else longer[1] -= 1
  }
  return { first: ranges[0] as TokenRange, second: ranges[1] as TokenRange }
}

function oneDocument(): ElmanError {
  return new ElmanError('MASKED_LM_ONE_DOCUMENT', {
    message: 'next-sentence prediction needs other documents for the sentences that are not the next',
    expected: 'two documents at least in every split',
    found: 'one',
    hint: 'choose how documents are told apart by "documents", or leave next-sentence prediction out',
  })
}
