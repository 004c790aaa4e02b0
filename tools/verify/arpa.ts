import type { Check } from './check.ts'
import { runTests } from './vitest.ts'

/** n-gram models and their files. */
export const arpa: Check = {
  name: 'arpa',
  claim:
    'Katz and absolute discounting give the figures of an independent script; ARPA files that SRILM and KenLM lay out are read to the same probabilities, files that are written read back exactly, damaged ones name the line; Kneser-Ney with a unigram cache reaches 125.15 on Penn Treebank',
  tolerance: 'printed digits; 0.005 in perplexity',
  duration: '2 min',
  needs: 'ptb/ for the perplexities; without it they are left out',
  async run({ note }) {
    const counts = await runTests(['packages/pretrain/src/ngram', 'packages/pretrain/src/mixture'], note)
    return { measured: { ...counts }, pass: counts.ended && counts.failed === 0 && counts.passed > 20 }
  },
}
