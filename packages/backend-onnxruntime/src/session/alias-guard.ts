// ONNX Runtime accepts a buffer as both input and output and then computes silently wrong numbers: a kernel overwrites
// what a later kernel still reads. So no run starts before its buffers are known to be apart.
import { ElmanError, type NdArray } from '@elman/core'
import type { SessionValue } from './bound-tensor.ts'

interface Region {
  readonly start: number
  readonly end: number
  readonly name: string
}

/**
 * Refuses output buffers that share memory with an input or with each other.
 *
 * @param inputs - names of the feeds, by position.
 * @param outputs - names of the output buffers, by position; a position without a buffer is undefined.
 * @throws `ORT_ALIASED_BUFFERS` naming both.
 */
export function refuseAliases(
  inputs: readonly SessionValue[],
  feeds: readonly NdArray[],
  outputs: readonly SessionValue[],
  buffers: readonly (NdArray | undefined)[],
  label: string,
): void {
  const written = new Map<ArrayBufferLike, Region[]>()
  for (let i = 0; i < buffers.length; i++) {
    const array = buffers[i]
    if (array === undefined || array.data.byteLength === 0) continue
    const region = regionOf(outputs[i]!.name, array)
    const regions = written.get(array.data.buffer)
    if (regions === undefined) {
      written.set(array.data.buffer, [region])
      continue
    }
    const other = overlapping(regions, region)
    if (other !== undefined) throw aliased(`outputs "${other.name}" and "${region.name}" share memory`, label)
    regions.push(region)
  }
  if (written.size === 0) return
  for (let i = 0; i < feeds.length; i++) {
    const array = feeds[i]!
    const regions = written.get(array.data.buffer)
    if (regions === undefined || array.data.byteLength === 0) continue
    const region = regionOf(inputs[i]!.name, array)
    const other = overlapping(regions, region)
    if (other !== undefined)
      throw aliased(`input "${region.name}" and output "${other.name}" share memory`, label)
  }
}

function regionOf(name: string, { data }: NdArray): Region {
  return { start: data.byteOffset, end: data.byteOffset + data.byteLength, name }
}

function overlapping(regions: readonly Region[], { start, end }: Region): Region | undefined {
  return regions.find(region => start < region.end && region.start < end)
}

function aliased(message: string, label: string): ElmanError {
  return new ElmanError('ORT_ALIASED_BUFFERS', {
    message,
    where: label,
    hint: 'keep two sets of buffers and swap their roles after each run: ONNX Runtime computes wrong numbers in place',
  })
}
