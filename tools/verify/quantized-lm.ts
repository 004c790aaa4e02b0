import type { Check } from './check.ts'
import { runTests } from './vitest.ts'

/** An exported language model in int8. */
export const quantizedLm: Check = {
  name: 'quantized-lm',
  claim:
    'a language model trained on the bundled text, exported and quantised to int8, is less than a third as large, and its perplexity changes by less than 2 %',
  tolerance: 'upper bounds',
  duration: '2 min',
  async run({ note }) {
    const counts = await runTests(
      ['tests/quantized-lm.test.ts', 'packages/backend-onnxruntime/src/quantize'],
      note,
    )
    return { measured: { ...counts }, pass: counts.ended && counts.failed === 0 && counts.passed > 5 }
  },
}
