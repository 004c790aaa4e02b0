/** The first two steps of ULMFiT: a general language model, and the same one tuned on the target's texts. */
import { type Backend, type JsonValue, type Parameters, random, sha256Of } from '@elman/core'
import { createVariableStream } from '@elman/text'
import { languageModelObjective, windowSource } from '../language-model/objective.ts'
import { type AwdSizes, awdLanguageModel } from './awd-lstm.ts'
import { inDirection, type ReadingDirection } from './documents.ts'
import { languageModelGroups, optimizerGroups, rateFactors, withFrozen } from './layer-groups.ts'
import { createIdsScorer } from './score-ids.ts'
import { type PhasedTraining, type PlannedPhase, trainPhases } from './train-phases.ts'
import { type LanguageModelTraining, optimizerOf, scheduleOf } from './training-config.ts'

/** What a language model is trained on and how. */
export interface LanguageModelTask
  extends Pick<PhasedTraining, 'directory' | 'checkpointEvery' | 'signal' | 'onEvent'> {
  readonly backend: Backend
  readonly vocabularySize: number
  readonly sizes: AwdSizes
  readonly training: LanguageModelTraining
  /** Texts one after the other, in the order they are written. */
  readonly ids: Int32Array
  /** Text to score after each pass. */
  readonly valid?: Int32Array | undefined
  /** A backward model reads from the last token to the first; `forward` unless given. */
  readonly direction?: ReadingDirection | undefined
  /** Parameters to start from: a general model for tuning. Drawn by the seed unless given. */
  readonly parameters?: Parameters | undefined
  readonly seed: number
}

/** A trained language model. */
export interface TrainedLanguageModel {
  readonly outcome: 'finished' | 'interrupted'
  readonly parameters: Parameters
  /** Nats per token of `valid`. */
  readonly validLoss?: number | undefined
}

/**
 * Trains a language model phase by phase.
 *
 * @throws `ULMFIT_RATES_MISFIT`, `TEXT_TOO_SHORT`; as `trainPhases`
 */
export async function trainUlmfitLanguageModel(task: LanguageModelTask): Promise<TrainedLanguageModel> {
  const { backend, vocabularySize, sizes, training, direction = 'forward', seed, valid } = task
  const model = awdLanguageModel(vocabularySize, sizes, training.dropouts)
  const key = random.foldIn(random.key(seed), 'ulmfit language model')
  const parameters = task.parameters ?? model.init(random.foldIn(key, 'parameters'))
  const phases = languageModelPhases(task, inDirection(task.ids, direction))
  const scorer =
    valid === undefined
      ? undefined
      : await createIdsScorer(backend, model, parameters, inDirection(valid, direction))
  try {
    const evaluate = scorer && ((held: Parameters) => scorer.score(held))
    const result = await trainPhases({ ...task, parameters, phases, key, evaluate })
    if (scorer === undefined || result.outcome === 'interrupted') return result
    return { ...result, validLoss: await scorer.score(result.parameters) }
  } finally {
    await scorer?.dispose()
  }
}

function languageModelPhases(
  { vocabularySize, sizes, training, direction = 'forward', seed }: LanguageModelTask,
  ids: Int32Array,
): PlannedPhase[] {
  const { batch, bptt, penalties, rate, optimizer, variableLengths, decoderBias } = training
  const groups = languageModelGroups(sizes.layers)
  const model = awdLanguageModel(vocabularySize, sizes, training.dropouts)
  const steady = variableLengths
    ? { step: Math.min(10, bptt) }
    : { shortProbability: 0, deviation: 0, step: bptt }
  const shortest = { shortest: Math.min(5, bptt) }
  const text = sha256Of(new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength))
  return training.phases.map((phase, index) => {
    const factors = rateFactors(phase.rates ?? training.rates, groups.length)
    const fixed = decoderBias ? [] : ['softmax.bias']
    const rates = optimizerGroups(groups, phase.unfrozen, factors, fixed)
    const objective = languageModelObjective(model, { batch, time: bptt, ...penalties })
    const stream = createVariableStream(ids, {
      ...{ batch, time: bptt, ...steady, ...shortest },
      seed: seed + index,
    })
    return {
      objective: withFrozen(objective, rates),
      optimizer: optimizerOf(optimizer, rate * phase.rateFactor, rates),
      schedule: scheduleOf(phase.schedule),
      source: windowSource(stream),
      epochs: phase.epochs,
      config: {
        training,
        phase: index,
        sizes,
        vocabularySize,
        direction,
        seed,
        text,
      } as unknown as JsonValue,
    }
  })
}
