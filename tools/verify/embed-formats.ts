import type { Check } from './check.ts'
import { runTests } from './vitest.ts'

/** Files of other tools, and theirs of ours. */
export const embedFormats: Check = {
  name: 'embed-formats',
  claim:
    "files that word2vec.c's formats, gensim and the fastText tool wrote are read to the numbers that they print, also quantised, pruned and supervised models and words that the model never saw; what is written reads back exactly",
  tolerance: '1e-6; binary formats exact',
  duration: '20 s',
  async run({ note }) {
    const counts = await runTests(
      ['round-trip', 'fasttext', 'other-formats', 'file-cases', 'parse-numbers', 'format-numbers'].map(
        name => `packages/embeddings/src/files/${name}`,
      ),
      note,
    )
    return { measured: { ...counts }, pass: counts.ended && counts.failed === 0 && counts.passed > 40 }
  },
}
