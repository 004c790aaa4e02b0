/** Cutting a tensor into pieces along an axis. */
import { allocate, type DType, type Shape, sizeOf, type TypedArray } from '@elman/core'
import type { DeviceTensor } from '../device/device.ts'
import type { KernelContext } from './context.ts'

/** Pieces of the given sizes along an axis. */
export function cut(
  context: KernelContext,
  x: DeviceTensor,
  axis: number,
  sizes: readonly number[],
): DeviceTensor[] {
  if (sizes.length === 1) return [context.same(x)]
  return context.engineName === 'wasm'
    ? cutOnHost(context, x, axis, sizes)
    : context.runAll('SplitV', { x }, { numOrSizeSplits: [...sizes], axis })
}

/** The items of the first axis, each without it. */
export function unstack(context: KernelContext, x: DeviceTensor): DeviceTensor[] {
  if (context.engineName !== 'wasm') return context.runAll('Unpack', { value: x }, { axis: 0 })
  const [length, ...shape] = x.shape as [number, ...number[]]
  const ones = Array.from({ length }, () => 1)
  return cutOnHost(context, x, 0, ones).map(piece => context.reshape(piece, shape))
}

/**
 * On wasm, whose memory is the host's anyway: its kernels copy the whole operand for each piece, so that taking the
 * steps of a sequence would take time in the square of its length. Here it is copied out once.
 */
function cutOnHost(
  context: KernelContext,
  x: DeviceTensor,
  axis: number,
  sizes: readonly number[],
): DeviceTensor[] {
  const dtype = x.dtype as DType
  const data = x.dataSync() as TypedArray
  const shape: Shape = x.shape
  const blocks = sizeOf(shape.slice(0, axis))
  const width = sizeOf(shape.slice(axis))
  const item = sizeOf(shape.slice(axis + 1))
  let at = 0
  return sizes.map(size => {
    const part = size * item
    const piece = blocks === 1 ? data.subarray(at, at + part) : allocate(dtype, blocks * part)
    for (let block = 0; blocks > 1 && block < blocks; block++) {
      const start = block * width + at
      piece.set(data.subarray(start, start + part) as never, block * part)
    }
    at += part
    return context.upload({ dtype, shape: shape.with(axis, size), data: piece })
  })
}
