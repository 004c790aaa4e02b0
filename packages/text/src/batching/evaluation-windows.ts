import { ElmanError } from '@elman/core'
import { z } from 'zod'
import type { Vocabulary } from '../vocabulary/vocabulary.ts'

/** How a text is laid out to be scored. */
export const evaluationConfig = z.strictObject({
  batch: z.int().min(1).default(1).describe('rows scored side by side; 1 reads the text in one sequence'),
  time: z.int().min(1).default(64).describe('tokens a row and window'),
  warmUp: z
    .int()
    .min(0)
    .default(256)
    .describe('tokens each row after the first reads, unscored, to fill its state'),
})

/** Layout of a text to be scored. */
export type EvaluationConfig = z.infer<typeof evaluationConfig>

/** Tokens to read and score, (time, batch) in row-major order: element t · batch + b. */
export interface EvaluationWindow {
  readonly input: Int32Array
  readonly target: Int32Array
  /** 1 where the target counts, 0 where it is warm-up or padding. */
  readonly weight: Float32Array
  /** Index in the text of each target that counts, else −1. */
  readonly position: Int32Array
  readonly time: number
  readonly batch: number
  /** Number of targets that count. */
  readonly scored: number
}

/** All windows of a text; iterate as often as you like, always from the start with a fresh state. */
export interface EvaluationWindows extends Iterable<EvaluationWindow> {
  /** Number of windows. */
  readonly length: number
  /** Tokens scored in all: the whole text, each once (less the first when there is no `first`). */
  readonly tokens: number
}

/**
 * Windows that score every token of a text exactly once, in one shape: the last window is padded, with weight 0.
 *
 * With more than one row, each row after the first begins `warmUp` tokens before what it scores, so that its state
 * is what a sequential reading would have (up to what the model still remembers from further back) and results do
 * not depend on the batch. The first row needs none and scores that much more.
 *
 * @param ids - Encoded text; not copied.
 * @param first - Id read before the first token: `<eos>`, or a line break, see {@link startToken}. Without it the
 *   first token has no context and is not scored.
 * @throws `TEXT_TOO_SHORT` when there is nothing to score.
 */
export function createEvaluationWindows(
  ids: Int32Array,
  config: z.input<typeof evaluationConfig>,
  first: number | undefined,
): EvaluationWindows {
  const { batch, time, warmUp } = evaluationConfig.parse(config)
  const begin = first === undefined ? 1 : 0
  const tokens = ids.length - begin
  if (tokens < 1) {
    throw new ElmanError('TEXT_TOO_SHORT', {
      message: 'the text to evaluate has no token to score',
      found: `${ids.length} tokens`,
      ...(first === undefined ? { hint: 'without a start token the first one only serves as context' } : {}),
    })
  }
  // Row b reads targets b·stride … b·stride + rowLength − 1 and, but for row 0, scores all but the first `lead`.
  const lead = batch === 1 ? 0 : Math.min(warmUp, tokens)
  const stride = batch === 1 ? tokens : Math.ceil((tokens - lead) / batch)
  const rowLength = lead + stride
  const length = Math.ceil(rowLength / time)

  const makeWindow = (index: number): EvaluationWindow => {
    const size = time * batch
    const input = new Int32Array(size)
    const target = new Int32Array(size)
    const weight = new Float32Array(size)
    const position = new Int32Array(size).fill(-1)
    let scored = 0
    for (let row = 0; row < batch; row++) {
      for (let t = 0; t < time; t++) {
        const step = index * time + t
        const at = begin + row * stride + step
        if (step >= rowLength || at >= ids.length) break
        const slot = t * batch + row
        input[slot] = at === 0 ? first! : ids[at - 1]!
        target[slot] = ids[at]!
        if (row > 0 && step < lead) continue
        weight[slot] = 1
        position[slot] = at
        scored += 1
      }
    }
    return { input, target, weight, position, time, batch, scored }
  }
  return {
    length,
    tokens,
    *[Symbol.iterator]() {
      for (let index = 0; index < length; index++) yield makeWindow(index)
    },
  }
}

/**
 * Id that stands before the first token of a text: `<eos>` where lines have one, else a line break, else none.
 */
export function startToken(vocabulary: Vocabulary): number | undefined {
  return vocabulary.endOfSentence ?? (vocabulary.unit === 'word' ? undefined : vocabulary.idOf('\n'))
}
