import type { Check } from './check.ts'
import { runTests } from './vitest.ts'

/** Damaged files of vectors. */
export const embedFuzz: Check = {
  name: 'embed-fuzz',
  claim:
    'files of word vectors that are cut off, lie about counts and lengths, repeat words, hold NaN, bad UTF-8 or noise, in every format, give an error that names the line or byte, or a repair that the report counts; never another error, and no memory taken on the word of the file',
  tolerance: 'none',
  duration: '10 s',
  async run({ note }) {
    const counts = await runTests(
      ['fuzz', 'file-cases', 'error-texts'].map(name => `packages/embeddings/src/files/${name}`),
      note,
    )
    return { measured: { ...counts }, pass: counts.ended && counts.failed === 0 && counts.passed > 20 }
  },
}
