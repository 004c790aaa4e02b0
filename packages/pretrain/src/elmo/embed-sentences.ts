/** Contextual vectors of sentences: every layer of an ELMo for every token, batch by batch, in bounded memory. */
import {
  type Backend,
  ElmanError,
  type Executable,
  filled,
  isNdArray,
  leavesOf,
  type NdArray,
  ndArray,
  type Parameters,
  type TensorParameters,
  trace,
  withLeaves,
} from '@elman/core'
import type { FloatType, SequenceState } from '@elman/layers-recurrent'
import { ELMO_DIRECTIONS, type ElmoModel, elmoModel } from './bidirectional-language-model.ts'
import { BEGIN_SENTENCE, END_SENTENCE } from './character-ids.ts'
import type { LoadedElmo } from './elmo-files.ts'
import { bucketedWindows, orderedWindows, type SentenceBatch } from './sentence-batches.ts'
import { createTokenCache, type Vector } from './token-cache.ts'

/** Sentences, each a list of tokens. */
export type SentenceStream = Iterable<readonly string[]> | AsyncIterable<readonly string[]>

/** How sentences are read. */
export interface EmbedOptions {
  /**
   * Where the state of the recurrent layers comes from. `reset`, the default: zero for every sentence, so that a
   * sentence has the same vectors whatever its neighbours. `carry`: row r of a batch goes on where row r of the batch
   * before ended, as bilm-tf and AllenNLP do. `warmup`: every sentence starts from the state after `warmUp`.
   */
  readonly state?: 'reset' | 'carry' | 'warmup' | undefined
  /** For `warmup`: sentences that are read, in one row, before all others. */
  readonly warmUp?: readonly (readonly string[])[] | undefined
  /** Sentences run together; 16 unless given. With `carry` it decides which sentence a row goes on from. */
  readonly batch?: number | undefined
  /** Longest sentence in tokens; 2000 unless given. */
  readonly maxTokens?: number | undefined
  /** Bytes for vectors of tokens that are kept; see `createTokenCache`. */
  readonly cacheBytes?: number | undefined
  readonly dtype?: FloatType | undefined
}

/** The vectors of a sentence. */
export interface EmbeddedSentence {
  /** Place among the sentences given, from 0. */
  readonly index: number
  readonly tokens: readonly string[]
  /** (layers, tokens, 2 · projection); layer 0 is the vector of the token twice, the others forward, then backward. */
  readonly layers: NdArray
}

/** Gives sentences their vectors. */
export interface SentenceEmbedder {
  /** Layers of each token: the token layer and the recurrent ones. */
  readonly layers: number
  /** Features of each: 2 · projection. */
  readonly features: number
  /**
   * Vectors of sentences, in their order. One walk at a time; the state of `carry` starts at zero in each.
   *
   * @throws `ELMO_SENTENCE_TOO_LONG`
   */
  embed(sentences: SentenceStream): AsyncGenerator<EmbeddedSentence>
  /** Tokens whose characters were read so far; the others came out of the cache. */
  tokensComputed(): number
  /** Frees what the backend holds. */
  dispose(): Promise<void>
}

/** The state of both directions: `forward` and `backward`. */
type States = { readonly [direction: string]: Parameters }

/** Prepares a model for sentences. Graphs are compiled as lengths come. */
export async function createSentenceEmbedder(
  backend: Backend,
  { options, parameters: given }: LoadedElmo,
  settings: EmbedOptions = {},
): Promise<SentenceEmbedder> {
  const { state: mode = 'reset', warmUp = [], batch = 16, maxTokens = 2000, dtype = 'float32' } = settings
  const model = elmoModel(options)
  const parameters = parametersAs(given, dtype)
  const cache = await createTokenCache(backend, model, parameters, { bytes: settings.cacheBytes, dtype })
  const runner = createRunner(backend, model, parameters, dtype)

  async function* walk(sentences: SentenceStream, rows: number, first: States, carries: boolean) {
    let state = first
    const windows = carries ? orderedWindows(sentences, rows) : bucketedWindows(sentences, rows)
    for await (const window of windows) {
      const done: EmbeddedSentence[] = []
      for (const part of window) {
        checkLengths(part, maxTokens)
        const tokens = part.sentences.flatMap(sentence => sentence.tokens)
        const vectors = await cache.lookUp([BEGIN_SENTENCE, END_SENTENCE, ...tokens])
        const result = await runner.run(part, rows, vectors, state)
        if (carries) state = result.state
        done.push(...result.sentences)
      }
      yield { sentences: done.sort((a, b) => a.index - b.index), state }
    }
  }

  const zero = (rows: number): States =>
    Object.fromEntries(ELMO_DIRECTIONS.map(way => [way, model.initialState(rows, dtype) as Parameters]))
  let start = zero(batch)
  if (mode === 'warmup') {
    let last = zero(1)
    for await (const { state } of walk(warmUp, 1, last, true)) last = state
    start = repeated(last, batch)
  }
  return {
    layers: options.layers + 1,
    features: 2 * options.projection,
    async *embed(sentences) {
      for await (const { sentences: done } of walk(sentences, batch, start, mode === 'carry')) yield* done
    },
    tokensComputed: cache.computed,
    async dispose() {
      await cache.dispose()
      await runner.dispose()
    },
  }
}

