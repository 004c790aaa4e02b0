/**
 * Sentences packed one behind the other into rows, without padding, and read window by window with the state carried
 * (bilm-tf). The backward model is given the same sentences in the same order, each with its tokens in reverse; so it
 * reads from left to right as well.
 */
import { type Batch, type BatchSource, type JsonValue, type NdArray, ndArray, random } from '@elman/core'
import {
  BEGIN_ID,
  type ElmoCorpus,
  END_ID,
  predictionCount,
  type SentenceList,
  sentenceCount,
} from './elmo-corpus.ts'

/** All predictions of a text in one line: what is read and what comes next, by id. */
export interface PackedSentences {
  readonly forward: { readonly input: Int32Array; readonly target: Int32Array }
  readonly backward: { readonly input: Int32Array; readonly target: Int32Array }
  /** Where sentences begin, ascending. */
  readonly starts: Int32Array
}

/** Packs sentences in an order: by n + 1 predictions for n tokens. */
export function packSentences(list: SentenceList, order?: Int32Array): PackedSentences {
  const count = predictionCount(list)
  const line = () => ({ input: new Int32Array(count), target: new Int32Array(count) })
  const packed = { forward: line(), backward: line(), starts: new Int32Array(sentenceCount(list)) }
  let at = 0
  for (let place = 0; place < packed.starts.length; place++) {
    const sentence = order?.[place] ?? place
    const tokens = list.ids.subarray(list.starts[sentence]!, list.starts[sentence + 1]!)
    packed.starts[place] = at
    for (let step = 0; step <= tokens.length; step++, at++) {
      const back = tokens.length - step
      packed.forward.input[at] = step === 0 ? BEGIN_ID : tokens[step - 1]!
      packed.forward.target[at] = step === tokens.length ? END_ID : tokens[step]!
      packed.backward.input[at] = step === 0 ? END_ID : tokens[back]!
      packed.backward.target[at] = step === tokens.length ? BEGIN_ID : tokens[back - 1]!
    }
  }
  return packed
}

/** Where each row begins: the first sentence that starts at or after its share, from the front for the first. */
export function rowStarts({ starts, forward }: PackedSentences, rows: number): number[] {
  const total = forward.input.length
  return Array.from({ length: rows }, (_, row) => {
    const share = (row * total) / rows
    return starts.find(start => start >= share) ?? 0
  })
}

/** Shape of a window. */
export interface PackedWindowShape {
  readonly batch: number
  readonly time: number
}

/**
 * The arrays of a window from the place in the line that each row and step reads: `characters` (distinct tokens,
 * maxCharacters) with `forward` and `backward` (time, batch) that index it, and the classes `forwardTarget` and
 * `backwardTarget`. The distinct tokens are filled up to one of four numbers: each is a graph of its own.
 *
 * @param places - (time, batch); −1 where nothing is read.
 */
export function windowArrays(
  corpus: ElmoCorpus,
  packed: PackedSentences,
  { batch, time }: PackedWindowShape,
  places: Int32Array,
): { readonly [name: string]: NdArray } {
  const size = time * batch
  const numbers = new Map<number, number>()
  const index = (ids: Int32Array): NdArray => {
    const data = new Int32Array(size)
    for (let i = 0; i < size; i++) {
      const id = places[i]! < 0 ? END_ID : ids[places[i]!]!
      if (!numbers.has(id)) numbers.set(id, numbers.size)
      data[i] = numbers.get(id)!
    }
    return ndArray('int32', [time, batch], data)
  }
  const classes = (ids: Int32Array): NdArray => {
    const data = Int32Array.from(places, place => (place < 0 ? 0 : corpus.classes[ids[place]!]!))
    return ndArray('int32', [time, batch], data)
  }
  const [forward, backward] = [index(packed.forward.input), index(packed.backward.input)]
  const { maxCharacters, characters } = corpus
  const distinct = distinctExtent(numbers.size, size)
  const table = new Int32Array(distinct * maxCharacters)
  for (const [id, number] of numbers) {
    table.set(characters.subarray(id * maxCharacters, (id + 1) * maxCharacters), number * maxCharacters)
  }
  return {
    characters: ndArray('int32', [distinct, maxCharacters], table),
    ...{ forward, backward },
    forwardTarget: classes(packed.forward.target),
    backwardTarget: classes(packed.backward.target),
  }
}

/** The smallest of four extents that takes so many distinct tokens of a window of `size` places. */
export function distinctExtent(distinct: number, size: number): number {
  const quarter = Math.ceil(size / 2) // two directions
  return Math.ceil(distinct / quarter) * quarter
}

/** Options of {@link sentenceSource}. */
export interface SentenceSourceOptions extends PackedWindowShape {
  readonly seed: number
  /** Whether each pass reads the sentences in an order of its own. */
  readonly shuffle: boolean
}

/**
 * Windows of the training sentences without end. Each row reads on from the sentence at which it begins; in a pass
 * each reads as many windows as its share has, so that a few tokens at the borders between rows are read twice or
 * not at all.
 */
export function sentenceSource(corpus: ElmoCorpus, options: SentenceSourceOptions): BatchSource {
  const { batch, time, seed, shuffle } = options
  const list = corpus.splits.train
  const total = predictionCount(list)
  const perPass = Math.max(1, Math.floor(total / (batch * time)))
  const key = random.foldIn(random.key(seed), 'sentences')
  let next = 0
  let pass = -1
  let packed: PackedSentences | undefined
  let starts: number[] = []
  const enter = (wanted: number) => {
    if (pass === wanted) return
    const count = sentenceCount(list)
    const order = shuffle ? random.permutation(random.foldIn(key, wanted), count) : undefined
    packed = packSentences(list, order)
    starts = rowStarts(packed, batch)
    pass = wanted
  }
  return {
    batchesPerEpoch: perPass,
    next() {
      enter(Math.floor(next / perPass))
      const first = (next % perPass) * time
      const places = new Int32Array(time * batch)
      for (let step = 0; step < time; step++) {
        for (let row = 0; row < batch; row++) {
          places[step * batch + row] = (starts[row]! + first + step) % total
        }
      }
      const startsEpoch = next % perPass === 0
      next += 1
      const arrays: Batch = windowArrays(corpus, packed!, { batch, time }, places)
      return { arrays, tokens: time * batch, startsEpoch }
    },
    position: (): JsonValue => ({ batches: next }),
    restore(position) {
      next = (position as { readonly batches: number }).batches
    },
  }
}
