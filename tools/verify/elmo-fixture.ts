import type { Check } from './check.ts'
import { runTests } from './vitest.ts'

/** ELMo beside what its authors published, and beside PyTorch. */
export const elmoFixture: Check = {
  name: 'elmo-fixture',
  claim:
    "AllenNLP's tiny model is read from its HDF5 file, and in float64 the token layer of 458 words and the top layer of 30 sentences, with the state carried from batch to batch, are the published ones; layers, losses, gradients and scalar mixes equal those of PyTorch",
  tolerance:
    '1e-6 relative to 1 + |expected| for the published float32 numbers, whose own test asks for six decimals (1.5e-6, also held); 1e-10 for PyTorch in float64',
  duration: '10 s',
  async run({ note }) {
    const counts = await runTests(
      ['fixture', 'goldens', 'scalar-mix', 'character-ids'].map(
        name => `packages/pretrain/src/elmo/${name}.test.ts`,
      ),
      note,
    )
    return { measured: { ...counts }, pass: counts.ended && counts.failed === 0 && counts.passed >= 17 }
  },
}
