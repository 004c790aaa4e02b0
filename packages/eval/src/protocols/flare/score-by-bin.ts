/** Right answers on FLaRe's strings by ranges of lengths. */
import type { Parameters } from '@elman/core'
import type { EncodedString, Encoding } from '../../languages/encoding.ts'
import type { Count } from '../../probe/record.ts'
import type { Scorer } from '../../probe/scorer.ts'
import type { LengthRange } from '../protocol.ts'
import type { FlareData } from './layout.ts'

/** Results on the strings of a range of lengths. */
export interface FlareBin extends LengthRange {
  /** By the released labels. */
  readonly released: Count
  /** By our own definition; differs where released labels are wrong. */
  readonly mended: Count
}

/** The ranges: what was trained on, up to twice, four, eight times as long, and the rest. */
export const FLARE_BINS: readonly LengthRange[] = [
  { from: 0, to: 40 },
  { from: 41, to: 80 },
  { from: 81, to: 160 },
  { from: 161, to: 320 },
  { from: 321, to: 500 },
]

/** Counts right answers; ranges without strings are left out. */
export async function scoreByBin(
  scorer: Scorer,
  encoding: Encoding,
  parameters: Parameters,
  data: FlareData,
): Promise<FlareBin[]> {
  const bins: FlareBin[] = []
  for (const { from, to } of FLARE_BINS) {
    const own = data.strings.filter(({ word }) => word.length >= from && word.length <= to)
    if (own.length === 0) continue
    const mended = own.map(({ word }) => encoding.encode(word))
    const released = mended.map(
      (string, i): EncodedString => ({ ...string, targets: string.targets.with(-1, own[i]!.label) }),
    )
    const score = async (strings: readonly EncodedString[]) =>
      (await scorer.score(parameters, strings, false)).strings
    const byRelease = await score(released)
    const same = own.every(({ label }, i) => mended[i]!.targets.at(-1) === label)
    bins.push({ from, to, released: byRelease, mended: same ? byRelease : await score(mended) })
  }
  return bins
}
