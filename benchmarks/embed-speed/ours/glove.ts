/**
 * Trains GloVe on counts that are kept in a folder (made at the first call) and prints one JSON line with records a
 * second of the training loop.
 *
 *   glove.ts --corpus FILE --folder DIR [--workers 1] [--iterations 5] [--window 10] [--x-max 10]
 */
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  buildEmbeddingVocabulary,
  countCooccurrences,
  countWords,
  encodeCorpus,
  openCooccurrences,
  trainGlove,
} from '@elman/embeddings'

const { values } = parseArgs({
  options: {
    corpus: { type: 'string' },
    folder: { type: 'string' },
    workers: { type: 'string', default: '1' },
    iterations: { type: 'string', default: '5' },
    window: { type: 'string', default: '10' },
    'x-max': { type: 'string', default: '10' },
  },
})
const { corpus: path } = values
if (path === undefined || values.folder === undefined) throw new Error('give --corpus FILE and --folder DIR')

const folder = join(values.folder, `elman-glove-${basename(path)}-${statSync(path).size}-${values.window}`)
mkdirSync(folder, { recursive: true })
const vocabulary = buildEmbeddingVocabulary(await countWords([path], {}), {})
const records = join(folder, 'cooccurrences.bin')
if (!existsSync(`${records}.json`)) {
  const corpus = await encodeCorpus([path], vocabulary, join(folder, 'corpus.ids'), {})
  await countCooccurrences(corpus, vocabulary.words.count, { folder, window: Number(values.window) })
}
const { report } = await trainGlove(await openCooccurrences(records), vocabulary, {
  dimensions: 100,
  iterations: Number(values.iterations),
  xMax: Number(values['x-max']),
  workers: Number(values.workers),
})
console.log(
  JSON.stringify({ rate: report.recordsPerSecond, version: `elman, Node ${process.version}`, report }),
)
