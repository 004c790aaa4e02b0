/** The protocol of FLaRe (Butoi et al., ICLR 2025), whole. */
import { defineComponent } from '@elman/core'
import { z } from 'zod'
import type { SizeResult } from '../../probe/record.ts'
import { type Difference, type OriginalOption, PROTOCOL, type Protocol } from '../protocol.ts'
import { flareLanguages } from './languages.ts'
import { FLARE_MODELS } from './models.ts'
import { FLARE_SPLITS } from './splits.ts'

/** Where publication, released data and this preset differ, besides the differences of single languages. */
export const FLARE_DIFFERENCES: readonly Difference[] = [
  {
    what: 'random numbers',
    original: 'one generator from seed 123456789 for all strings of a split',
    here: 'by position, so that each string can be made alone; the released strings themselves can be read',
    switchable: false,
  },
  {
    what: 'choice of the objective',
    original: 'by the test score',
    here: 'said so in the selection rule; choose by validation-long for anything of your own',
    switchable: false,
  },
  {
    what: 'test strings seen in training',
    original: 'among the short ones many: 292 of 407 in Repeat 01',
    here: 'the same in the test split; test-short-held-out has none',
    switchable: false,
  },
  {
    what: 'strings of one length',
    original: 'about ten, as they fall; no result by length',
    here: 'results by length beside the mean',
    switchable: false,
  },
  {
    what: 'negatives',
    original: 'half are random strings, which a count of markers tells apart; shortcuts pass up to 95 %',
    here: 'the same, with an audit of shortcuts (flareShortcuts) to print beside',
    switchable: false,
  },
]

function accuracy(sizes: readonly SizeResult[], from: number, to: number): number {
  const used = sizes.filter(({ size }) => size >= from && size <= to)
  const total = used.reduce((sum, { strings }) => sum + strings.total, 0)
  return total === 0 ? Number.NaN : used.reduce((sum, { strings }) => sum + strings.right, 0) / total
}

/** The preset; `original` brings back the floating-point root of Compute Sqrt. */
export function flareProtocol({ original = false }: OriginalOption = {}): Protocol {
  return {
    id: `flare${original ? '-original' : ''}`,
    title: 'FLaRe: 18 languages to recognise',
    source:
      'Butoi, Khalighinejad, Svete, Valvoda, Cotterell, DuSell: Training Neural Networks as Recognizers of Formal Languages, ICLR 2025',
    original,
    view: 'recognise',
    languages: flareLanguages({ original }),
    trainLengths: { from: 0, to: 40 },
    splits: FLARE_SPLITS,
    training: {
      optimizer: 'adam',
      learningRates: { from: 1e-4, to: 1e-2, scale: 'log' },
      clip: 5,
      batch: { tokens: { from: 128, to: 4096 } },
      budget: { epochs: 1000, patience: 10, checkpointEvery: 10_000 },
      lengths: 'as they come in the training strings',
      loss: 'scored-steps',
      notes: [
        'the rate is halved after 5 checkpoints without gain',
        'binary cross-entropy of the label at the last step',
        'optional: cross-entropy of a language model, and of next-symbol sets, on positives; weights log-uniform in 0.01 … 10',
        '4,320 runs of at most 4 hours of a processor each',
      ],
    },
    models: FLARE_MODELS,
    seeds: 10,
    selection: {
      over: ['trial (rate, batch and weights drawn anew)', 'objective'],
      report: 'mean',
      chosenBy: 'test-score',
      note: 'inductive bias: mean of 10 runs stopped by validation-short; expressivity: best of 10 runs stopped by validation-long; in both the objective is chosen by the test score',
    },
    scores: [
      {
        id: 'accuracy',
        title: 'share of test strings with the right label, lengths 0 to 500',
        of: sizes => accuracy(sizes, 0, 500),
      },
      {
        id: 'accuracy-long',
        title: 'the same for lengths that were not trained on, 41 to 500 (not published)',
        of: sizes => accuracy(sizes, 41, 500),
      },
    ],
    gates: [],
    differences: FLARE_DIFFERENCES,
  }
}

/** Registry entry `flare`. */
export const flareComponent = defineComponent(PROTOCOL, {
  type: 'flare',
  summary: '18 recognition languages of FLaRe (2025), labels a coin, lengths to 500',
  config: z.strictObject({ original: z.boolean().default(false) }),
  create: config => flareProtocol(config),
})
