import type { Check } from './check.ts'
import { runTests } from './vitest.ts'

const FOLDER = 'packages/pretrain/src/masked-lm'

/** BERT beside `transformers` and the original optimiser. */
export const bertWeights: Check = {
  name: 'bert-weights',
  claim:
    "random tiny models of transformers are read from safetensors, from parts with an index and from pytorch_model.bin, under every variant of the names, and give its hidden states, scores, loss, gradients and logits of classes, for GELU by erf and by tanh; six updates equal BERT's optimization.py spelled out and torch.optim.AdamW; what is written reads back as the same model",
  tolerance:
    '1e-5 in float32, 1e-10 in float64; 3e-7 for updates of the original code, whose clip has no 1e-6',
  duration: '10 s',
  async run({ note }) {
    const files = ['goldens', 'bert-optimizer', 'model-config', 'hugging-face/files']
    const counts = await runTests(
      files.map(name => `${FOLDER}/${name}.test.ts`),
      note,
    )
    return { measured: { ...counts }, pass: counts.ended && counts.failed === 0 && counts.passed >= 20 }
  },
}
