/**
 * What networks can do in theory, and what the records of a sweep show of it: a claim, the probes that bear on it, and
 * a verdict that follows from counts by a rule, not by hand.
 */
import type { View } from '../languages/language.ts'
import type { Count, ProbeRecord } from '../probe/record.ts'
import { exactInterval } from './binomial.ts'
import { seedsNeeded } from './judge-gates.ts'
import { bestMode, frontierMultiple, isExactAt, type Mode } from './scores.ts'

/** Probes that bear on a claim, and what they should show if it is true. */
export interface Expectation {
  readonly language: string
  readonly view: View
  /** Kind of the learner without its width: the widest in the records counts. */
  readonly kind: string
  /** `solves`: exact at the multiple. `counts`: frontier at least the multiple. Otherwise no seed does so. */
  readonly expect: 'solves' | 'fails' | 'counts' | 'does-not-count'
  readonly multiple: number
}

/** A claim about a kind of network. */
export interface Claim {
  readonly network: string
  readonly theory: string
  readonly practice: string
  readonly source: string
  readonly expectations: readonly Expectation[]
}

/** What the records show for an expectation. */
export interface Evidence {
  readonly expectation: Expectation
  /** The learner as it stands in the records; undefined without a record. */
  readonly learner: string | undefined
  readonly reached: Count
  /** Median frontier over seeds, as a multiple of the training size. */
  readonly frontier: number
  readonly mode: Mode
  /** Undefined without a record. */
  readonly holds: boolean | undefined
}

/** A claim with its evidence. */
export interface JudgedClaim {
  readonly claim: Claim
  readonly evidence: readonly Evidence[]
  /** `supported so far`: some expectations have no record. */
  readonly verdict: 'supported' | 'supported so far' | 'in part' | 'contradicted' | 'no records'
}

const solves = (language: string, view: View, kind: string, multiple: number): Expectation => ({
  ...{ language, view, kind, multiple },
  expect: 'solves',
})
const fails = (language: string, view: View, kind: string, multiple: number): Expectation => ({
  ...{ language, view, kind, multiple },
  expect: 'fails',
})

/** The claims, from the weakest network to the strongest. */
export const CLAIMS: readonly Claim[] = [
  {
    network: 'feed-forward (window of 8)',
    theory: 'strictly local languages of its window, and nothing that needs a state',
    practice: 'fails every regular language that is not local',
    source: 'McNaughton & Papert 1971',
    expectations: [
      fails('parity', 'dense', 'window', 2),
      fails('tomita-5', 'dense', 'window', 2),
      fails('s3', 'dense', 'window', 2),
      fails('anbn', 'next-symbol', 'window', 1),
    ],
  },
  {
    network: 'diagonal linear recurrence, eigenvalues in [0, 1]',
    theory: 'star-free languages at most; no parity (in finite precision)',
    practice: 'parity at chance',
    source: 'Sarrof et al. 2024; Grazzi et al. 2025',
    expectations: [fails('parity', 'dense', 'diagonal-01', 2)],
  },
  {
    network: 'diagonal linear recurrence, eigenvalues in [−1, 1]',
    theory: 'parity, but in one layer no group that is not commutative',
    practice: 'parity to about the training size, since an eigenvalue near −1 decays; not A5',
    source: 'Grazzi et al. 2025; Merrill et al. 2024',
    expectations: [
      { ...solves('parity', 'dense', 'diagonal-11', 1), expect: 'counts' },
      fails('a5', 'dense', 'diagonal-11', 2),
    ],
  },
  {
    network: 'simple recurrent network (Elman, tanh)',
    theory:
      'Turing-complete with unbounded precision and time; regular languages at finite precision in real time',
    practice: 'regular languages of any length; does not count',
    source: 'Siegelmann & Sontag 1995; Weiss et al. 2018; Merrill 2019',
    expectations: [
      solves('parity', 'dense', 'elman-tanh', 4),
      solves('tomita-4', 'dense', 'elman-tanh', 4),
      { ...fails('anbn', 'next-symbol', 'elman-tanh', 1), expect: 'does-not-count' },
      fails('reverse', 'transduce', 'elman-tanh', 2),
    ],
  },
  {
    network: 'GRU',
    theory: 'regular languages; its gate binds state and update, so that it cannot count without bound',
    practice: 'regular languages; does not count to the training size',
    source: 'Weiss et al. 2018',
    expectations: [
      solves('parity', 'dense', 'gru', 2),
      { ...fails('anbn', 'next-symbol', 'gru', 1), expect: 'does-not-count' },
      fails('reverse', 'transduce', 'gru', 2),
    ],
  },
  {
    network: 'LSTM',
    theory: 'counter languages in real time: regular control with counters',
    practice: 'regular languages, and counts to about the training size; no stack',
    source: 'Gers & Schmidhuber 2001; Weiss et al. 2018; Merrill 2019',
    expectations: [
      solves('parity', 'dense', 'lstm', 4),
      solves('a5', 'dense', 'lstm', 2),
      { ...solves('anbn', 'next-symbol', 'lstm', 1), expect: 'counts' },
      { ...solves('anbncn', 'next-symbol', 'lstm', 1), expect: 'counts' },
      fails('reverse', 'transduce', 'lstm', 2),
      fails('copy', 'transduce', 'lstm', 2),
    ],
  },
  {
    network: 'with a stack (Stack-RNN)',
    theory: 'deterministic context-free languages',
    practice: 'reverses strings of any length by its likeliest actions; does not copy',
    source: 'Joulin & Mikolov 2015; Grefenstette et al. 2015',
    expectations: [
      solves('reverse', 'transduce', 'stack-rnn', 4),
      solves('dyck-2', 'next-symbol', 'stack-rnn', 2),
      fails('copy', 'transduce', 'stack-rnn', 2),
    ],
  },
  {
    network: 'with a queue (Queue-RNN)',
    theory: 'a queue automaton in real time: cross-serial dependencies',
    practice: 'copies strings of any length by its likeliest actions',
    source: 'Grefenstette et al. 2015',
    expectations: [solves('copy', 'transduce', 'queue-rnn', 4)],
  },
  {
    network: 'with a tape (Tape-RNN)',
    theory: 'a linear bounded automaton when it has free steps',
    practice: 'duplicates strings near the training size by soft mixtures; not reliably',
    source: 'Delétang et al. 2023',
    expectations: [solves('duplicate', 'transduce', 'tape-rnn', 1)],
  },
]

