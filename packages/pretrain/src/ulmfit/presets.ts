/**
 * Published values of ULMFiT: the paper (Howard & Ruder 2018), the scripts beside it (`imdb_scripts`, fastai 0.7), and
 * fastai v1 and v2. The number of passes over the data is what users choose; those here are the usual ones.
 *
 * Not followed: the momentum of fastai's one-cycle, which falls and rises again (its β₁ is taken as the mean, 0.75).
 * The paper does not say how its general language model was trained; its preset trains it as it tunes it.
 */
import type { z } from 'zod'
import { type AwdSizes, awdDropouts, scaledDropouts } from './awd-lstm.ts'
import {
  classifierTraining,
  gradualUnfreezing,
  languageModelTraining,
  type PhaseSchedule,
} from './training-config.ts'

/** Names of the presets. */
export type UlmfitPresetName = 'paper' | 'scripts' | 'fastai-v1' | 'fastai-v2'

/** The three steps by published values. */
export interface UlmfitPreset {
  readonly sizes: AwdSizes
  /** Words and their names: those that are neither among the most frequent nor frequent enough become `unknown`. */
  readonly vocabulary: {
    readonly maximumSize: number | undefined
    readonly minimumCount: number
    readonly unknown: string
    readonly padding: string
  }
  /** The general language model. */
  readonly pretraining: z.output<typeof languageModelTraining>
  /** The language model on the target's texts. */
  readonly fineTuning: z.output<typeof languageModelTraining>
  readonly classifier: z.output<typeof classifierTraining>
}

/** Rates of four or five groups, each 2.6 times slower than the one above. */
const BY_LAYER = { type: 'divisor', divisor: 2.6 } as const
const ONE_RATE = { type: 'divisor', divisor: 1 } as const
/** Groups of a classifier: word vectors, three layers, head. */
const CLASSIFIER_GROUPS = 5

/** Slanted triangle with ratio and 1 / cut, as fastai 0.7 writes `use_clr=(ratio, cut)`. */
const slanted = (ratio: number, cut: number): PhaseSchedule => ({
  ...{ type: 'slanted-triangular', ratio },
  cutFraction: 1 / cut,
})
const oneCycle = (rise: number, startDivisor: number, endDivisor: number): PhaseSchedule => ({
  ...{ type: 'one-cycle', rise, startDivisor, endDivisor },
})
const all = (epochs: number, schedule: PhaseSchedule, rateFactor = 1) =>
  ({ unfrozen: 'all', epochs, schedule, rateFactor }) as const
const top = (unfrozen: number, schedule: PhaseSchedule, rateFactor = 1) =>
  ({ unfrozen, epochs: 1, schedule, rateFactor }) as const

function paper(): UlmfitPreset {
  const dropouts = awdDropouts.parse({})
  const tuning = languageModelTraining.parse({
    ...{ dropouts, rate: 0.004, rates: BY_LAYER, batch: 64, bptt: 70 },
    penalties: { activation: 2, temporal: 1 },
    phases: [all(15, slanted(32, 10))],
  })
  return {
    sizes: { embedding: 400, hidden: 1150, layers: 3 },
    vocabulary: { maximumSize: undefined, minimumCount: 1, unknown: 'xxunk', padding: 'xxpad' },
    pretraining: { ...tuning, rates: ONE_RATE },
    fineTuning: tuning,
    classifier: classifierTraining.parse({
      ...{ dropouts, rate: 0.01, rates: BY_LAYER, batch: 64, bptt: 70, keep: 1400 },
      head: { hidden: 50, dropout: dropouts.output, hiddenDropout: 0.1 },
      phases: gradualUnfreezing(CLASSIFIER_GROUPS, 15, slanted(32, 10)),
    }),
  }
}

