/** Perplexity of sentences under a bidirectional language model, always by the whole softmax. */
import {
  type Backend,
  type Executable,
  isNdArray,
  leavesOf,
  mul,
  type NdArray,
  ndArray,
  type Parameters,
  reshape,
  sum,
  type TensorBatch,
  type TensorParameters,
  trace,
} from '@elman/core'
import type { FloatType } from '@elman/layers-recurrent'
import type { SoftmaxLayer } from '../softmax/softmax-layer.ts'
import { ELMO_DIRECTIONS, type ElmoDirection, type ElmoModel } from './bidirectional-language-model.ts'
import { type ElmoCorpus, predictionCount, type SentenceList } from './elmo-corpus.ts'
import { lossesOf, readWindow } from './elmo-objective.ts'
import {
  type PackedSentences,
  type PackedWindowShape,
  packSentences,
  rowStarts,
  windowArrays,
} from './packed-sentences.ts'

/** How sentences are laid out to be scored. */
export interface ElmoEvaluatorOptions extends PackedWindowShape {
  /** `carry`: as in training; `reset`: zero before each sentence, which Peters et al. found worse. `carry` unless given. */
  readonly state?: 'carry' | 'reset' | undefined
  readonly dtype?: FloatType | undefined
}

/** How well one direction, or both, predict sentences. */
export interface ElmoDirectionScore {
  /** Mean negative log-probability of a token or an end of a sentence, in nats. */
  readonly loss: number
  /** exp(loss). */
  readonly perplexity: number
}

/** Scores of both directions, and of the mean of their losses: the loss that is trained, its perplexity. */
export interface ElmoScore extends ElmoDirectionScore {
  readonly forward: ElmoDirectionScore
  readonly backward: ElmoDirectionScore
  /** Predictions in each direction. */
  readonly tokens: number
  readonly seconds: number
}

/** Scores sentences by a model's parameters. */
export interface ElmoEvaluator {
  /** Every prediction counts once. */
  score(parameters: Parameters, sentences: SentenceList): Promise<ElmoScore>
  /** Frees what the backend holds. */
  dispose(): Promise<void>
}

/** Prepares the scoring of a model; graphs are compiled as shapes come. */
export function createElmoEvaluator(
  backend: Backend,
  model: ElmoModel,
  softmax: SoftmaxLayer,
  corpus: ElmoCorpus,
  { batch, time, state: mode = 'carry', dtype = 'float32' }: ElmoEvaluatorOptions,
): ElmoEvaluator {
  const graphs = new Map<string, Promise<Executable>>()
  const zero = Object.fromEntries(
    ELMO_DIRECTIONS.map(way => [way, model.initialState(batch, dtype) as Parameters]),
  )
  const evaluate = { mode: 'evaluate' } as const

  const compile = (parameters: Parameters, window: { readonly [name: string]: NdArray }) => {
    const { graph } = trace(
      (fixed: TensorParameters, carried: TensorParameters, arrays: TensorBatch) => {
        const read = readWindow(model, fixed, carried, arrays, { dropout: 0, context: evaluate })
        const weight = reshape(arrays.weight!, [-1])
        const sums = ELMO_DIRECTIONS.map(way => {
          const { features } = read[way]
          return sum(mul(lossesOf(softmax, fixed, features, arrays[`${way}Target`]!, evaluate), weight))
        })
        return [sums, { forward: read.forward.state, backward: read.backward.state }]
      },
      parameters,
      zero,
      window,
    )
    return backend.compile(graph, { name: 'evaluate elmo' })
  }

  return {
    async score(parameters, sentences) {
      const start = performance.now()
      const packed = packSentences(sentences)
      const weights = leavesOf<NdArray>(parameters, isNdArray)
      let carried = leavesOf<NdArray>(zero, isNdArray)
      const sums = { forward: 0, backward: 0 }
      for (const places of windowPlaces(packed, { batch, time })) {
        const window = {
          ...windowArrays(corpus, packed, { batch, time }, places),
          ...marks(packed, places, { batch, time }, mode === 'reset', dtype),
        }
        const name = JSON.stringify(window.characters!.shape)
        if (!graphs.has(name)) graphs.set(name, compile(parameters, window))
        const executable = await graphs.get(name)!
        const results = await executable.run([
          ...weights,
          ...carried,
          ...leavesOf<NdArray>(window, isNdArray),
        ])
        sums.forward += Number(results[0]!.data[0])
        sums.backward += Number(results[1]!.data[0])
        carried = results.slice(2)
      }
      const tokens = predictionCount(sentences)
      const of = (total: number): ElmoDirectionScore => ({
        loss: total / tokens,
        perplexity: Math.exp(total / tokens),
      })
      return {
        ...of((sums.forward + sums.backward) / 2),
        forward: of(sums.forward),
        backward: of(sums.backward),
        tokens,
        seconds: (performance.now() - start) / 1000,
      }
    },
    async dispose() {
      for (const executable of graphs.values()) await (await executable).dispose()
    },
  }
}

/** What each window reads: rows of whole sentences, each prediction once, −1 beyond a row's end. */
function* windowPlaces(packed: PackedSentences, { batch, time }: PackedWindowShape): Generator<Int32Array> {
  const total = packed.forward.input.length
  const first = [...new Set(rowStarts(packed, batch))].sort((a, b) => a - b)
  const ends = first.map((_, row) => first[row + 1] ?? total)
  const longest = Math.max(0, ...first.map((from, row) => ends[row]! - from))
  for (let step = 0; step < longest; step += time) {
    const places = new Int32Array(time * batch).fill(-1)
    for (const [row, from] of first.entries()) {
      for (let i = 0; i < time && from + step + i < ends[row]!; i++) places[i * batch + row] = from + step + i
    }
    yield places
  }
}

/** `weight` (time, batch), 1 where something is predicted, and with `resets` `reset`, 1 where a sentence begins. */
function marks(
  packed: PackedSentences,
  places: Int32Array,
  { batch, time }: PackedWindowShape,
  resets: boolean,
  dtype: FloatType,
): { readonly [name: string]: NdArray } {
  const floats = (values: (place: number) => number): NdArray => {
    const data = dtype === 'float64' ? Float64Array.from(places, values) : Float32Array.from(places, values)
    return ndArray(dtype, [time, batch], data)
  }
  const weight = floats(place => (place < 0 ? 0 : 1))
  if (!resets) return { weight }
  const begins = new Set(packed.starts)
  return { weight, reset: floats(place => (begins.has(place) ? 1 : 0)) }
}

/** The scores by name, for records and tables. */
export function scoresByName(score: ElmoScore): { readonly [name: string]: ElmoDirectionScore } {
  const ways = Object.fromEntries(ELMO_DIRECTIONS.map((way: ElmoDirection) => [way, score[way]]))
  return { mean: { loss: score.loss, perplexity: score.perplexity }, ...ways }
}