/** The claims with what the records show. */
export function judgeClaims(records: readonly ProbeRecord[]): JudgedClaim[] {
  return CLAIMS.map(claim => {
    const evidence = claim.expectations.map(expectation => evidenceOf(expectation, records))
    const known = evidence.filter(({ holds }) => holds !== undefined)
    const held = known.filter(({ holds }) => holds === true).length
    const verdict =
      known.length === 0
        ? 'no records'
        : held === known.length
          ? known.length === evidence.length
            ? 'supported'
            : 'supported so far'
          : held > 0
            ? 'in part'
            : 'contradicted'
    return { claim, evidence, verdict }
  })
}

function evidenceOf(expectation: Expectation, records: readonly ProbeRecord[]): Evidence {
  const { language, view, kind, expect, multiple } = expectation
  const own = records.filter(
    record =>
      record.language === language && record.view === view && record.learner.replace(/-\d+$/, '') === kind,
  )
  const width = (record: ProbeRecord) => Number(/-(\d+)$/.exec(record.learner)?.[1] ?? 0)
  const learner = own.toSorted((a, b) => width(b) - width(a))[0]?.learner
  const judged = own.filter(record => record.learner === learner)
  if (judged.length === 0) {
    const none = { right: 0, total: 0 }
    return { expectation, learner: undefined, reached: none, frontier: 0, mode: 'soft', holds: undefined }
  }
  const mode: Mode = judged.some(record => bestMode(record) === 'hard') ? 'hard' : 'soft'
  const counting = expect === 'counts' || expect === 'does-not-count'
  const reached = judged.filter(record =>
    counting ? frontierMultiple(record, mode) >= multiple : isExactAt(record, multiple, mode),
  )
  const frontiers = judged.map(record => frontierMultiple(record, mode)).toSorted((a, b) => a - b)
  const should = expect === 'solves' || expect === 'counts'
  return {
    ...{ expectation, learner, mode, frontier: frontiers[frontiers.length >> 1]! },
    reached: { right: reached.length, total: judged.length },
    holds: should ? reached.length >= seedsNeeded(judged.length) : reached.length === 0,
  }
}

/**
 * The page of claims as Markdown.
 *
 * @param command what makes it again
 */
export function claimsPage(claims: readonly JudgedClaim[], command: string, records: number): string {
  const overview = claims.map(
    ({ claim, verdict }) =>
      `| ${[claim.network, claim.theory, claim.practice, `**${verdict}**`, claim.source].map(cell).join(' | ')} |`,
  )
  const rows = claims.flatMap(({ claim, evidence }) =>
    evidence.map(item => `| ${[claim.network, ...evidenceCells(item)].map(cell).join(' | ')} |`),
  )
  return `# The power of networks, in theory and as measured

<!-- Made by \`${command}\` from ${records} records; do not edit. -->

\`\`\`
${command}
\`\`\`

A verdict follows from counts over seeds by the rule of the gates: what should be learnt needs 4 of 5 seeds (2 of 3, all
of fewer), what should not be learnt must be reached by none. N is the training size; "exact" means every test string
right. "So far" stands where some of the evidence has no record. A theorem is not put to the test here: the question is
whether gradient descent finds what the theorem allows, and whether it finds ways around what the theorem forbids within the
lengths tested.

| network | in theory | expected of training | verdict | source |
| --- | --- | --- | --- | --- |
${overview.join('\n')}

## Evidence

| network | probe | learner | expected | seeds that reached it (95 %) | median frontier | holds |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`
}

function evidenceCells({ expectation, learner, reached, frontier, mode, holds }: Evidence): string[] {
  const { language, view, kind, expect, multiple } = expectation
  const expected = {
    solves: `exact at ${multiple}N`,
    fails: `no seed exact at ${multiple}N`,
    counts: `frontier at least ${multiple}N`,
    'does-not-count': `frontier below ${multiple}N`,
  }[expect]
  const probe = `${language}, ${view}`
  if (learner === undefined) return [probe, kind, expected, '', '', 'no records']
  const { lower, upper } = exactInterval(reached)
  const interval = `${reached.right} of ${reached.total} (${lower.toFixed(2)} to ${upper.toFixed(2)})`
  const shown = `${Number(frontier.toFixed(2))}N${mode === 'hard' ? ' (hard)' : ''}`
  return [probe, learner, expected, interval, shown, holds === true ? 'yes' : '**no**']
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
