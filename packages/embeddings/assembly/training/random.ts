// Draws. The upper half of the generator's state is used: in a generator modulo 2^64 the low bits have short periods.
import { Job } from './job'

/** 32 random bits. */
@inline
export function draw(job: Job): u32 {
  const next = job.random * 25214903917 + 11
  job.random = next
  return <u32>(next >> 32)
}

/** One of 0 … bound − 1. */
@inline
export function drawBelow(job: Job, bound: u32): u32 {
  return <u32>((<u64>draw(job) * <u64>bound) >> 32)
}

/** Which word a slot of the current part is: all parts have the hot words, and take blocks of 32 others in turn. */
@inline
function ownWord(job: Job, slot: u32): u32 {
  const hot = job.hotOutputRows
  if (job.parts == 1 || slot < hot) return slot
  const cold = slot - hot
  return hot + (((cold >> 5) * job.parts + job.part) << 5) + (cold & 31)
}

/** A word by the alias table: the integer part of draw × slots is the slot, its fraction the coin. */
@inline
export function drawNegative(job: Job): u32 {
  const product = <u64>draw(job) * <u64>job.partSlots
  const slot = <u32>(product >> 32)
  const entry = job.partTable + (<usize>slot << 3)
  return <u32>product < load<u32>(entry) ? ownWord(job, slot) : load<u32>(entry, 4)
}

/** Whether an occurrence of a word stays. */
@inline
export function keeps(job: Job, word: u32): bool {
  const threshold = load<u32>(job.keep + (<usize>word << 2))
  return threshold == 0xffffffff || draw(job) < threshold
}
