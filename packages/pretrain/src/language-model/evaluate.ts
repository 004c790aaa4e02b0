/** Scoring texts: every token once, in windows of one shape, so that one graph is compiled for any number of texts. */
import {
  type Backend,
  ElmanError,
  type EvaluateRecord,
  type Graph,
  gatherElements,
  isNdArray,
  type LayerContext,
  leavesOf,
  type NdArray,
  neg,
  type Parameters,
  reshape,
  softmaxCrossEntropy,
  type Tensor,
  type TensorParameters,
  trace,
  withLeaves,
} from '@elman/core'
import type { FloatType, SequenceState } from '@elman/layers-recurrent'
import {
  bitsPerUnit,
  createEvaluationWindows,
  type EncodedText,
  encodeText,
  startToken,
  type Vocabulary,
} from '@elman/text'
import type { ScoringOptions } from '../evaluators/scoring-options.ts'
import { walkWindows } from '../evaluators/walk-windows.ts'
import type { HiddenStates, LanguageModel } from './language-model.ts'

/** How texts are laid out to be scored; see `createEvaluationWindows`. */
export interface EvaluatorOptions {
  /** Rows side by side; 1 reads the text in one sequence. 1 unless given. */
  readonly batch?: number | undefined
  /** Tokens a row and window; 64 unless given. */
  readonly time?: number | undefined
  /** Tokens that each row after the first reads, unscored, to fill its state; 256 unless given. */
  readonly warmUp?: number | undefined
  readonly dtype?: FloatType | undefined
  /** Threads of the backend. */
  readonly threads?: number | undefined
}

/** How well a model predicts a text. */
export interface TextScore {
  /** Mean negative log-probability of a token, in nats. */
  readonly loss: number
  /** exp(loss). */
  readonly perplexity: number
  /** Tokens scored. */
  readonly tokens: number
  /** Of unit byte: bits per byte of the text; else bits per character. */
  readonly bitsPerCharacter: number
  /** What a token is. */
  readonly unit: 'word' | 'character' | 'byte'
  /** Share of tokens that the vocabulary lacks, 0 .. 1. */
  readonly outOfVocabularyRate: number
  /** Time it took. */
  readonly seconds: number
}

/** Scores texts by a model's parameters. */
export interface Evaluator {
  /** Loss over an encoded text. */
  score(parameters: Parameters, text: EncodedText, options?: ScoringOptions): Promise<TextScore>
  /**
   * Natural log-probability of each token of a text. The first is NaN where the vocabulary has no token that could
   * stand before it.
   */
  tokenLogProbabilities(
    parameters: Parameters,
    ids: Int32Array,
    options?: ScoringOptions,
  ): Promise<Float64Array>
  /** Frees what the backend holds. */
  dispose(): Promise<void>
}

/** The graph that scores a window: parameters, state, ids and their targets (time, batch) to losses and the state after. */
export function scoringGraph(
  model: LanguageModel,
  parameters: Parameters,
  state: Parameters,
  { batch, time }: { readonly batch: number; readonly time: number },
): Graph {
  const ids = { dtype: 'int32', shape: [time, batch] } as const
  const { graph } = trace(
    (traced, before, input, target) => {
      const context = { mode: 'evaluate' } as const
      const carried = before as SequenceState
      const read = targetLosses(model, traced as TensorParameters, input, target, carried, context)
      return [read.losses, read.state]
    },
    parameters,
    state,
    ids,
    ids,
  )
  return graph
}

