/** AWD-LSTM with its stages (Merity et al. 2018), what reads along on top of it, and the mixture of softmaxes over it. */
import { awdLstmPtb, fineTuned } from '../../recipes/awd-lstm.ts'
import { withValues } from '../change-config.ts'
import type { Published, Reduction, Row, RowExperiment } from '../row.ts'

interface Trained {
  readonly name: string
  readonly family: string
  readonly title: string
  readonly experiment: RowExperiment
  readonly reduction: Reduction
  readonly published: readonly Published[]
  /** Row whose parameters it starts from. */
  readonly from?: string
  readonly notes?: readonly string[]
}

function trained({ experiment, reduction, from, ...row }: Trained): Row {
  const start = from === undefined ? {} : { from }
  return { ...row, adaptive: false, work: { kind: 'experiment', experiment, reduction, ...start } }
}

const reduction: Reduction = {
  minimumEpochs: 10,
  widths: ['model.embedding', 'model.cells.*.hidden'],
  multipleOf: 10,
}

/** Mixture of softmaxes: README of mos, `main.py` for Penn Treebank. */
const mos = withValues<RowExperiment>(awdLstmPtb, {
  ...{ 'model.embedding': 280, 'model.cells.0.hidden': 960, 'model.cells.1.hidden': 960 },
  ...{ 'model.cells.2.hidden': 620, 'model.dropout.between': 0.225 },
  'model.softmax': { type: 'mixture', experts: 15, latentDropout: 0.29 },
  ...{ 'train.epochs': 1000, 'train.batch': 12, 'train.optimizer.rate': 20 },
})

/** As tables of Krause et al. have it: steps on the sum of a segment's losses. */
const krause = {
  ...{ type: 'dynamic', rule: 'rms', segment: 5, settings: 'sum' },
  ...{ rate: 0.002, decay: 0.02, epsilon: 0.001 },
} as const

/** AWD-LSTM, fine-tuned, with the pointer and with dynamic evaluation; mixture of softmaxes. */
export const awdLstmRows: readonly Row[] = [
  trained({
    ...{ name: 'awd-lstm', family: 'awd-lstm', title: 'AWD-LSTM 1150-1150-400, tied, NT-ASGD', reduction },
    experiment: awdLstmPtb,
    published: [
      { valid: 60.7, test: 58.8, parameters: 24_000_000, source: 'merity-2018', evidence: 'read' },
      { valid: 61.2, test: 58.8, source: 'awd-readme', evidence: 'read' },
    ],
  }),
  trained({
    ...{
      name: 'awd-lstm-fine-tuned',
      family: 'awd-lstm',
      title: 'awd-lstm, averaged anew from its best',
      reduction,
    },
    ...{ experiment: fineTuned(awdLstmPtb, 'runs/awd-lstm'), from: 'awd-lstm' },
    published: [
      { valid: 60.0, test: 57.3, parameters: 24_000_000, source: 'merity-2018', evidence: 'read' },
      { valid: 58.8, test: 56.5, source: 'awd-readme', evidence: 'read' },
    ],
  }),
  {
    ...{ name: 'awd-lstm-pointer', family: 'awd-lstm', title: 'awd-lstm-fine-tuned with its pointer' },
    published: [
      { valid: 53.9, test: 52.8, parameters: 24_000_000, source: 'merity-2018', evidence: 'read' },
      { valid: 53.2, test: 52.5, source: 'awd-readme', evidence: 'read' },
    ],
    work: {
      ...{ kind: 'evaluation', of: 'awd-lstm-fine-tuned' },
      evaluator: { type: 'neural-cache', window: 500, sharpness: 1, weight: 0.1 },
    },
    adaptive: true,
    notes: ['settings of the README; those of the paper were tuned with a window of 2,000'],
  },
  {
    ...{
      name: 'dynamic-evaluation',
      family: 'awd-lstm',
      title: 'awd-lstm-fine-tuned, dynamic evaluation (RMS)',
    },
    published: [{ valid: 51.6, test: 51.1, parameters: 24_000_000, source: 'krause-2018', evidence: 'read' }],
    work: { kind: 'evaluation', of: 'awd-lstm-fine-tuned', evaluator: krause },
    adaptive: true,
  },
  trained({
    ...{ name: 'mos', family: 'mos', title: 'AWD-LSTM 960-960-620, mixture of 15 softmaxes', reduction },
    experiment: mos,
    published: [{ valid: 58.08, test: 55.97, parameters: 22_000_000, source: 'yang-2018', evidence: 'read' }],
  }),
  trained({
    ...{
      name: 'mos-fine-tuned',
      family: 'mos',
      title: 'mos, averaged anew from its best, rate 25',
      reduction,
    },
    experiment: withValues<RowExperiment>(fineTuned(mos, 'runs/mos'), { 'train.optimizer.rate': 25 }),
    from: 'mos',
    published: [{ valid: 56.54, test: 54.44, parameters: 22_000_000, source: 'yang-2018', evidence: 'read' }],
  }),
  {
    ...{
      name: 'mos-dynamic',
      family: 'mos',
      title: 'mos-fine-tuned, dynamic evaluation (RMS)',
      adaptive: true,
    },
    published: [{ valid: 48.33, test: 47.69, parameters: 22_000_000, source: 'yang-2018', evidence: 'read' }],
    work: {
      ...{ kind: 'evaluation', of: 'mos-fine-tuned' },
      evaluator: { ...krause, decay: 0.075 },
    },
  },
]
