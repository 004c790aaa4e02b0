/**
 * PPMI and truncated SVD of a text, from reading it to the vectors; prints one JSON line, the rate in texts a second.
 *
 *   ppmi-svd.ts --corpus FILE
 */
import { parseArgs } from 'node:util'
import { trainWordVectors } from '@elman/embeddings'

const { values } = parseArgs({ options: { corpus: { type: 'string' } } })
if (values.corpus === undefined) throw new Error('give a text: --corpus FILE')

const begin = performance.now()
const { report } = await trainWordVectors({
  files: [values.corpus],
  method: { type: 'ppmi-svd', dimensions: 100 },
})
const seconds = (performance.now() - begin) / 1000
console.log(JSON.stringify({ rate: 1 / seconds, seconds, version: `elman, Node ${process.version}`, report }))