/** Compiles the scoring of a model, once. The recurrent state is carried over the whole of a text. */
export async function createEvaluator(
  backend: Backend,
  model: LanguageModel,
  vocabulary: Vocabulary,
  options: EvaluatorOptions = {},
): Promise<Evaluator> {
  const { batch = 1, time = 64, warmUp = 256, dtype = 'float32', threads } = options
  const initial = model.initialState(batch, dtype) as Parameters
  const graph = scoringGraph(model, parameterTypes(model, dtype), initial, { batch, time })
  const executable = await backend.compile(graph, {
    name: 'evaluate',
    ...(threads === undefined ? {} : { threads }),
  })
  const first = startToken(vocabulary)

  /** Calls `take` with the loss in nats of each scored token and its place in the text; returns how many there are. */
  const walk = async (
    parameters: Parameters,
    text: Int32Array,
    how: ScoringOptions,
    take: (loss: number, position: number) => void,
  ) => {
    const windows = createEvaluationWindows(text, { batch, time, warmUp }, first)
    const [fixed, state] = [parameters, initial].map(tree => leavesOf<NdArray>(tree, isNdArray))
    const all = { executable, parameters: fixed!, state: state!, windows, options: how }
    await walkWindows(all, ({ position }, [losses]) => {
      for (let slot = 0; slot < position.length; slot++) {
        if (position[slot]! >= 0) take(Number(losses!.data[slot]), position[slot]!)
      }
    })
    return windows.tokens
  }

  return {
    async score(parameters, text, how = {}) {
      const start = performance.now()
      let sum = 0
      const tokens = await walk(parameters, text.ids, how, value => {
        sum += value
      })
      return textScore(sum / tokens, tokens, text, vocabulary, (performance.now() - start) / 1000)
    },
    async tokenLogProbabilities(parameters, text, how = {}) {
      const result = new Float64Array(text.length).fill(Number.NaN)
      await walk(parameters, text, how, (loss, position) => {
        result[position] = -loss
      })
      return result
    },
    dispose: () => executable.dispose(),
  }
}

/** What a model makes of ids and the ids that follow them. */
export interface TargetLosses {
  /** −ln p of each target under the whole distribution, (time · batch), in nats. */
  readonly losses: Tensor
  readonly state: SequenceState
  readonly hidden?: HiddenStates | undefined
}

/**
 * The loss of each target by the model's full distribution: its `logProbabilities` where it has them, else the softmax
 * of its logits. Never a loss of training, which may be sampled or augmented.
 *
 * @param targets - (time, batch) int32.
 */
export function targetLosses(
  model: LanguageModel,
  parameters: TensorParameters,
  ids: Tensor,
  targets: Tensor,
  state: SequenceState,
  context: LayerContext,
): TargetLosses {
  const flat = reshape(targets, [-1])
  if (model.logProbabilities === undefined) {
    const { logits, ...rest } = model.apply(parameters, ids, state, context)
    return { ...rest, losses: softmaxCrossEntropy(logits, flat) }
  }
  const { logProbabilities, ...rest } = model.logProbabilities(parameters, ids, state, context)
  return { ...rest, losses: neg(gatherElements(logProbabilities, flat)) }
}

/** A score from its mean loss: perplexity, bits, and what is known of the text. */
export function textScore(
  loss: number,
  tokens: number,
  text: EncodedText,
  vocabulary: Vocabulary,
  seconds: number,
): TextScore {
  const bits = bitsPerUnit(loss, tokens, text)
  return {
    loss,
    perplexity: Math.exp(loss),
    tokens,
    bitsPerCharacter: vocabulary.unit === 'byte' ? bits.bitsPerByte : bits.bitsPerCharacter,
    unit: vocabulary.unit,
    outOfVocabularyRate: text.outOfVocabulary / text.ids.length,
    seconds,
  }
}

/** A score as a record of a run. */
export function evaluateRecord(
  score: TextScore,
  at: { readonly step: number; readonly epoch: number },
  split: string,
): EvaluateRecord {
  return { kind: 'evaluate', ...at, split, ...score }
}

/**
 * Perplexity of a string.
 *
 * @throws `TEXT_OUT_OF_VOCABULARY`, `TEXT_TOO_SHORT`
 */
export async function perplexity(
  evaluator: Evaluator,
  parameters: Parameters,
  vocabulary: Vocabulary,
  text: string,
): Promise<TextScore> {
  const encoded = await encodeText(vocabulary, [new TextEncoder().encode(text)], 'the given text')
  if (encoded.ids.length === 0) {
    throw new ElmanError('TEXT_TOO_SHORT', { message: 'there is no token in the given text to score' })
  }
  return evaluator.score(parameters, encoded)
}

/** The types of a model's parameters, without drawing numbers that are then thrown away twice. */
export function parameterTypes(model: LanguageModel, dtype: FloatType): Parameters {
  const drawn = model.init([0, 0], dtype)
  const types = leavesOf<NdArray>(drawn, isNdArray).map(({ dtype: kind, shape }) => ({ dtype: kind, shape }))
  return withLeaves(drawn, isNdArray, types) as Parameters
}
