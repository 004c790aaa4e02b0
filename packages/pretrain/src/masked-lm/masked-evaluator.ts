/** Masked loss and accuracy of a model on fixed masks, and pseudo-perplexity of sentences. */

import {
  argMax,
  type Backend,
  type Batch,
  cast,
  type Executable,
  equal,
  isNdArray,
  leavesOf,
  type NdArray,
  type Parameters,
  random,
  reshape,
  softmaxCrossEntropy,
  type TensorBatch,
  type TensorParameters,
  trace,
} from '@elman/core'
import type { FloatType } from '@elman/layers-recurrent'
import { timeBucket } from '../elmo/sentence-batches.ts'
import { layOutSequences } from './lay-out-sequences.ts'
import { maximumPredictions } from './mask-tokens.ts'
import { assembleSequence, type MaskedRow, maskedRow, packRows } from './masked-batches.ts'
import type { MaskedLanguageModel } from './masked-model.ts'
import type { MaskedTokenIds } from './special-tokens.ts'
import type { TokenDocuments } from './token-documents.ts'

/** Put beside every number of a masked model that looks like a perplexity. */
export const NOT_CAUSAL =
  'of a masked model, which sees both sides: not comparable with perplexities of causal models'

/** How a model is scored. */
export interface MaskedEvaluatorOptions {
  readonly special: MaskedTokenIds
  /** Tokens of a sequence at most, special ones counted. */
  readonly length: number
  /** Sequences side by side; it changes no score. 16 unless given. */
  readonly batch?: number | undefined
  /** Part of the tokens that is asked for; 0.15 unless given. */
  readonly rate?: number | undefined
  readonly wholeWords?: boolean | undefined
  readonly dtype?: FloatType | undefined
}

/** How well masked tokens are told. */
export interface MaskedScore {
  /** Mean negative log-probability of a masked token, in nats. */
  readonly loss: number
  /** exp(loss). Not comparable with perplexities of causal models. */
  readonly perplexity: number
  /** Share of masked tokens whose most probable id is the right one. */
  readonly accuracy: number
  /** Share of pairs told rightly as next or not; where the model has that head. */
  readonly nextAccuracy?: number | undefined
  /** Masked tokens. */
  readonly tokens: number
  readonly seconds: number
}

/** Pseudo-perplexity (Salazar et al. 2020): each token is masked in turn. */
export interface PseudoScore {
  /** Mean over all tokens of −ln p(token | all others), in nats. */
  readonly loss: number
  /** exp(loss). Not comparable with perplexities of causal models. */
  readonly perplexity: number
  readonly tokens: number
  readonly seconds: number
  /** Sum of −ln p of each sentence, in nats. */
  readonly sentences: readonly number[]
}

/** Scores a model's parameters. */
export interface MaskedEvaluator {
  /** On masks that depend on the text alone: the same for every model and step. */
  score(parameters: Parameters, documents: TokenDocuments): Promise<MaskedScore>
  /**
   * @param sentences - Ids without special tokens; those that are too long are cut, empty ones score 0.
   */
  /** Each token of each sentence masked in turn; not comparable with causal perplexity. */
  pseudoPerplexity(parameters: Parameters, sentences: readonly Int32Array[]): Promise<PseudoScore>
  /** Frees what the backend holds. */
  dispose(): Promise<void>
}

