/** What is read off a record: exactness at multiples of the training size, frontiers, token accuracies. */
import type { Count, ProbeRecord, SizeResult } from '../probe/record.ts'

/** Soft: as trained. Hard: memories by their likeliest action. */
export type Mode = 'soft' | 'hard'

/** Results by size in a mode; those of a learner without memory are the same in both. */
export function sizesOf(record: ProbeRecord, mode: Mode): readonly SizeResult[] {
  return mode === 'hard' ? (record.hard ?? record.soft) : record.soft
}

/** The better of soft and hard: a memory is judged by what it can do. */
export function bestMode(record: ProbeRecord): Mode {
  return (record.hardFrontier ?? -1) > record.frontier ? 'hard' : 'soft'
}

/** Result at a multiple of the training size: of the largest tested size that is at most that. */
export function sizeAt(record: ProbeRecord, multiple: number, mode: Mode): SizeResult | undefined {
  const limit = multiple * record.training.trainSize + 1e-9
  const tested = sizesOf(record, mode).filter(({ size }) => size <= limit)
  return tested.reduce<SizeResult | undefined>(
    (best, result) => (best === undefined || result.size > best.size ? result : best),
    undefined,
  )
}

/** Whether every test string is right at a multiple of the training size. */
export function isExactAt(record: ProbeRecord, multiple: number, mode: Mode): boolean {
  const result = sizeAt(record, multiple, mode)
  return result !== undefined && result.strings.total > 0 && result.strings.right === result.strings.total
}

/** Largest size up to which all is right, as a multiple of the training size. */
export function frontierMultiple(record: ProbeRecord, mode: Mode): number {
  const frontier = mode === 'hard' ? (record.hardFrontier ?? record.frontier) : record.frontier
  return frontier / record.training.trainSize
}

/** Share; 0 of nothing. */
export function share({ right, total }: Count): number {
  return total === 0 ? 0 : right / total
}

/** The best baseline's results. */
export function bestBaselineSizes(record: ProbeRecord): readonly SizeResult[] {
  return record.baselines.find(({ baseline }) => baseline === record.bestBaseline)?.sizes ?? []
}

/** Whether the record counts as solved: all strings up to twice the training size, in the better mode. */
export function isSolved(record: ProbeRecord): boolean {
  const mode = bestMode(record)
  return sizesOf(record, mode)
    .filter(({ size }) => size <= 2 * record.training.trainSize)
    .every(({ strings }) => strings.total > 0 && strings.right === strings.total)
}