/** Runs the recurrent layers; a graph for each number of rows and steps. */
function createRunner(backend: Backend, model: ElmoModel, parameters: Parameters, dtype: FloatType) {
  const { layers: count, projection } = model.options
  const { characters: _, ...recurrent } = parameters
  const weights = leavesOf<NdArray>(recurrent, isNdArray)
  const graphs = new Map<string, Promise<Executable>>()

  const compile = (time: number, rows: number): Promise<Executable> => {
    const state = Object.fromEntries(
      ELMO_DIRECTIONS.map(way => [way, model.initialState(rows, dtype) as Parameters]),
    )
    const { graph } = trace(
      (fixed: TensorParameters, before: TensorParameters, xs, mask) => {
        const walked = ELMO_DIRECTIONS.map(way => {
          const input = { xs, mask, state: before[way] as SequenceState, reverse: way === 'backward' }
          return model.stack(way, fixed, input, { mode: 'evaluate' })
        })
        return [walked.flatMap(({ layers }) => layers), walked.map(result => result.state)]
      },
      recurrent,
      state,
      { dtype, shape: [time, rows, projection] },
      { dtype, shape: [time, rows] },
    )
    return backend.compile(graph, { name: `elmo ${time} x ${rows}` })
  }

  return {
    async run(
      { sentences, time }: SentenceBatch,
      rows: number,
      vectors: ReadonlyMap<string, Vector>,
      state: States,
    ): Promise<{ readonly sentences: EmbeddedSentence[]; readonly state: States }> {
      const name = `${time} ${rows}`
      if (!graphs.has(name)) graphs.set(name, compile(time, rows))
      const executable = await graphs.get(name)!
      const { xs, mask } = layOut(sentences, { time, rows, projection, dtype }, vectors)
      const results = await executable.run([...weights, ...leavesOf<NdArray>(state, isNdArray), xs, mask])
      const outputs = results.slice(0, 2 * count)
      const embedded = sentences.map(({ index, tokens }, row) => {
        const [length, rest] = [tokens.length, { row, rows, projection, dtype }]
        return { index, tokens, layers: layersOf([xs, xs], outputs, length, count, rest) }
      })
      return {
        sentences: embedded,
        state: withLeaves(state, isNdArray, results.slice(2 * count)) as States,
      }
    },
    async dispose() {
      for (const executable of graphs.values()) await (await executable).dispose()
    },
  }
}

interface Layout {
  readonly time: number
  readonly rows: number
  readonly projection: number
  readonly dtype: FloatType
}

/** Vectors of tokens between the two ends of their sentence, (time, rows, projection), and which are there. */
function layOut(
  sentences: SentenceBatch['sentences'],
  { time, rows, projection, dtype }: Layout,
  vectors: ReadonlyMap<string, Vector>,
): { readonly xs: NdArray; readonly mask: NdArray } {
  const xs = filled([time, rows, projection], 0, dtype)
  const mask = filled([time, rows], 0, dtype)
  for (const [row, { tokens }] of sentences.entries()) {
    for (const [step, token] of [BEGIN_SENTENCE, ...tokens, END_SENTENCE].entries()) {
      ;(xs.data as Float32Array).set(vectors.get(token)!, (step * rows + row) * projection)
      mask.data[step * rows + row] = 1
    }
  }
  return { xs, mask }
}

/** The layers of one row, without the ends of its sentence. `outputs`: forward layers, then backward ones. */
function layersOf(
  tokenLayer: readonly [NdArray, NdArray],
  outputs: readonly NdArray[],
  length: number,
  count: number,
  { row, rows, projection, dtype }: Omit<Layout, 'time'> & { readonly row: number },
): NdArray {
  const layers = filled([count + 1, length, 2 * projection], 0, dtype)
  const target = layers.data as Float32Array
  for (let layer = 0; layer <= count; layer++) {
    const halves = layer === 0 ? tokenLayer : [outputs[layer - 1]!, outputs[count + layer - 1]!]
    for (let step = 0; step < length; step++) {
      const from = ((step + 1) * rows + row) * projection
      for (const [half, { data }] of halves.entries()) {
        const to = ((layer * length + step) * 2 + half) * projection
        target.set((data as Float32Array).subarray(from, from + projection), to)
      }
    }
  }
  return layers
}

/** One row of state for every row. */
function repeated(state: States, rows: number): States {
  const leaves = leavesOf<NdArray>(state, isNdArray).map(({ dtype, shape, data }) => {
    const array = filled([rows, ...shape.slice(1)], 0, dtype)
    for (let row = 0; row < rows; row++)
      (array.data as Float32Array).set(data as Float32Array, row * data.length)
    return array
  })
  return withLeaves(state, isNdArray, leaves) as States
}

/** Parameters in the numbers that are computed with. */
export function parametersAs(parameters: Parameters, dtype: FloatType): Parameters {
  const leaves = leavesOf<NdArray>(parameters, isNdArray).map(array => {
    if (array.dtype === dtype) return array
    const Kind = dtype === 'float64' ? Float64Array : Float32Array
    return ndArray(dtype, array.shape, Kind.from(array.data as Float32Array))
  })
  return withLeaves(parameters, isNdArray, leaves) as Parameters
}

function checkLengths({ sentences }: SentenceBatch, most: number): void {
  const long = sentences.find(({ tokens }) => tokens.length > most)
  if (long === undefined) return
  throw new ElmanError('ELMO_SENTENCE_TOO_LONG', {
    message: `sentence ${long.index} is longer than is allowed`,
    expected: `at most ${most} tokens`,
    found: `${long.tokens.length}`,
    hint: 'split it, or raise maxTokens: memory grows with the longest sentence of a batch',
  })
}
