/**
 * Gate G14: whether the members of a language beyond the regular can be told from the others without its structure.
 * Baselines are fitted and tested on strings as the recognise view draws them, classes balanced.
 */
import { setImmediate } from 'node:timers/promises'
import { baselineLadder, evaluateBaselines } from '../baselines/index.ts'
import type { Encoding } from '../languages/encoding.ts'
import type { Language } from '../languages/language.ts'
import { encodeView } from '../languages/view.ts'
import type { Count } from '../probe/record.ts'
import { tokensOf } from '../probe/scores.ts'

/** Baselines on the recognise view of a language. */
export interface NegativesAudit {
  readonly language: string
  /** The best of them, without the learned automaton. */
  readonly baseline: string
  readonly right: Count
  /** The learned automaton: not judged, since its states can count as far as short strings go. */
  readonly automaton: Count
}

/** How many strings are drawn. */
export interface AuditOptions {
  readonly train?: number
  /** Of each of the sizes N and 2N. */
  readonly test?: number
  /** Stops between two languages; what was not audited is missing then. */
  readonly signal?: AbortSignal
}

const LEARNED = 'state-merging'

/** Languages that G14 is about. */
export function hasNegatives({ level, views }: Pick<Language, 'level' | 'views'>): boolean {
  return level !== 'sub-regular' && level !== 'regular' && views.includes('recognise')
}

/** Audits every language beyond the regular that has the recognise view; lets other work in between. */
export async function auditNegatives(
  languages: readonly Language[],
  options: AuditOptions = {},
): Promise<NegativesAudit[]> {
  const found: NegativesAudit[] = []
  for (const language of languages.filter(hasNegatives)) {
    await setImmediate()
    if (options.signal?.aborted === true) break
    found.push(auditLanguage(language, options))
  }
  return found
}

function auditLanguage(language: Language, { train = 1024, test = 1024 }: AuditOptions): NegativesAudit {
  const encoding = encodeView(language, 'recognise')
  const N = language.trainSize
  const trained = sizesOf(language, N)
  const strings = Array.from({ length: train }, (_, index) =>
    encoding.sample({ seed: 0, stream: 'audit-train', size: trained[index % trained.length]!, index }),
  )
  const tests = [nearest(language, N), nearest(language, 2 * N)].map(size => testOf(encoding, size, test))
  const results = evaluateBaselines(encoding, strings, tests, 0, baselineLadder).map(
    ({ baseline, sizes }) => ({ baseline, right: tokensOf(sizes) }),
  )
  const others = results.filter(({ baseline }) => baseline !== LEARNED)
  const best = others.reduce((one, other) => (other.right.right > one.right.right ? other : one))
  const automaton = results.find(({ baseline }) => baseline === LEARNED)?.right ?? { right: 0, total: 0 }
  return { language: language.id, baseline: best.baseline, right: best.right, automaton }
}

function testOf(encoding: Encoding, size: number, count: number) {
  const strings = Array.from({ length: count }, (_, index) =>
    encoding.sample({ seed: 0, stream: 'audit-test', size, index }),
  )
  return { size, strings }
}

function sizesOf(language: Language, largest: number): number[] {
  return Array.from({ length: largest }, (_, index) => index + 1).filter(size => language.hasSize(size))
}

function nearest(language: Language, wanted: number): number {
  for (let size = wanted; size > 0; size--) if (language.hasSize(size)) return size
  return wanted
}
