/** The table of a sweep by the protocol of Delétang et al., with what its numbers have to be read beside. */
import {
  DELETANG_MODELS,
  type DeletangLine,
  deletangProtocol,
  type LadderPlan,
  type PublishedScore,
} from '@elman/eval'
import { table } from '../../table.ts'

/** How the lines were made. */
export interface DeletangSettings {
  readonly plan: LadderPlan
  readonly original: boolean
}

const HEAD = [
  ...['task', 'learner', 'best', 'median', 'worst', '≥ 90', 'exact'],
  ...['chance', 'weak predictor', 'published', 'confidence'],
]

/** Text for a terminal; all shares in percent. */
export function deletangText(lines: readonly DeletangLine[], settings: DeletangSettings): string {
  const rows = lines.map(line => [
    ...[line.task, line.learner],
    ...[line.score.maximum, line.score.median, line.score.worst].map(percent),
    `${line.solved.right}/${line.solved.total}`,
    percent(line.exact.maximum),
    `${line.chance.kind === 'about' ? '~' : ''}${percent(line.chance.score)}`,
    line.baseline === undefined ? '–' : `${percent(line.baseline.score)} ${line.baseline.name}`,
    line.published === undefined ? '–' : line.published.score.toFixed(1),
    line.published === undefined ? '' : confidenceText(line.published),
  ])
  return [...settingLines(lines, settings), '', table([HEAD, ...rows]), '', ...notesOf(lines)].join('\n')
}

/** `0.99 reprinted`, `0.85 from memory`; with the width of the published network where ours is another. */
export function confidenceText({ confidence, source, sameSize }: PublishedScore): string {
  const origin = source === 'reprinted' ? 'reprinted' : 'from memory'
  return `${confidence} ${origin}${sameSize ? '' : ', 1 layer of 256 there'}`
}

function settingLines(lines: readonly DeletangLine[], { plan, original }: DeletangSettings): string[] {
  const { title, source, seeds, training, languages } = deletangProtocol({ original })
  const [probe] = plan.probes
  const { steps: published } = training.budget as { steps: number }
  const steps = probe?.training.steps ?? published
  const lengths = Math.max(0, ...lines.map(line => line.lengths))
  const ofLengths = lines[0]?.ofLengths ?? 0
  const ran = plan.seeds.length
  return [
    `${title}${original ? ', as the released code does it' : ''}`,
    `  ${source}`,
    `steps    ${reduced(steps, published)} steps of ${probe?.training.batch} strings, lengths 1 to ${probe?.training.trainSize}, one length a batch`,
    `rate     ${probe?.training.rate}, one of ${(training.learningRates as readonly number[]).join(', ')} there; falls in the second half; clip ${probe?.training.clip}`,
    `loss     ${training.loss === 'every-output-step' ? 'of every output step, filling too' : 'of the steps that the score counts'}`,
    `test     ${reduced(lengths, ofLengths)} lengths, ${plan.test.strings} strings of each`,
    `seeds    ${reduced(ran, seeds)}; best: chosen by the test score itself, as published`,
    `tasks    ${new Set(lines.map(({ task }) => task)).size} of ${languages.length}`,
  ]
}

/** `1,000,000`, or `reduced: 300 of 1,000,000`. */
function reduced(count: number, of: number): string {
  const text = (value: number) => value.toLocaleString('en-US')
  return count < of ? `reduced: ${text(count)} of ${text(of)}` : text(count)
}

function notesOf(lines: readonly DeletangLine[]): string[] {
  const trivial = new Map(lines.map(({ task, trivial: own }) => [task, own]))
  const networks = new Set(lines.flatMap(({ published }) => published?.network ?? []))
  return [
    'best, median, worst: share of right tokens, mean over the lengths; exact: share of whole strings, of the seed with most;',
    'weak predictor: the best baseline on the same strings; published: best of 10 seeds, 3 rates and all variants',
    ...[...trivial].flatMap(([task, predictors]) =>
      predictors.map(({ predictor, score }) => `${task}: ${percent(score)} for what ${verb(predictor)}`),
    ),
    ...DELETANG_MODELS.filter(({ name, notes }) => networks.has(name as never) && notes.length > 0).map(
      ({ name, notes }) => `published ${name}: ${notes.join('; ')}`,
    ),
  ]
}

/** Predictors are told by what they do, or by the answer that they give. */
function verb(predictor: string): string {
  return predictor.startsWith('remembers') ? predictor : `answers: ${predictor}`
}

function percent(value: number): string {
  return (100 * value).toFixed(1)
}
