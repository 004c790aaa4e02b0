import type { Check } from './check.ts'
import { runTests } from './vitest.ts'

/** The forms of the linear recurrences. */
export const linearRecurrence: Check = {
  name: 'linear-recurrence',
  claim:
    'the sequential, parallel-scan and chunked forms of minGRU, minLSTM, RG-LRU, mLSTM, Gated DeltaNet and Mamba-2 agree with each other, with their equations in PyTorch and on ONNX Runtime, gradients too; states start anew at documents',
  tolerance: '1e-9 in float64, 1e-4 in float32',
  duration: '2 min',
  async run({ note }) {
    const counts = await runTests(
      ['packages/layers-recurrent/src/linear', 'tests/linear-recurrence.test.ts'],
      note,
    )
    return { measured: { ...counts }, pass: counts.ended && counts.failed === 0 && counts.passed > 50 }
  },
}
