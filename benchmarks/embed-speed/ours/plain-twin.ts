/**
 * Skip-gram with negative sampling by the plain TypeScript twin of the kernel, one thread, on the first 200,000 words;
 * prints one JSON line. The same memory, tables and numbers as the kernel, only the hot loop is TypeScript.
 *
 *   plain-twin.ts --corpus FILE
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  buildEmbeddingVocabulary,
  countWords,
  createTrainingMemory,
  encodeCorpus,
  referenceTrain,
} from '@elman/embeddings'

const DIMENSIONS = 100
const BATCH_IDS = 12_288
const RATE = 0.025
const MOST_WORDS = 200_000

const { values } = parseArgs({ options: { corpus: { type: 'string' } } })
if (values.corpus === undefined) throw new Error('give a text: --corpus FILE')

const folder = mkdtempSync(join(tmpdir(), 'elman-plain-twin-'))
try {
  const vocabulary = buildEmbeddingVocabulary(await countWords([values.corpus], {}), {})
  const { words, counts } = vocabulary
  const corpus = await encodeCorpus([values.corpus], vocabulary, join(folder, 'corpus.ids'), {})
  const memory = createTrainingMemory({
    counts,
    dimensions: DIMENSIONS,
    inputRows: words.count,
    outputRows: words.count,
    architecture: 'skip-gram',
    loss: 'negative-sampling',
    window: 5,
    shrinkWindow: true,
    negative: 5,
    negativeExponent: 0.75,
    negativeSharing: 'none',
    sample: 1e-3,
    cbowMean: true,
    predicts: 'centre',
    workers: 1,
    batchIds: BATCH_IDS,
  })
  // Any small first values will do for a speed; rows are padded with zeros.
  for (let row = 0; row < words.count; row++)
    for (let i = 0; i < DIMENSIONS; i++)
      memory.input[row * memory.stride + i] = Math.sin(row * DIMENSIONS + i) / (2 * DIMENSIONS)
  const bytes = readFileSync(corpus.path)
  const ids = new Int32Array(bytes.buffer, bytes.byteOffset, corpus.ids)
  const begin = performance.now()
  let trained = 0
  for (let position = 0; position < ids.length && trained < MOST_WORDS; ) {
    let end = Math.min(position + BATCH_IDS, ids.length)
    while (ids[end - 1] !== -1) end--
    memory.workers[0]!.ids.set(ids.subarray(position, end))
    referenceTrain(memory, memory.workers[0]!, end - position, RATE * (1 - position / ids.length))
    trained += ids.subarray(position, end).filter(id => id !== -1).length
    position = end
  }
  const seconds = (performance.now() - begin) / 1000
  console.log(
    JSON.stringify({
      rate: trained / seconds,
      seconds,
      words: trained,
      epochs: 1,
      version: `elman, Node ${process.version}`,
    }),
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
