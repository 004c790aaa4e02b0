/** Writing text with a language model, one token at a time. */
import {
  type Backend,
  ElmanError,
  isNdArray,
  leavesOf,
  type NdArray,
  type Parameters,
  random,
  type TensorParameters,
  trace,
} from '@elman/core'
import type { FloatType, SequenceState } from '@elman/layers-recurrent'
import { decode, encode, startToken, type Vocabulary } from '@elman/text'
import { parameterTypes } from './evaluate.ts'
import type { LanguageModel } from './language-model.ts'
import { type SamplingOptions, sampleToken } from './sample-token.ts'

/** What to write. */
export interface GenerateOptions extends SamplingOptions {
  /** Text to go on from; empty unless given. */
  readonly prompt?: string | undefined
  /** Tokens to add to the prompt; 100 unless given. */
  readonly tokens?: number | undefined
  /** The same seed writes the same text; 0 unless given. */
  readonly seed?: number | undefined
  /** Whether `<unk>` may be written; false unless given. */
  readonly unknown?: boolean | undefined
  /** Is told each piece of text as it comes. */
  readonly onText?: ((text: string) => void) | undefined
}

/** What was written. */
export interface GeneratedText {
  readonly prompt: string
  /** What the model added, without the prompt. */
  readonly text: string
  readonly ids: Int32Array
}

/** Writes text by a model's parameters. */
export interface Generator {
  /**
   * Continues a prompt.
   *
   * @throws `GENERATE_UNKNOWN_PROMPT` when the prompt has a token that the vocabulary lacks
   */
  generate(parameters: Parameters, options?: GenerateOptions): Promise<GeneratedText>
  /** Frees what the backend holds. */
  dispose(): Promise<void>
}

/** Compiles one step of a model: id and state to logits, or log-probabilities where the model has them, and state. */
export async function createGenerator(
  backend: Backend,
  model: LanguageModel,
  vocabulary: Vocabulary,
  options: { readonly dtype?: FloatType | undefined; readonly threads?: number | undefined } = {},
): Promise<Generator> {
  const { dtype = 'float32', threads } = options
  const initial = model.initialState(1, dtype)
  const one = { dtype: 'int32', shape: [1, 1] } as const
  const { graph } = trace(
    (parameters, state, id) => {
      const context = { mode: 'evaluate' } as const
      const whole = model.logProbabilities?.(
        parameters as TensorParameters,
        id,
        state as SequenceState,
        context,
      )
      if (whole !== undefined) return [whole.logProbabilities, whole.state]
      const result = model.apply(parameters as TensorParameters, id, state as SequenceState, context)
      return [result.logits, result.state]
    },
    parameterTypes(model, dtype),
    initial as Parameters,
    one,
  )
  const executable = await backend.compile(graph, {
    name: 'generate',
    ...(threads === undefined ? {} : { threads }),
  })
  return {
    async generate(
      parameters,
      { prompt = '', tokens = 100, seed = 0, unknown = false, onText, ...how } = {},
    ) {
      const fixed = leavesOf<NdArray>(parameters, isNdArray)
      let state = leavesOf<NdArray>(initial, isNdArray)
      let logits: NdArray | undefined
      const read = async (id: number) => {
        const input: NdArray = { ...one, data: Int32Array.of(id) }
        ;[logits, ...state] = (await executable.run([...fixed, ...state, input])) as [NdArray, ...NdArray[]]
      }
      const start = startToken(vocabulary)
      const known = encodePrompt(vocabulary, prompt)
      if (start !== undefined || known.length === 0) await read(start ?? 0)
      for (const id of known) await read(id)
      const forbidden = unknown ? undefined : vocabulary.unknown
      const ids = new Int32Array(tokens)
      const key = random.key(seed)
      const whole = [...known]
      let written = decode(vocabulary, whole).length
      for (let at = 0; at < tokens; at++) {
        ids[at] = sampleToken(logits!.data as Float32Array, random.foldIn(key, at), how, forbidden)
        whole.push(ids[at]!)
        if (onText !== undefined) {
          const text = decode(vocabulary, whole)
          onText(text.slice(written))
          written = text.length
        }
        if (at < tokens - 1) await read(ids[at]!)
      }
      const before = decode(vocabulary, whole.slice(0, known.length))
      return { prompt, text: decode(vocabulary, whole).slice(before.length), ids }
    },
    dispose: () => executable.dispose(),
  }
}

/** Ids of a prompt, all of them known. */
function encodePrompt(vocabulary: Vocabulary, prompt: string): Int32Array {
  const tokens =
    vocabulary.unit === 'byte'
      ? []
      : vocabulary.unit === 'character'
        ? [...prompt.replaceAll('\r\n', '\n')]
        : prompt.split(/\s+/u).filter(word => word !== '')
  const lacking = tokens.filter(token => vocabulary.idOf(token) === undefined)
  if (lacking.length === 0) return encode(vocabulary, prompt)
  const named = [...new Set(lacking)].slice(0, 10).map(token => JSON.stringify(token))
  throw new ElmanError('GENERATE_UNKNOWN_PROMPT', {
    message: `the model's vocabulary lacks ${named.length === 1 ? 'a token' : 'tokens'} of the prompt`,
    found: named.join(', '),
    hint:
      vocabulary.unknown === undefined
        ? `use ${vocabulary.unit}s that the training text has`
        : `use ${vocabulary.unit}s that the training text has, or write <unk> for those it lacks`,
  })
}
