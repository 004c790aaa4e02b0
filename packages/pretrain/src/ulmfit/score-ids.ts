/** Loss of a language model over a text of ids, every token but the first once. */
import { type Backend, isNdArray, leavesOf, type NdArray, type Parameters } from '@elman/core'
import { createEvaluationWindows } from '@elman/text'
import { walkWindows } from '../evaluators/walk-windows.ts'
import { scoringGraph } from '../language-model/evaluate.ts'
import type { LanguageModel } from '../language-model/language-model.ts'

/** Scores parameters of one model on one text. */
export interface IdsScorer {
  /** Mean negative log-probability of a token, in nats. */
  score(parameters: Parameters): Promise<number>
  /** Frees what the backend holds. */
  dispose(): Promise<void>
}

/** Compiles the scoring of `ids` by a model; with several rows each but the first reads 256 tokens unscored. */
export async function createIdsScorer(
  backend: Backend,
  model: LanguageModel,
  example: Parameters,
  ids: Int32Array,
  { batch = 8, time = 64, dtype = 'float32' as 'float32' | 'float64' } = {},
): Promise<IdsScorer> {
  const initial = model.initialState(batch, dtype) as Parameters
  const graph = scoringGraph(model, example, initial, { batch, time })
  const executable = await backend.compile(graph, { name: 'score' })
  return {
    async score(parameters) {
      const windows = createEvaluationWindows(ids, { batch, time, warmUp: 256 }, undefined)
      const [fixed, state] = [parameters, initial].map(tree => leavesOf<NdArray>(tree, isNdArray))
      let sum = 0
      await walkWindows(
        { executable, parameters: fixed!, state: state!, windows, options: {} },
        ({ position }, [losses]) => {
          for (let slot = 0; slot < position.length; slot++)
            if (position[slot]! >= 0) sum += Number(losses!.data[slot])
        },
      )
      return sum / windows.tokens
    },
    dispose: () => executable.dispose(),
  }
}
