/**
 * Trains one of our methods on a file of one sentence a line and prints one JSON line; writes the vectors if asked.
 *
 *   train.ts --corpus FILE [--method JSON] [--workers 1] [--seed 1] [--out VECTORS.bin]
 */
import { parseArgs } from 'node:util'
import { trainWordVectors, writeWordVectors } from '@elman/embeddings'

const { values } = parseArgs({
  options: {
    corpus: { type: 'string' },
    method: { type: 'string', default: '{"type":"word2vec"}' },
    workers: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
})
if (values.corpus === undefined) throw new Error('give a text: --corpus FILE')

const begin = performance.now()
const { vectors, report } = await trainWordVectors({
  files: [values.corpus],
  method: JSON.parse(values.method) as { type: string },
  workers: Number(values.workers),
  seed: Number(values.seed),
})
const seconds = (performance.now() - begin) / 1000
if (values.out !== undefined) await writeWordVectors(values.out, vectors, { format: 'word2vec-binary' })
console.log(
  JSON.stringify({
    // Counting methods have no rate of their own.
    rate: report.wordsPerSecond ?? report.recordsPerSecond ?? 1 / seconds,
    seconds,
    version: `elman, Node ${process.version}`,
    report,
  }),
)
