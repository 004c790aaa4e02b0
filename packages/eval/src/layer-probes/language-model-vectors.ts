/** The layers of a recurrent language model of a run: its word vectors, and the hidden states of each of its layers. */
import {
  type Backend,
  type ElmanContainer,
  ElmanError,
  type Executable,
  filled,
  gather,
  isNdArray,
  leavesOf,
  MODEL,
  type NdArray,
  ndArray,
  type Parameters,
  random,
  reshape,
  type Tensor,
  type TensorParameters,
  trace,
} from '@elman/core'
import type { SequenceState } from '@elman/layers-recurrent'
import type { LanguageModel, LoadedModel, RecurrentModelConfig } from '@elman/pretrain'
import type { Vocabulary } from '@elman/text'
import type { EncoderOptions } from './elmo-vectors.ts'
import { type LayerVectors, parametersIdentity, type SentenceLayers } from './layer-vectors.ts'

/** Steps of a graph are a multiple of this, so that lengths share few graphs. */
const STEPS = 16

/** A model of a run: what `loadModel` gives. */
export type ModelOfRun = Pick<LoadedModel, 'config' | 'model' | 'parameters' | 'vocabulary'>

/**
 * The layers of a forward language model. The vector of a token is the state after it was read, from a zero state and
 * the end of a sentence on, where the vocabulary has one; a word that the vocabulary lacks is read in lower case, else
 * as the unknown word.
 *
 * @throws `PROBE_MODEL_UNSUPPORTED`
 */
export async function languageModelLayerVectors(
  backend: Backend,
  container: ElmanContainer,
  run: ModelOfRun,
  { batch = 16 }: EncoderOptions = {},
): Promise<LayerVectors> {
  const towers = towersOf(run, container)
  const parameters = run.parameters as { readonly embedding: NdArray; readonly rnn: Parameters }
  const embedding = parameters.embedding.shape[1]!
  const layers = [
    { name: 'layer 0', features: embedding },
    ...towers.map(({ hiddenSize }, index) => ({ name: `layer ${index + 1}`, features: hiddenSize })),
  ]
  const fixed = towers.map((tower, index) => towerParameters(tower, parameters, index + 1))
  const graphs = new Map<number, Promise<Executable>>()

  const compile = (time: number): Promise<Executable> => {
    const states = towers.map(tower => tower.initialState(batch) as Parameters)
    const { graph } = trace(
      (table: Tensor, given: readonly TensorParameters[], before: readonly SequenceState[], ids: Tensor) => {
        const outputs = towers.map((tower, index) => {
          const weights = { ...given[index]!, embedding: table }
          return tower.apply(weights, ids, before[index]!, { mode: 'evaluate' }).hidden!.raw
        })
        return [reshape(gather(table, ids), [time, batch, embedding]), ...outputs]
      },
      parameters.embedding,
      fixed,
      states,
      { dtype: 'int32', shape: [time, batch] },
    )
    return backend.compile(graph, { name: `language model ${time} x ${batch}` })
  }
  const first = towers.flatMap(tower => leavesOf<NdArray>(tower.initialState(batch), isNdArray))
  const weights = [parameters.embedding, ...leavesOf<NdArray>(fixed, isNdArray)]

  async function embedBatch(from: number, sentences: readonly (readonly string[])[]) {
    const { ids, time, start } = layOut(sentences, run.vocabulary, batch)
    if (!graphs.has(time)) graphs.set(time, compile(time))
    const results = await (await graphs.get(time)!).run([...weights, ...first, ids])
    return sentences.map((tokens, row): SentenceLayers => {
      const taken = layers.map(({ features }, layer) => {
        const data = results[layer]!.data as Float32Array
        const target = new Float32Array(tokens.length * features)
        for (let step = 0; step < tokens.length; step++) {
          const at = ((step + start) * batch + row) * features
          target.set(data.subarray(at, at + features), step * features)
        }
        return target
      })
      return { index: from + row, layers: taken }
    })
  }

  return {
    identity: parametersIdentity(run.parameters, JSON.stringify(run.config.model)),
    layers,
    async *embed(sentences) {
      let waiting: (readonly string[])[] = []
      let done = 0
      for (const tokens of sentences) {
        waiting.push(tokens)
        if (waiting.length < batch) continue
        yield* await embedBatch(done, waiting)
        done += waiting.length
        waiting = []
      }
      if (waiting.length > 0) yield* await embedBatch(done, waiting)
    },
    async dispose() {
      for (const executable of graphs.values()) await (await executable).dispose()
    },
  }
}

