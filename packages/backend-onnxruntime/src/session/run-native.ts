// How results reach the caller's buffers without a copy.
//
// onnxruntime-node 1.30 lets kernels write into preallocated outputs, and then still makes a new ArrayBuffer for each and
// copies the result there: 16 ms for 80 MB of parameters. The copying goes through the outputs in model order and stops
// at the first that is not a tensor, after all kernels have run. A model encoded with `writesIntoBuffers` has such an
// output in front. So a run that ends in exactly that complaint has filled all buffers and copied nothing. Whether it
// really has is checked in the first run of each session (`leftBlank`); where it has not, the session copies as usual.
import type { NdArray } from '@elman/core'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { DISCARD_OUTPUT } from '../onnx/encode-model.ts'

const COMPLAINT = 'Non tensor type is temporarily not supported.'
const MARK = 0xa5

// The complaint costs 8 µs; a copied output 0.6 µs and 0.2 ns a byte.
const MANY_OUTPUTS = 12
const MANY_BYTES = 32_768

/** Whether {@link runIntoBuffers} is faster than letting the results be copied. */
export function worthAvoidingCopies(buffers: readonly NdArray[]): boolean {
  return (
    buffers.length >= MANY_OUTPUTS ||
    buffers.reduce((sum, { data }) => sum + data.byteLength, 0) >= MANY_BYTES
  )
}

/** Runs and leaves the results in `fetches`, which must hold a tensor for every wanted output (and gets one entry more). */
export async function runIntoBuffers(
  session: InferenceSession,
  feeds: InferenceSession.FeedsType,
  fetches: Record<string, Tensor | null>,
): Promise<void> {
  try {
    fetches[DISCARD_OUTPUT] = null
    await session.run(feeds, fetches)
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes(COMPLAINT)) throw error
  }
}

/** Marks the first element of each buffer before a run. */
export function markBlank(buffers: readonly NdArray[]): void {
  for (const { data } of buffers) firstElement(data).fill(MARK)
}

/** Whether some buffer still carries the mark of {@link markBlank}: nothing was written there. */
export function leftBlank(buffers: readonly NdArray[]): boolean {
  return buffers.some(({ data }) => data.length > 0 && firstElement(data).every(byte => byte === MARK))
}

function firstElement(data: NdArray['data']): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, Math.min(data.byteLength, data.BYTES_PER_ELEMENT))
}
