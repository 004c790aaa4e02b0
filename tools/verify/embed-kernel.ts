import type { Check } from './check.ts'
import { runTests } from './vitest.ts'

/** The WebAssembly kernels beside their TypeScript twins and their sources. */
export const embedKernel: Check = {
  name: 'embed-kernel',
  claim:
    'the WebAssembly kernels of word vectors (training, GloVe, products, sparse products) give the bits of their TypeScript twins, their gradients those of finite differences, and the bytes that are shipped are those that assembly/ compiles to',
  tolerance: 'none between kernel and twin; 1e-4 relative for finite differences',
  duration: '30 s',
  async run({ note }) {
    const counts = await runTests(['packages/embeddings/src/kernels'], note)
    return { measured: { ...counts }, pass: counts.ended && counts.failed === 0 && counts.passed > 20 }
  },
}
