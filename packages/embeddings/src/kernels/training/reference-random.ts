/** The kernel's generator, x ← 25214903917 x + 11 mod 2⁶⁴, in halves of 32 bits. */

import { wordOfSlot } from './negative-parts.ts'
import type { ReferenceJob } from './reference-job.ts'

/** 25214903917 = 5 · 2³² + 0xdeece66d */
const MULTIPLIER_HIGH = 5
const MULTIPLIER_LOW = 0xdeece66d

/** Upper 32 bits of the product of two 32-bit numbers, plus `carry` (below 2³²) at its lower end. */
function productHigh(a: number, b: number, carry: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const lowest = aLow * bLow + carry
  const middle = aHigh * bLow + Math.floor(lowest / 0x10000)
  const other = aLow * bHigh + (middle % 0x10000)
  return aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(other / 0x10000)
}

/** 32 random bits. */
export function draw(job: ReferenceJob): number {
  const { high, low } = job
  const carried = productHigh(low, MULTIPLIER_LOW, 11)
  job.low = (Math.imul(low, MULTIPLIER_LOW) + 11) >>> 0
  job.high = (carried + Math.imul(low, MULTIPLIER_HIGH) + Math.imul(high, MULTIPLIER_LOW)) >>> 0
  return job.high
}

/** One of 0 … bound − 1. */
export function drawBelow(job: ReferenceJob, bound: number): number {
  return productHigh(draw(job), bound, 0)
}

/** A word by the alias table. */
export function drawNegative(job: ReferenceJob): number {
  const bits = draw(job)
  const slot = productHigh(bits, job.partSlots, 0)
  const coin = Math.imul(bits, job.partSlots) >>> 0
  const entry = job.partTable + 2 * slot
  return coin < job.naturals[entry]!
    ? wordOfSlot(slot, job.hotOutputRows, job.part, job.parts)
    : job.naturals[entry + 1]!
}

/** Whether an occurrence of a word stays. */
export function keeps(job: ReferenceJob, word: number): boolean {
  const threshold = job.naturals[job.keep + word]!
  return threshold === 0xffffffff || draw(job) < threshold
}
