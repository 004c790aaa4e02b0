/** Sentences in batches of few shapes, read as they come and given back in their order. */

/** A sentence and its place among all. */
export interface NumberedSentence {
  readonly index: number
  readonly tokens: readonly string[]
}

/** Sentences that are run together. */
export interface SentenceBatch {
  readonly sentences: readonly NumberedSentence[]
  /** Steps of the graph: at least as many as the longest sentence has tokens, its two ends included. */
  readonly time: number
}

/** Extents of time that have a graph: powers of two and the halves between them, from 8 on. */
export function timeBucket(tokens: number): number {
  let extent = 8
  while (extent < tokens) {
    if (extent * 1.5 >= tokens) return extent * 1.5
    extent *= 2
  }
  return extent
}

/** Sentences read ahead, in batches. */
const WINDOW = 16

/**
 * Windows of sentences, each cut into batches of sentences of one bucket, so that the shape that a sentence is run in
 * depends on its own length alone.
 */
export async function* bucketedWindows(
  sentences: Iterable<readonly string[]> | AsyncIterable<readonly string[]>,
  batch: number,
): AsyncGenerator<readonly SentenceBatch[]> {
  for await (const window of windowsOf(sentences, WINDOW * batch)) {
    const buckets = new Map<number, NumberedSentence[]>()
    for (const sentence of window) {
      const time = timeBucket(sentence.tokens.length + 2)
      const bucket = buckets.get(time)
      if (bucket === undefined) buckets.set(time, [sentence])
      else bucket.push(sentence)
    }
    yield [...buckets].flatMap(([time, all]) => cut(all, batch).map(part => ({ sentences: part, time })))
  }
}

/** Batches of sentences as they follow each other; row r of each goes on where row r of the one before ended. */
export async function* orderedWindows(
  sentences: Iterable<readonly string[]> | AsyncIterable<readonly string[]>,
  batch: number,
): AsyncGenerator<readonly SentenceBatch[]> {
  for await (const window of windowsOf(sentences, batch)) {
    const longest = Math.max(...window.map(({ tokens }) => tokens.length + 2))
    yield [{ sentences: window, time: timeBucket(longest) }]
  }
}

async function* windowsOf(
  sentences: Iterable<readonly string[]> | AsyncIterable<readonly string[]>,
  size: number,
): AsyncGenerator<NumberedSentence[]> {
  let window: NumberedSentence[] = []
  let index = 0
  for await (const tokens of sentences) {
    window.push({ index, tokens })
    index += 1
    if (window.length < size) continue
    yield window
    window = []
  }
  if (window.length > 0) yield window
}

function cut<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, part) =>
    list.slice(part * size, (part + 1) * size),
  )
}
