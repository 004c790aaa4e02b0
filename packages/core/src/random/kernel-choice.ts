import { plainKernel, type StreamKernel } from './stream-kernel.ts'
import { compileKernel } from './wasm-kernel.ts'

/** Below this many elements the call and the copy cost more than the plain generator. */
const FAST_FROM = 48

/** The one compiled kernel of this thread: made at first need, never changed. */
let compiled: StreamKernel | undefined

/** The faster kernel for `count` elements; the bits are the same whichever it is. */
export function kernelFor(count: number): StreamKernel {
  if (count < FAST_FROM) return plainKernel
  compiled ??= compileKernel() ?? plainKernel
  return compiled
}
