/** The third step of ULMFiT: a classifier on the encoder of a language model. */
import { type Backend, type JsonValue, type Parameters, random, sha256Of } from '@elman/core'
import type { AwdSizes } from './awd-lstm.ts'
import { type Classifier, ulmfitClassifier } from './classifier.ts'
import { classifierObjective } from './classifier-objective.ts'
import {
  documentBatches,
  inDirection,
  type LabelledDocument,
  paddedLength,
  type ReadingDirection,
} from './documents.ts'
import { classifierGroups, optimizerGroups, rateFactors, withFrozen } from './layer-groups.ts'
import { createPredictor, type Prediction } from './predict.ts'
import { type PhasedTraining, type PlannedPhase, trainPhases } from './train-phases.ts'
import { type ClassifierTraining, optimizerOf, scheduleOf } from './training-config.ts'

/** What a classifier is trained on and how. */
export interface ClassifierTask
  extends Pick<PhasedTraining, 'directory' | 'checkpointEvery' | 'signal' | 'onEvent'> {
  readonly backend: Backend
  readonly vocabularySize: number
  readonly sizes: AwdSizes
  readonly classes: number
  readonly training: ClassifierTraining
  /** Documents in the order they are written. */
  readonly documents: readonly LabelledDocument[]
  /** Documents to score after each pass. */
  readonly valid?: readonly LabelledDocument[] | undefined
  readonly direction?: ReadingDirection | undefined
  /** A language model's parameters, of which the encoder is taken. A classifier from scratch unless given. */
  readonly languageModel?: Parameters | undefined
  readonly seed: number
}

/** A trained classifier. */
export interface TrainedClassifier {
  readonly outcome: 'finished' | 'interrupted'
  readonly classifier: Classifier
  readonly parameters: Parameters
  /** Share of `valid` that got another class than its own, 0 … 1. */
  readonly validError?: number | undefined
}

/**
 * Trains a classifier phase by phase.
 *
 * @throws `ULMFIT_RATES_MISFIT`, `ULMFIT_NO_DOCUMENTS`; as `trainPhases`
 */
export async function trainUlmfitClassifier(task: ClassifierTask): Promise<TrainedClassifier> {
  const { backend, training, direction = 'forward', seed, languageModel, valid } = task
  const classifier = ulmfitClassifier({ ...task, dropouts: training.dropouts, head: training.head })
  const key = random.foldIn(random.key(seed), 'ulmfit classifier')
  const fresh = classifier.init(random.foldIn(key, 'parameters'))
  const parameters =
    languageModel === undefined
      ? fresh
      : { ...fresh, encoder: { embedding: languageModel.embedding!, rnn: languageModel.rnn! } }
  const phases = classifierPhases(task, classifier)
  const { bptt, keep } = training
  const predictor = createPredictor(backend, classifier, { bptt, keep })
  const scored = valid?.map(document => ({ ...document, ids: inDirection(document.ids, direction) }))
  const errorOf = async (held: Parameters): Promise<number> =>
    errorRate(await predictor.predict(held, scored!), scored!)
  try {
    const evaluate = scored === undefined ? undefined : errorOf
    const result = await trainPhases({ ...task, parameters, phases, key, evaluate })
    if (scored === undefined || result.outcome === 'interrupted') return { ...result, classifier }
    return { ...result, classifier, validError: await errorOf(result.parameters) }
  } finally {
    await predictor.dispose()
  }
}

/** Share of documents whose prediction is another class than their own, 0 … 1. */
export function errorRate(
  predictions: readonly Prediction[],
  documents: readonly LabelledDocument[],
): number {
  const wrong = predictions.filter(({ label }, index) => label !== documents[index]!.label).length
  return wrong / documents.length
}

function classifierPhases(task: ClassifierTask, classifier: Classifier): PlannedPhase[] {
  const { training, sizes, vocabularySize, classes, direction = 'forward', seed } = task
  const { bptt, keep, rate, optimizer, penalties } = training
  const documents = task.documents.map(each => ({ ...each, ids: inDirection(each.ids, direction) }))
  const batch = Math.max(2, Math.min(training.batch, documents.length))
  const usual = documents.map(({ ids }) => ids.length).sort((a, b) => a - b)[documents.length >> 1] ?? 1
  const groups = classifierGroups(sizes.layers)
  const data = sha256Of(JSON.stringify(documents.map(({ id, ids, label }) => [id, label, [...ids]])))
  return training.phases.map((phase, index) => {
    const rates = optimizerGroups(
      groups,
      phase.unfrozen,
      rateFactors(phase.rates ?? training.rates, groups.length),
    )
    const time = paddedLength(usual, bptt)
    const objective = classifierObjective(classifier, { batch, time, bptt, keep, ...penalties })
    return {
      objective: withFrozen(objective, rates),
      optimizer: optimizerOf(optimizer, rate * phase.rateFactor, rates),
      schedule: scheduleOf(phase.schedule),
      source: documentBatches(documents, { batch, bptt, seed: seed + index }),
      epochs: phase.epochs,
      config: {
        training,
        phase: index,
        sizes,
        vocabularySize,
        classes,
        direction,
        seed,
        data,
      } as unknown as JsonValue,
    }
  })
}
