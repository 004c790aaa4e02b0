/** Scoring texts by an exported step model, float or int8: token and state in, probabilities and state out. */
import { allocate, type DType, ElmanError, type NdArray, sizeOf } from '@elman/core'
import type { TokenScorer } from '../mixture/token-scorer.ts'

/** A loaded ONNX file: a session of `createSession` of @elman/backend-onnxruntime is one. */
export interface ExportedModel {
  readonly inputs: readonly {
    readonly name: string
    readonly dtype: DType
    readonly shape: readonly (number | string)[]
  }[]
  readonly outputs: readonly { readonly name: string }[]
  /** Arrays by position in, arrays by position out. */
  run(feeds: readonly NdArray[]): Promise<NdArray[]>
}

/** How a text is begun. */
export interface ExportedScorerOptions {
  /** Name of the scorer; `exported model` unless given. */
  readonly name?: string | undefined
  /**
   * Id that is read before the first token: `startToken(vocabulary)`. Without it the first token is not scored and
   * its log-probability is NaN.
   */
  readonly first?: number | undefined
  /** State before the first token, in the order of the inputs; zeros unless given, as nearly all cells begin. */
  readonly initialState?: readonly NdArray[] | undefined
}

/**
 * A scorer of an exported language model, one token a run, the state carried over the whole text.
 *
 * @param model - As `elman export` writes it: `token` and `state.…` in, `probabilities` and `next.…` out.
 * @throws `EXPORTED_MODEL_UNKNOWN` when inputs and outputs are others; `TEXT_UNKNOWN_ID` for an id it has no
 * probability of
 */
export function exportedScorer(model: ExportedModel, options: ExportedScorerOptions = {}): TokenScorer {
  const { name = 'exported model', first, initialState } = options
  const { states, next } = stateOf(model)
  return {
    name,
    adaptive: false,
    async logProbabilities(ids) {
      const result = new Float64Array(ids.length).fill(Number.NaN)
      const token = Int32Array.of(first ?? 0)
      const feed: NdArray = { dtype: 'int32', shape: [1, 1], data: token }
      let state =
        initialState ??
        states.map(({ dtype, shape }): NdArray => {
          return { dtype, shape, data: allocate(dtype, sizeOf(shape)) }
        })
      for (let position = first === undefined ? 1 : 0; position < ids.length; position++) {
        if (position > 0) token[0] = ids[position - 1]!
        const outputs = await model.run([feed, ...state])
        const probability = outputs[0]!.data[ids[position]!]
        if (probability === undefined) throw unknownId(ids[position]!, position, outputs[0]!)
        result[position] = Math.log(Number(probability))
        state = next.map(at => outputs[at]!)
      }
      return result
    },
  }
}

function stateOf({ inputs, outputs }: ExportedModel) {
  const names = outputs.map(({ name }) => name)
  const states = inputs.slice(1).map(({ name, dtype, shape }) => ({ name, dtype, shape: shape.map(Number) }))
  const next = states.map(({ name }) => names.indexOf(name.replace(/^state\./, 'next.')))
  const known =
    inputs[0]?.name === 'token' &&
    inputs[0].dtype === 'int32' &&
    names[0] === 'probabilities' &&
    next.every(at => at > 0) &&
    states.every(({ shape }) => shape.every(Number.isInteger))
  if (known) return { states, next }
  throw new ElmanError('EXPORTED_MODEL_UNKNOWN', {
    message: 'the model is not a step of a language model as elman exports it',
    expected: 'inputs token and state.…, outputs probabilities and a next.… for each state',
    found: `inputs ${inputs.map(({ name }) => name).join(', ')}; outputs ${names.join(', ')}`,
    hint: 'make the file with elman export --to onnx',
  })
}

function unknownId(id: number, position: number, { shape }: NdArray): ElmanError {
  return new ElmanError('TEXT_UNKNOWN_ID', {
    message: `id ${position} of a text is not of the model's vocabulary`,
    expected: `0 to ${shape.at(-1)! - 1}`,
    found: String(id),
  })
}

/** How well and how fast an exported model predicts a text. */
export interface ExportedScore {
  /** Mean negative log-probability of a token, in nats. */
  readonly loss: number
  /** exp(loss). */
  readonly perplexity: number
  /** Tokens scored. */
  readonly tokens: number
  readonly tokensPerSecond: number
  readonly seconds: number
}

/** Scores a text and takes the time. The first 100 tokens are read once before, so that the session is warm. */
export async function scoreExported(
  model: ExportedModel,
  ids: Int32Array,
  options: ExportedScorerOptions = {},
): Promise<ExportedScore> {
  const scorer = exportedScorer(model, options)
  await scorer.logProbabilities(ids.subarray(0, 100))
  const start = performance.now()
  const logProbabilities = await scorer.logProbabilities(ids)
  const seconds = (performance.now() - start) / 1000
  const scored = options.first === undefined ? logProbabilities.subarray(1) : logProbabilities
  if (scored.length === 0) {
    throw new ElmanError('TEXT_TOO_SHORT', { message: 'there is no token in the given text to score' })
  }
  const loss = -scored.reduce((sum, value) => sum + value, 0) / scored.length
  const tokens = scored.length
  return { loss, perplexity: Math.exp(loss), tokens, tokensPerSecond: tokens / seconds, seconds }
}

/** One model beside another on the same text. */
export interface ExportedComparison {
  readonly before: ExportedScore & { readonly bytes: number }
  readonly after: ExportedScore & { readonly bytes: number }
  /** after / before − 1: 0.01 is one per cent worse. */
  readonly perplexityChange: number
  /** before / after: 4 is a quarter of the size. */
  readonly sizeRatio: number
  /** after / before: 2 is twice as fast. */
  readonly speedRatio: number
}

/** Scores a text by two files, such as before and after quantisation. */
export async function compareExported(
  before: { readonly model: ExportedModel; readonly bytes: number },
  after: { readonly model: ExportedModel; readonly bytes: number },
  ids: Int32Array,
  options: ExportedScorerOptions = {},
): Promise<ExportedComparison> {
  const first = { ...(await scoreExported(before.model, ids, options)), bytes: before.bytes }
  const second = { ...(await scoreExported(after.model, ids, options)), bytes: after.bytes }
  return {
    before: first,
    after: second,
    perplexityChange: second.perplexity / first.perplexity - 1,
    sizeRatio: first.bytes / second.bytes,
    speedRatio: second.tokensPerSecond / first.tokensPerSecond,
  }
}
