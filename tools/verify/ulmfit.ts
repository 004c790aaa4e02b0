import type { Check } from './check.ts'
import { runTests } from './vitest.ts'

const FOLDER = 'packages/pretrain/src/ulmfit'

/** Weights under the names of the scripts and of fastai, and what PyTorch computes with them. */
export const ulmfitWeights: Check = {
  name: 'ulmfit-weights',
  claim:
    "language models saved by PyTorch under the names of the ULMFiT scripts and of fastai v1 and v2 give PyTorch's logits; a classifier's training steps with layers unfrozen one after the other and its predictions equal PyTorch's, which reads documents one by one",
  tolerance: '1e-5 in float32 for logits, 1e-9 in float64 for training',
  duration: '15 s',
  async run({ note }) {
    const counts = await runTests([`${FOLDER}/weight-names`, `${FOLDER}/goldens`], note)
    return { measured: { ...counts }, pass: counts.ended && counts.failed === 0 && counts.passed > 10 }
  },
}

/** Schedules, rates and chunks of the paper. */
export const ulmfitSchedule: Check = {
  name: 'ulmfit-schedule',
  claim:
    'the slanted triangle starts and ends at a 32nd of the peak, which it reaches after a tenth of the updates; layers learn 2.6 times slower than those above; the presets hold the published table; reading in chunks equals one pass when all is kept',
  tolerance: '1e-12',
  duration: '20 s',
  async run({ note }) {
    const counts = await runTests([`${FOLDER}/presets`, `${FOLDER}/encoder`], note)
    return { measured: { ...counts }, pass: counts.ended && counts.failed === 0 && counts.passed > 10 }
  },
}
