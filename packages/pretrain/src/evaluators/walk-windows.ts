import type { Executable, NdArray } from '@elman/core'
import type { EvaluationWindow, EvaluationWindows } from '@elman/text'
import { type ProgressMeter, progressMeter, type ScoringOptions } from './scoring-options.ts'

/** A compiled function of a window: parameters, state, ids, targets, more, to results and the next state. */
export interface WindowWalk {
  /** Outputs end with the state, in the order of the state among the inputs. */
  readonly executable: Executable
  /** Inputs before the state: the parameters. */
  readonly parameters: readonly NdArray[]
  /** State before the first window. */
  readonly state: readonly NdArray[]
  readonly windows: EvaluationWindows
  /** Rows that read each row of the windows, side by side; 1 unless given. */
  readonly copies?: number | undefined
  /** Inputs after ids and targets. */
  more?(index: number): readonly NdArray[]
  readonly options?: ScoringOptions | undefined
  /** Counts the tokens; one of its own unless given. */
  readonly meter?: ProgressMeter | undefined
}

/**
 * Runs a function over all windows of a text and carries its state from each to the next.
 *
 * @param take - Is given each window and the results that are no state.
 */
export async function walkWindows(
  { executable, parameters, state: initial, windows, copies = 1, more, options, meter: given }: WindowWalk,
  take: (window: EvaluationWindow, results: readonly NdArray[]) => void,
): Promise<void> {
  const meter = given ?? progressMeter('score', windows.tokens, options)
  let state = initial
  let index = 0
  for (const window of windows) {
    const { input, target, time, batch } = window
    const ids = (data: Int32Array): NdArray => ({
      dtype: 'int32',
      shape: [time, batch * copies],
      data: copies === 1 ? data : repeated(data, copies),
    })
    const inputs = [...parameters, ...state, ids(input), ids(target), ...(more?.(index) ?? [])]
    const outputs = await executable.run(inputs)
    const results = outputs.slice(0, outputs.length - state.length)
    state = outputs.slice(results.length)
    take(window, results)
    index += 1
    await meter.advance(window.scored * copies)
  }
}

/** Each element so many times in a row. */
function repeated(data: Int32Array, copies: number): Int32Array {
  return Int32Array.from({ length: data.length * copies }, (_, i) => data[Math.floor(i / copies)]!)
}