/** The same model with the weights that training would have begun with. */
export function untrainedLanguageModel(run: ModelOfRun, seed: number): ModelOfRun {
  return { ...run, parameters: run.model.init(random.foldIn(random.key(seed), 'untrained')) }
}

/** For each layer, the model that ends there: what its softmax reads is the output of that layer. */
function towersOf({ config, vocabulary }: ModelOfRun, container: ElmanContainer): LanguageModel[] {
  const reference = config.model as string | ({ readonly type: string } & Partial<RecurrentModelConfig>)
  const full = typeof reference === 'string' ? { type: reference } : reference
  if (full.type !== 'recurrent-lm') {
    throw new ElmanError('PROBE_MODEL_UNSUPPORTED', {
      message: 'layers of this kind of model cannot be probed',
      expected: 'model recurrent-lm, an ELMo, or word vectors',
      found: `model ${full.type}`,
    })
  }
  if (vocabulary.unit === 'character') {
    throw new ElmanError('PROBE_MODEL_UNSUPPORTED', {
      message: 'a model of characters has no vectors of words',
      expected: 'a model of words',
      found: 'unit character',
    })
  }
  const { layers = 1, cell = { type: 'lstm', hidden: 200 } } = full
  const cells = full.cells ?? Array.from({ length: layers }, () => cell)
  const { embedding, dropout, initialScale } = full
  return cells.map((_, index) => {
    const part = {
      ...{ type: 'recurrent-lm', cells: cells.slice(0, index + 1) },
      ...(embedding === undefined ? {} : { embedding }),
      ...(dropout === undefined ? {} : { dropout }),
      ...(initialScale === undefined ? {} : { initialScale }),
    }
    return container.create(MODEL, part, { path: 'model' })(1)
  })
}

/** The parameters of a tower but its word vectors, which all towers share: the run's layers, and an unused softmax. */
function towerParameters(
  tower: LanguageModel,
  { rnn }: { readonly rnn: Parameters },
  count: number,
): Parameters {
  const { embedding: _, ...own } = tower.init([0, 0])
  const layers = Object.fromEntries(Array.from({ length: count }, (__, layer) => [layer, rnn[layer]!]))
  return { ...own, rnn: layers }
}

/** Ids (time, batch), with an end of sentence in front where there is one. */
function layOut(sentences: readonly (readonly string[])[], vocabulary: Vocabulary, batch: number) {
  const { endOfSentence } = vocabulary
  const start = endOfSentence === undefined ? 0 : 1
  const longest = Math.max(...sentences.map(tokens => tokens.length)) + start
  const time = Math.max(STEPS, Math.ceil(longest / STEPS) * STEPS)
  const ids = filled([time, batch], 0, 'int32')
  for (const [row, tokens] of sentences.entries()) {
    if (endOfSentence !== undefined) ids.data[row] = endOfSentence
    for (const [step, token] of tokens.entries()) {
      ids.data[(step + start) * batch + row] = idOf(token, vocabulary)
    }
  }
  return { ids: ndArray('int32', [time, batch], ids.data as Int32Array), time, start }
}

function idOf(token: string, vocabulary: Vocabulary): number {
  const id = vocabulary.idOf(token) ?? vocabulary.idOf(token.toLowerCase()) ?? vocabulary.unknown
  if (id !== undefined) return id
  throw new ElmanError('PROBE_VOCABULARY_CLOSED', {
    message: `the model does not know "${token}", nor an unknown word`,
    hint: 'probe a model whose vocabulary has <unk>',
  })
}
