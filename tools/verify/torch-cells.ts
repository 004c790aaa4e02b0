import type { Check } from './check.ts'
import { runTests } from './vitest.ts'

/** Cells beside PyTorch's numbers, which tools/goldens makes. */
export const torchCells: Check = {
  name: 'torch-cells',
  claim:
    "outputs, final states and all gradients equal those of PyTorch's nn.RNN, nn.LSTM (with proj_size) and nn.GRU, one and two layers, one and both directions",
  tolerance: '1e-5 in float32, 1e-10 in float64, relative to 1 + |expected|',
  duration: '2 s',
  async run({ note }) {
    const counts = await runTests(['packages/layers-recurrent/src/pytorch/goldens.test.ts'], note)
    return { measured: { ...counts }, pass: counts.ended && counts.failed === 0 && counts.passed > 0 }
  },
}
