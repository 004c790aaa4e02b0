/**
 * A trained learner as an automaton: the three things that extraction and certificates ask of a network. Calls take
 * many states at once, because a network answers a thousand as fast as ten.
 */

/** States with the logits that were answered on the way into them. */
export interface RecogniserStates {
  /** (count, stateSize) */
  readonly states: Float32Array
  /** (count, outputs) */
  readonly logits: Float32Array
}

/** A trained learner, one step at a time. Symbols are those of the language's alphabet. */
export interface Recogniser {
  /** Symbols of the alphabet. */
  readonly symbols: number
  readonly stateSize: number
  readonly parts: readonly { readonly name: string; readonly size: number }[]
  readonly outputs: number
  /** `class`: the answer is the arg-max; `flags`: each logit above 0 is a yes. */
  readonly target: 'class' | 'flags'
  /** The state before the first symbol of a word (the begin symbol is read), one row. */
  start(): Promise<RecogniserStates>
  /** One step of each state with its symbol. */
  step(states: Float32Array, symbols: Uint8Array): Promise<RecogniserStates>
}

/** Classes of rows of logits: the arg-max, the lower number at a tie. */
export function classesOf(logits: Float32Array, outputs: number): Uint8Array {
  const classes = new Uint8Array(logits.length / outputs)
  for (let row = 0; row < classes.length; row++) {
    let best = 0
    for (let k = 1; k < outputs; k++) if (logits[row * outputs + k]! > logits[row * outputs + best]!) best = k
    classes[row] = best
  }
  return classes
}
