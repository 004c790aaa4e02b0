/**
 * Writes the files that `embed-files.py check` reads with gensim and fasttext, into the folder given:
 * `node --conditions=elman-source --import tsx tools/goldens/embed-files.ts DIR`.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readFastText, WordTable, WordVectors, writeFastText, writeWordVectors } from '@elman/embeddings'

const folder = process.argv[2]!
const fixtures = join(import.meta.dirname, '../../packages/embeddings/src/files/fixtures')
const words = ['the', 'größer', '東京', 'a\u00a0b', '</s>', '0.5', 'naïve']
const dimensions = 7
const matrix = Float32Array.from(
  { length: words.length * dimensions },
  (_, i) => Math.sin(i * 1.7) * 10 ** ((i % 5) - 3),
)
const vectors = new WordVectors({ words: WordTable.of(words), dimensions, matrix })

await writeFile(
  join(folder, 'expected.json'),
  JSON.stringify({ words, matrix: words.map((_, row) => [...vectors.row(row)]) }),
)
await writeWordVectors(join(folder, 'exact.txt'), vectors, { format: 'word2vec-text' })
await writeWordVectors(join(folder, 'six-decimals.txt'), vectors, {
  format: 'word2vec-text',
  numbers: 'six-decimals',
})
await writeWordVectors(join(folder, 'glove.txt'), vectors, { format: 'glove' })
await writeWordVectors(join(folder, 'word2vec.bin'), vectors, { format: 'word2vec-binary' })
await writeWordVectors(join(folder, 'no-line-feeds.bin'), vectors, {
  format: 'word2vec-binary',
  lineFeeds: false,
})
await writeWordVectors(join(folder, 'vectors.npy'), vectors, { format: 'npy' })
await writeWordVectors(join(folder, 'vectors.safetensors'), vectors, { format: 'safetensors' })
for (const name of ['skipgram', 'cbow-hs', 'no-subwords', 'supervised'])
  await writeFastText(join(folder, `${name}.bin`), await readFastText(join(fixtures, `${name}.bin`)))