function scripts(): UlmfitPreset {
  const dropouts = { input: 0.25, output: 0.1, weights: 0.2, embedding: 0.02, hidden: 0.15 }
  const optimizer = { betas: [0.8, 0.99] as [number, number], weightDecay: 1e-7, clip: 0.3 }
  const penalties = { activation: 2, temporal: 1 }
  const tuning = languageModelTraining.parse({
    ...{ dropouts, rate: 0.004, batch: 52, bptt: 70, variableLengths: true, decoderBias: false },
    ...{ optimizer, penalties },
    rates: { type: 'list', factors: [1 / 6, 1 / 3, 1, 1 / 2] },
    phases: [all(15, slanted(32, 10))],
  })
  return {
    sizes: { embedding: 400, hidden: 1150, layers: 3 },
    vocabulary: { maximumSize: 30_000, minimumCount: 2, unknown: '_unk_', padding: '_pad_' },
    pretraining: { ...tuning, dropouts: scaledDropouts(tuning.dropouts, 0.5), rates: ONE_RATE },
    fineTuning: tuning,
    classifier: classifierTraining.parse({
      ...{ rate: 0.01, rates: BY_LAYER, batch: 48, bptt: 70, keep: 20 * 70, penalties },
      dropouts: { input: 0.4, weights: 0.5, embedding: 0.05, hidden: 0.3, output: 0.4 },
      optimizer: { ...optimizer, weightDecay: 1e-6, clip: 25 },
      head: { hidden: 50, dropout: 0.4, hiddenDropout: 0.1 },
      phases: [top(1, slanted(8, 3)), top(2, slanted(8, 3)), all(14, slanted(8, 8))],
    }),
  }
}

const FASTAI_LM = { input: 0.25, output: 0.1, weights: 0.2, embedding: 0.02, hidden: 0.15 }
const FASTAI_CLASSIFIER = { input: 0.4, output: 0.4, weights: 0.5, embedding: 0.05, hidden: 0.3 }
const FASTAI_SIZES: AwdSizes = { embedding: 400, hidden: 1152, layers: 3 }
const FASTAI_VOCABULARY = { maximumSize: 60_000, minimumCount: 3, unknown: 'xxunk', padding: 'xxpad' }
const FASTAI_PENALTIES = { activation: 2, temporal: 1 }

function fastaiV1(): UlmfitPreset {
  const optimizer = { type: 'adamw', betas: [0.75, 0.99] as [number, number], weightDecay: 0.01 } as const
  const cycle = oneCycle(0.3, 25, 1e4)
  const shared = { optimizer, penalties: FASTAI_PENALTIES, batch: 64, bptt: 70 }
  const tuning = languageModelTraining.parse({
    ...{ ...shared, dropouts: FASTAI_LM, rate: 0.01, rates: ONE_RATE },
    phases: [top(1, cycle), all(10, cycle, 0.1)],
  })
  return {
    sizes: FASTAI_SIZES,
    vocabulary: FASTAI_VOCABULARY,
    pretraining: { ...tuning, phases: [all(10, cycle)] },
    fineTuning: tuning,
    classifier: classifierTraining.parse({
      ...{ ...shared, dropouts: FASTAI_CLASSIFIER, rate: 0.02, rates: BY_LAYER, keep: 1400 },
      head: { hidden: 50, dropout: 0.4, hiddenDropout: 0.1 },
      phases: [top(1, cycle), top(2, cycle, 0.5), top(3, cycle, 0.25), all(2, cycle, 0.05)],
    }),
  }
}

/** Classifier by `fine_tune(4)`: the top at the base rate, then everything from half of it down to a hundredth. */
function fastaiV2(): UlmfitPreset {
  const optimizer = {
    type: 'adamw',
    betas: [0.75, 0.99] as [number, number],
    epsilon: 1e-5,
    weightDecay: 0.01,
  } as const
  // final rate: peak / 1e5, whatever the first one is
  const cycle = oneCycle(0.25, 25, 1e5 / 25)
  const shared = { optimizer, penalties: FASTAI_PENALTIES, batch: 64, bptt: 72 }
  const tuning = languageModelTraining.parse({
    ...{ ...shared, dropouts: FASTAI_LM, rate: 0.02, rates: ONE_RATE },
    phases: [top(1, cycle), all(10, cycle, 0.1)],
  })
  return {
    sizes: FASTAI_SIZES,
    vocabulary: FASTAI_VOCABULARY,
    pretraining: { ...tuning, phases: [all(10, cycle)] },
    fineTuning: tuning,
    classifier: classifierTraining.parse({
      ...{
        ...shared,
        dropouts: scaledDropouts(FASTAI_CLASSIFIER, 0.5),
        rate: 0.002,
        rates: ONE_RATE,
        keep: 1440,
      },
      head: { hidden: 50, dropout: 0.2, hiddenDropout: 0.1 },
      phases: [
        top(1, oneCycle(0.99, 25, 1e5 / 25)),
        { ...all(4, oneCycle(0.3, 5, 1e5 / 5), 0.5), rates: { type: 'span', lowest: 0.01 } },
      ],
    }),
  }
}

/** The presets by name. */
export const ulmfitPresets: { readonly [Name in UlmfitPresetName]: UlmfitPreset } = {
  paper: paper(),
  scripts: scripts(),
  'fastai-v1': fastaiV1(),
  'fastai-v2': fastaiV2(),
}
