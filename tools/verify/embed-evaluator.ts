import type { Check } from './check.ts'
import { runTests } from './vitest.ts'

/** Scores beside gensim's. */
export const embedEvaluator: Check = {
  name: 'embed-evaluator',
  claim:
    "scores on word similarity and analogy sets equal gensim's evaluate_word_pairs and evaluate_word_analogies on the same vectors, under both of its rules for unknown words and two restrictions of the vocabulary",
  tolerance: '1e-6; analogies exact',
  duration: '10 s',
  needs: 'embeddings/ for the public sets; without it only the sets of our own are compared',
  async run({ note }) {
    const counts = await runTests(['packages/embeddings/src/evaluate'], note)
    return { measured: { ...counts }, pass: counts.ended && counts.failed === 0 && counts.passed > 10 }
  },
}
