/** Scoring texts: every token once, in windows of one shape, so that one graph is compiled for any number of texts. */
import {
  type Backend,
  ElmanError,
  type EvaluateRecord,
  isNdArray,
  leavesOf,
  type NdArray,
  type Parameters,
  reshape,
  softmaxCrossEntropy,
  trace,
  withLeaves,
} from '@elman/core'
import type { FloatType, SequenceState } from '@elman/layers-recurrent'
import {
  bitsPerUnit,
  createEvaluationWindows,
  type EncodedText,
  type EvaluationWindows,
  encodeText,
  startToken,
  type Vocabulary,
} from '@elman/text'
import type { LanguageModel } from './language-model.ts'

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
  score(parameters: Parameters, text: EncodedText): Promise<TextScore>
  /**
   * Natural log-probability of each token of a text. The first is NaN where the vocabulary has no token that could
   * stand before it.
   */
  tokenLogProbabilities(parameters: Parameters, ids: Int32Array): Promise<Float64Array>
  /** Frees what the backend holds. */
  dispose(): Promise<void>
}

/** Compiles the scoring of a model, once. The recurrent state is carried over the whole of a text. */
export async function createEvaluator(
  backend: Backend,
  model: LanguageModel,
  vocabulary: Vocabulary,
  options: EvaluatorOptions = {},
): Promise<Evaluator> {
  const { batch = 1, time = 64, warmUp = 256, dtype = 'float32', threads } = options
  const initial = model.initialState(batch, dtype)
  const ids = { dtype: 'int32', shape: [time, batch] } as const
  const { graph } = trace(
    (parameters, state, input, target) => {
      const result = model.apply(parameters, input, state as SequenceState, { mode: 'evaluate' })
      return [softmaxCrossEntropy(result.logits, reshape(target, [-1])), result.state]
    },
    parameterTypes(model, dtype),
    initial as Parameters,
    ids,
    ids,
  )
  const executable = await backend.compile(graph, {
    name: 'evaluate',
    ...(threads === undefined ? {} : { threads }),
  })
  const first = startToken(vocabulary)

  /** Calls `take` with the loss in nats of each scored token and its place in the text. */
  const walk = async (
    parameters: Parameters,
    windows: EvaluationWindows,
    take: (loss: number, position: number) => void,
  ) => {
    const fixed = leavesOf<NdArray>(parameters, isNdArray)
    let state = leavesOf<NdArray>(initial, isNdArray)
    for (const { input, target, position } of windows) {
      const tokens = [input, target].map(data => ({ ...ids, data }) as NdArray)
      const [losses, ...after] = await executable.run([...fixed, ...state, ...tokens])
      state = after
      for (let slot = 0; slot < position.length; slot++) {
        if (position[slot]! >= 0) take(Number(losses!.data[slot]), position[slot]!)
      }
    }
  }
  const windowsOf = (text: Int32Array) => createEvaluationWindows(text, { batch, time, warmUp }, first)

  return {
    async score(parameters, text) {
      const start = performance.now()
      const windows = windowsOf(text.ids)
      let sum = 0
      await walk(parameters, windows, value => {
        sum += value
      })
      const { tokens } = windows
      const loss = sum / tokens
      const bits = bitsPerUnit(loss, tokens, text)
      return {
        loss,
        perplexity: Math.exp(loss),
        tokens,
        bitsPerCharacter: vocabulary.unit === 'byte' ? bits.bitsPerByte : bits.bitsPerCharacter,
        unit: vocabulary.unit,
        outOfVocabularyRate: text.outOfVocabulary / text.ids.length,
        seconds: (performance.now() - start) / 1000,
      }
    },
    async tokenLogProbabilities(parameters, text) {
      const result = new Float64Array(text.length).fill(Number.NaN)
      await walk(parameters, windowsOf(text), (loss, position) => {
        result[position] = -loss
      })
      return result
    },
    dispose: () => executable.dispose(),
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
function parameterTypes(model: LanguageModel, dtype: FloatType): Parameters {
  const drawn = model.init([0, 0], dtype)
  const types = leavesOf<NdArray>(drawn, isNdArray).map(({ dtype: kind, shape }) => ({ dtype: kind, shape }))
  return withLeaves(drawn, isNdArray, types) as Parameters
}
