/** Right answers counted on strings: one compiled graph for each length and way to act, for any parameters. */
import {
  type Backend,
  type Executable,
  type NdArray,
  ndArray,
  type Parameters,
  type Traced,
  trace,
} from '@elman/core'
import type { EncodedString, Encoding } from '../languages/encoding.ts'
import type { Learner, LearnerCall } from '../learners/learner.ts'
import { type TensorStrings, wrongSteps } from './answers.ts'
import { packParameters, unpackTensor } from './flat-parameters.ts'
import type { Count } from './record.ts'
import { batchOf, batchTypes, wordLengthFor } from './string-batch.ts'
import { longestOf } from './test-strings.ts'

/** Rows of a compiled graph: enough to fill the vector units, few enough for a long string's memory to stay in cache. */
const ROWS = 64

/** Counts of right strings and scored steps. */
export interface Score {
  readonly strings: Count
  readonly tokens: Count
}

/** Scores parameters of a learner. */
export interface Scorer {
  /** Strings padded to the longest; of one size where the learner needs the word's length. */
  score(parameters: Parameters, strings: readonly EncodedString[], hard: boolean): Promise<Score>
  /** Frees what the backend holds. */
  dispose(): Promise<void>
}

/** Makes a scorer; graphs are compiled when their length first comes. `like`: the arrangement of the parameters. */
export function createScorer(
  backend: Backend,
  encoding: Encoding,
  learner: Learner,
  like: Parameters,
): Scorer {
  const graphs = new Map<string, Executable>()
  const graphFor = async (call: LearnerCall, rows: number): Promise<Executable> => {
    const { time, word, hard } = call
    const name = `probe-score-${time}-${word ?? ''}-${rows}${hard ? '-hard' : ''}`
    const known = graphs.get(name)
    if (known !== undefined) return known
    const { graph } = trace(
      (row, strings) => {
        const parameters = unpackTensor(row, like) as Traced<Parameters>
        const logits = learner.apply(parameters, strings.inputs, call)
        return wrongSteps(encoding, logits, strings as TensorStrings)
      },
      { dtype: 'float32' as const, shape: [packParameters(like).length] },
      batchTypes(encoding, time, rows),
    )
    const made = await backend.compile(graph, { threads: 1, name })
    graphs.set(name, made)
    return made
  }
  return {
    async score(parameters, strings, hard) {
      const time = longestOf(strings)
      const rows = Math.min(ROWS, strings.length)
      const row = packParameters(parameters)
      const weights = ndArray('float32', [row.length], row)
      const word = wordLengthFor(learner, encoding, strings[0])
      const graph = await graphFor({ time, word, hard }, rows)
      const wrong: number[] = []
      for (let first = 0; first < strings.length; first += rows) {
        const { inputs, targets, scored } = batchOf(
          encoding,
          [strings.slice(first, first + rows)],
          time,
          rows,
        )
        const [counts] = (await graph.run([weights, inputs, targets, scored])) as [NdArray]
        wrong.push(...(counts.data as Float32Array))
      }
      return scoreOf(strings, wrong)
    },
    async dispose() {
      for (const graph of graphs.values()) await graph.dispose()
      graphs.clear()
    },
  }
}

/** Counts from the number of wrong steps of each string. */
export function scoreOf(strings: readonly EncodedString[], wrong: readonly number[]): Score {
  const asked = strings.reduce((sum, { scored }) => sum + scored.reduce((n, one) => n + one, 0), 0)
  const mistakes = strings.reduce((sum, _, i) => sum + wrong[i]!, 0)
  return {
    strings: { right: strings.filter((_, i) => wrong[i] === 0).length, total: strings.length },
    tokens: { right: asked - mistakes, total: asked },
  }
}
