import type { Check } from './check.ts'
import { runTests } from './vitest.ts'

/** What the regularisers of AWD-LSTM must do, and its training step beside PyTorch's. */
export const awdProperties: Check = {
  name: 'awd-properties',
  claim:
    "locked, embedding and weight dropout, the penalties on activations, variable windows and non-monotone averaging behave as their papers say; five AWD training steps with fixed masks equal PyTorch's in losses, gradient norms, parameters and averages",
  tolerance: '1e-10 in float64',
  duration: '30 s',
  async run({ note }) {
    const counts = await runTests(
      [
        ...['awd-goldens', 'awd-properties', 'recipes'].map(name => `packages/pretrain/src/recipes/${name}`),
        ...['packages/layers-recurrent/src/dropout', 'packages/core/src/optim/averaging'],
        'packages/text/src/batching/variable-stream',
      ],
      note,
    )
    return { measured: { ...counts }, pass: counts.ended && counts.failed === 0 && counts.passed > 20 }
  },
}
