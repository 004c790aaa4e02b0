/** The views of a language as steps of symbols and targets; what learners, baselines and certificates are given. */
import { ElmanError } from '@elman/core'
import type { EncodedString, Encoding } from './encoding.ts'
import type { Language, Recognition, Transduction, View, Word } from './language.ts'

/**
 * A language in one of its views.
 *
 * @throws `LANGUAGE_VIEW_MISSING` when the language does not have the view
 */
export function encodeView(language: Language, view: View): Encoding {
  const { recognition, transduction, views } = language
  if (views.includes(view)) {
    if (view === 'transduce') {
      if (transduction) return transduce(language, transduction)
    } else if (recognition) {
      if (view !== 'next-symbol') return classes(language, recognition, view)
      if (recognition.machine.next && recognition.samplePositive) return nextSymbols(language, recognition)
    }
  }
  throw new ElmanError('LANGUAGE_VIEW_MISSING', {
    message: `language ${language.id} does not have the view ${view}`,
    expected: `one of ${views.join(', ')}`,
    found: view,
  })
}

/** `recognise` and `dense`: begin and the word; the class of each prefix, of which `recognise` asks the last alone. */
function classes(language: Language, recognition: Recognition, view: 'recognise' | 'dense'): Encoding {
  const { machine } = recognition
  const encode = (word: Word): EncodedString => {
    const inputs = withBegin(language, word)
    const targets = new Uint8Array(inputs.length)
    const scored = new Uint8Array(inputs.length)
    let state = machine.start
    for (let step = 0; step < inputs.length; step++) {
      if (step > 0) state = machine.step(state, word[step - 1]!)
      const asked = view === 'dense' ? (recognition.asks?.(step) ?? true) : step === word.length
      if (!asked) continue
      targets[step] = machine.classOf(state)
      scored[step] = 1
    }
    return { inputs, targets, scored }
  }
  return {
    ...beginning(language),
    view,
    outputs: recognition.classes.length,
    target: 'class',
    sample: at => encode(recognition.sample(at).word),
    encode,
  }
}

/** `next-symbol`: begin and the word; after each prefix a flag for each symbol, and one for the end. */
function nextSymbols(language: Language, recognition: Recognition): Encoding {
  const { machine } = recognition
  const outputs = language.alphabet.length + 1
  const encode = (word: Word): EncodedString => {
    const inputs = withBegin(language, word)
    const targets = new Uint8Array(inputs.length * outputs)
    let state = machine.start
    for (let step = 0; step < inputs.length; step++) {
      if (step > 0) state = machine.step(state, word[step - 1]!)
      targets.set(machine.next!(state), step * outputs)
    }
    return { inputs, targets, scored: new Uint8Array(inputs.length).fill(1) }
  }
  return {
    ...beginning(language),
    view: 'next-symbol',
    outputs,
    target: 'flags',
    sample: at => encode(recognition.samplePositive!(at)),
    encode,
  }
}

/** `transduce`: the word, delimiters, and a blank for each output symbol, which is wanted at its blank. */
function transduce(language: Language, transduction: Transduction): Encoding {
  const { delimiters, machine, outputLength } = transduction
  const symbols = language.alphabet.length
  const special = delimiters > 0 ? ['delimiter', 'blank'] : ['blank']
  const blank = symbols + special.length - 1
  const lengthOf = (length: number) => length + delimiters + outputLength(length)
  const encode = (word: Word): EncodedString => {
    const output = machine.transduce(word)
    const inputs = new Uint8Array(lengthOf(word.length)).fill(blank)
    const targets = new Uint8Array(inputs.length)
    const scored = new Uint8Array(inputs.length)
    const first = word.length + delimiters
    inputs.set(word)
    inputs.fill(symbols, word.length, first)
    targets.set(output, first)
    scored.set(transduction.scored?.(output) ?? new Uint8Array(output.length).fill(1), first)
    const trained = transduction.trained && new Uint8Array(inputs.length)
    trained?.set(transduction.trained!(output), first)
    for (let step = first; step < targets.length; step++) {
      if (!scored[step] && !trained?.[step]) targets[step] = 0
    }
    return { inputs, targets, scored, ...(trained && { trained }) }
  }
  return {
    language,
    view: 'transduce',
    inputs: symbols + special.length,
    inputNames: [...language.alphabet, ...special],
    outputs: transduction.outputs.length,
    target: 'class',
    lengthOf,
    sample: at => encode(transduction.sample(at)),
    encode,
  }
}

function withBegin(language: Language, word: Word): Uint8Array {
  const inputs = new Uint8Array(word.length + 1)
  inputs[0] = language.alphabet.length
  inputs.set(word, 1)
  return inputs
}

function beginning(language: Language) {
  return {
    language,
    inputs: language.alphabet.length + 1,
    inputNames: [...language.alphabet, 'begin'],
    lengthOf: (length: number) => length + 1,
  }
}
