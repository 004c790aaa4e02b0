/**
 * Counts the words of a file and writes it as ids, as a training does first; prints one JSON line with words a second of
 * both together (all words of the file).
 *
 *   vocabulary.ts --corpus FILE
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildEmbeddingVocabulary, countWords, encodeCorpus } from '@elman/embeddings'

const { values } = parseArgs({ options: { corpus: { type: 'string' } } })
if (values.corpus === undefined) throw new Error('give a text: --corpus FILE')

const folder = mkdtempSync(join(tmpdir(), 'elman-vocabulary-'))
try {
  const begin = performance.now()
  const counts = await countWords([values.corpus], {})
  const counted = performance.now()
  const vocabulary = buildEmbeddingVocabulary(counts, {})
  await encodeCorpus([values.corpus], vocabulary, join(folder, 'corpus.ids'), {})
  const seconds = (performance.now() - begin) / 1000
  console.log(
    JSON.stringify({
      rate: counts.tokens / seconds,
      seconds,
      countingSeconds: (counted - begin) / 1000,
      words: counts.tokens,
      version: `elman, Node ${process.version}`,
    }),
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
