/** Runs one string through a trained learner, step by step, and keeps its state: what the page's traces show. */
import type { EncodedString, Encoding } from '../languages/encoding.ts'
import { classesOf, type Recogniser, type RecogniserStates } from '../learners/recogniser.ts'
import type { StateTrace } from './page/trace.ts'

/** Steps of the string that is traced, at most, where the language has one so short. */
const STEPS = 32

/** The largest size up to the training size whose strings are short enough to show. */
export function traceSize({ language, lengthOf }: Encoding, trainSize: number): number {
  for (let size = trainSize; size > 1; size--) {
    if (language.hasSize(size) && lengthOf(language.lengthOf(size)) <= STEPS) return size
  }
  return language.hasSize(1) ? 1 : trainSize
}

/** States and answers of one string. */
export async function traceStates(
  recogniser: Recogniser,
  encoding: Encoding,
  string: EncodedString,
  facts: Pick<StateTrace, 'probe' | 'hard'>,
): Promise<StateTrace> {
  const steps: RecogniserStates[] = []
  let state = new Float32Array(recogniser.stateSize)
  for (const symbol of string.inputs) {
    const after = await recogniser.step(state, Uint8Array.of(symbol))
    steps.push(after)
    state = after.states as Float32Array<ArrayBuffer>
  }
  let offset = 0
  const parts = recogniser.parts.map(({ name, size }) => {
    const values = new Float32Array(steps.length * size)
    for (const [t, { states }] of steps.entries()) {
      values.set(states.subarray(offset, offset + size), t * size)
    }
    offset += size
    return { name, size, values }
  })
  const answers = steps.map(({ logits }, t) =>
    string.scored[t] === 1 ? answerOf(encoding, logits) : undefined,
  )
  const wanted = steps.map((_, t) => wantedAt(encoding, string, t))
  return {
    ...facts,
    symbols: Array.from(string.inputs, symbol => brief(encoding.inputNames[symbol]!, symbol)),
    answers: answers.map(answer => answer && textOf(encoding, answer)),
    right: answers.map((answer, t) => answer !== undefined && `${answer}` === `${wanted[t]}`),
    parts,
  }
}

/** The answered class, or the flags. */
function answerOf({ target, outputs }: Encoding, logits: Float32Array): number[] {
  return target === 'class'
    ? [...classesOf(logits, outputs)]
    : Array.from(logits, logit => (logit > 0 ? 1 : 0))
}

function wantedAt({ target, outputs }: Encoding, { targets }: EncodedString, t: number): number[] {
  return target === 'class' ? [targets[t]!] : [...targets.subarray(t * outputs, (t + 1) * outputs)]
}

/** A name of at most three letters, or a special symbol; a number for others. */
function brief(name: string, number: number): string {
  return [...name].length <= 3 || ['begin', 'delimiter', 'blank'].includes(name) ? name : String(number)
}

/** A class by its name; flags by the symbol that may follow, `.` for the end, `*` for several. */
function textOf({ target, view, language }: Encoding, answer: readonly number[]): string {
  if (target === 'flags') {
    const may = answer.flatMap((flag, k) => (flag === 1 ? [language.alphabet[k] ?? '.'] : []))
    return may.length > 1 ? '*' : (may[0] ?? '–')
  }
  const names = view === 'transduce' ? language.transduction?.outputs : language.recognition?.classes
  const name = names?.[answer[0]!] ?? String(answer[0])
  return name === 'yes' ? '1' : name === 'no' ? '0' : brief(name, answer[0]!)
}