/** Prepares the scoring of a model; graphs are compiled as shapes come, one for each of a few lengths. */
export function createMaskedEvaluator(
  backend: Backend,
  model: MaskedLanguageModel,
  options: MaskedEvaluatorOptions,
): MaskedEvaluator {
  const { special, length, batch = 16, rate = 0.15, wholeWords = false, dtype = 'float32' } = options
  const { nextSentence } = model.config
  const { padding } = special
  const graphs = new Map<string, Promise<Executable>>()
  const run = async (parameters: Parameters, arrays: Batch): Promise<readonly NdArray[]> => {
    const name = JSON.stringify([arrays.ids!.shape, arrays.places!.shape])
    if (!graphs.has(name)) graphs.set(name, compile(backend, model, parameters, arrays))
    const executable = await graphs.get(name)!
    const [fixed, given] = [parameters, arrays].map(tree => leavesOf<NdArray>(tree, isNdArray))
    return executable.run([...fixed!, ...given!])
  }
  return {
    async score(parameters, documents) {
      const start = performance.now()
      const key = random.foldIn(random.key(0), 'fixed masks')
      const layout = { length, nextSentence, shortSequences: 0 }
      const masking = { type: 'dynamic', copies: 1, rate, wholeWords } as const
      const rules = { ...layout, masking, special, vocabularySize: model.vocabularySize }
      const sequences = layOutSequences(documents, layout, random.foldIn(key, 0))
      const shape = { batch, time: length, predictions: maximumPredictions(length, rate) }
      const sums = { loss: 0, right: 0, tokens: 0, next: 0 }
      for (let from = 0; from < sequences.length; from += batch) {
        const rows = sequences
          .slice(from, from + batch)
          .map((sequence, row) =>
            maskedRow(documents, sequence, rules, random.foldIn(random.foldIn(key, 1), from + row)),
          )
        const arrays = packRows(rows, shape, { padding, nextSentence, dtype })
        const [losses, right, next] = await run(parameters, arrays)
        for (const [slot, weight] of [...arrays.weights!.data].entries()) {
          if (weight !== 1) continue
          sums.loss += Number(losses!.data[slot])
          sums.right += Number(right!.data[slot])
          sums.tokens += 1
        }
        for (let row = 0; nextSentence && row < rows.length; row++) sums.next += Number(next!.data[row])
      }
      const loss = sums.loss / sums.tokens
      return {
        ...{ loss, perplexity: Math.exp(loss), accuracy: sums.right / sums.tokens, tokens: sums.tokens },
        ...(nextSentence ? { nextAccuracy: sums.next / sequences.length } : {}),
        seconds: (performance.now() - start) / 1000,
      }
    },
    async pseudoPerplexity(parameters, sentences) {
      const start = performance.now()
      const sums = sentences.map(() => 0)
      let tokens = 0
      for (const [time, questions] of questionsByLength(sentences, special, length)) {
        tokens += questions.length
        for (let from = 0; from < questions.length; from += batch) {
          const part = questions.slice(from, from + batch)
          const rows = part.map(({ row }) => row())
          const shape = { batch, time, predictions: 1 }
          const [losses] = await run(parameters, packRows(rows, shape, { padding, nextSentence, dtype }))
          for (const [row, { sentence }] of part.entries()) sums[sentence]! += Number(losses!.data[row])
        }
      }
      const loss = sums.reduce((sum, value) => sum + value, 0) / tokens
      const seconds = (performance.now() - start) / 1000
      return { loss, perplexity: Math.exp(loss), tokens, seconds, sentences: sums }
    },
    async dispose() {
      for (const executable of graphs.values()) await (await executable).dispose()
    },
  }
}

interface Question {
  readonly sentence: number
  /** Made when it is asked: a sentence of n tokens has n rows. */
  row(): MaskedRow
}

/** One question for each token, by the padded length of its sentence. */
function questionsByLength(
  sentences: readonly Int32Array[],
  special: MaskedTokenIds,
  length: number,
): Map<number, Question[]> {
  const found = new Map<number, Question[]>()
  for (const [sentence, whole] of sentences.entries()) {
    const ids = whole.subarray(0, length - 2)
    const assembled = assembleSequence({ ids, words: ids }, { first: [0, ids.length] }, special)
    const time = Math.min(length, timeBucket(assembled.ids.length))
    const list = found.get(time) ?? []
    found.set(time, list)
    for (const [at, target] of ids.entries()) {
      const place = at + 1
      const row = (): MaskedRow => {
        const shown = Int32Array.from(assembled.ids)
        shown[place] = special.mask
        const asked = { places: Int32Array.of(place), targets: Int32Array.of(target) }
        return { ids: shown, ...asked, segments: assembled.segments, isNext: true }
      }
      list.push({ sentence, row })
    }
  }
  return found
}

/** Parameters and a batch to losses and hits of each place, and hits of the next sentence. */
function compile(
  backend: Backend,
  model: MaskedLanguageModel,
  parameters: Parameters,
  arrays: Batch,
): Promise<Executable> {
  const { graph } = trace(
    (own: TensorParameters, given: TensorBatch) => {
      const context = { mode: 'evaluate' } as const
      const { ids, segments, mask, places, targets, next } = given
      const output = model.encoder.apply(own, { ids: ids!, segments: segments!, mask: mask! }, context)
      const logits = model.wordLogits(own, output.last, places!, context)
      const flat = reshape(targets!, [-1])
      const right = cast(equal(argMax(logits), flat), 'int32')
      const results = [softmaxCrossEntropy(logits, flat), right]
      if (next === undefined) return results
      return [...results, cast(equal(argMax(model.nextLogits(own, output, context)), next), 'int32')]
    },
    parameters,
    arrays,
  )
  return backend.compile(graph, { name: 'evaluate masked' })
}
