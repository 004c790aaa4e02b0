/** Whether a certificate's reference is that of the language: by the machine's states, and by its definition. */
import type { Language } from '../languages/language.ts'
import { formProblem } from './check-tables.ts'
import type { Certificate } from './format.ts'

/** Words that are compared with the language's definition, at most. */
const SHORT_WORDS = 8192
/** Pairs of states that are walked, at most. */
const LARGEST_WALK = 200_000

/** The answer that the language wants to a word; undefined where it has none of the kind. */
export function wantedAnswer(
  { recognition }: Language,
  target: 'class' | 'flags',
  word: readonly number[],
): number | undefined {
  if (recognition === undefined) return undefined
  if (target === 'class') return recognition.classOf(Uint8Array.from(word))
  const { machine } = recognition
  const state = word.reduce<unknown>((at, symbol) => machine.step(at, symbol), machine.start)
  return machine.next && bits(machine.next(state))
}

/**
 * The language with the class 0 for words that it does not ask about, as certificates of such languages have it; the
 * language itself where it asks about all, or where next symbols are certified.
 */
export function asCertified(language: Language, target: 'class' | 'flags'): Language {
  const { recognition } = language
  const domain = recognition?.domain
  if (target === 'flags' || recognition === undefined || domain === undefined) return language
  const isAsked = (place: number) => domain.classes[place] === 1
  const go = (place: number, symbol: number) => domain.next[place * domain.symbols + symbol]!
  const { machine, classOf, classes } = recognition
  const joined = {
    kind: machine.kind,
    start: { state: machine.start, place: domain.start },
    step: (at: { state: unknown; place: number }, symbol: number) => ({
      state: machine.step(at.state, symbol),
      place: go(at.place, symbol),
    }),
    classOf: (at: { state: unknown; place: number }) =>
      isAsked(at.place) ? 1 + machine.classOf(at.state) : 0,
    key: (at: { state: unknown; place: number }) => `${at.place}|${machine.key(at.state)}`,
    ...(machine.automaton && { automaton: machine.automaton }),
  }
  return {
    ...language,
    recognition: {
      ...recognition,
      classes: ['not asked', ...classes],
      machine: joined as unknown as typeof machine,
      classOf: word => (isAsked([...word].reduce(go, domain.start)) ? 1 + classOf(word) : 0),
    },
  }
}

/** What is wrong about the part of a certificate that is about the language. */
export function languageProblems(certificate: Certificate, language: Language): string[] {
  const { id, alphabet, classes, target, trainSize, automaton } = certificate.language
  const problems: string[] = []
  if (id !== language.id) problems.push(`language.id: ${id} is not ${language.id}`)
  if (alphabet.join('\n') !== language.alphabet.join('\n')) problems.push('language.alphabet: another one')
  const { recognition } = language
  if (classes.join('\n') !== (recognition?.classes ?? []).join('\n')) {
    problems.push('language.classes: other ones')
  }
  if (trainSize !== language.trainSize) problems.push(`language.trainSize: it is ${language.trainSize}`)
  for (const { size, length } of certificate.evidence.sampled?.sizes ?? []) {
    const own = language.hasSize(size) ? language.lengthOf(size) : undefined
    if (own !== length) problems.push(`sampled: words of size ${size} do not have length ${length}`)
  }
  if (automaton === undefined) {
    const regular = recognition?.machine.automaton !== undefined
    return regular ? [...problems, 'language.automaton: the language is regular and has one'] : problems
  }
  if (recognition === undefined || formProblem(automaton, language.alphabet.length) !== undefined) {
    return [...problems, 'language.automaton: nothing to compare it with']
  }
  const { machine } = recognition
  if (target === 'flags' && machine.next === undefined) {
    return [...problems, 'language.target: the language has no next symbols']
  }
  const answer = (state: unknown) =>
    target === 'class' ? machine.classOf(state) : bits(machine.next!(state))

  // all pairs of a machine's state and the table's: complete when the machine is finite
  const waiting: (readonly [unknown, number])[] = [[machine.start, automaton.start]]
  const met = new Set([`${automaton.start} ${machine.key(machine.start)}`])
  for (const [state, own] of waiting) {
    if (answer(state) !== automaton.classes[own]) {
      return [...problems, "language.automaton: not the answers of the language's machine"]
    }
    for (const [symbol, to] of automaton.next[own]!.entries()) {
      const after = machine.step(state, symbol)
      const key = `${to} ${machine.key(after)}`
      if (met.has(key)) continue
      met.add(key)
      waiting.push([after, to])
    }
    if (met.size > LARGEST_WALK) return [...problems, "language.automaton: the language's machine has no end"]
  }

  // the definition, which is written without the machine
  let words: { word: number[]; own: number }[] = [{ word: [], own: automaton.start }]
  for (let seen = 0; target === 'class' && seen + words.length <= SHORT_WORDS; ) {
    for (const { word, own } of words) {
      if (recognition.classOf(Uint8Array.from(word)) === automaton.classes[own]) continue
      return [...problems, "language.automaton: not the answers of the language's definition"]
    }
    seen += words.length
    words = words.flatMap(({ word, own }) =>
      automaton.next[own]!.map((to, symbol) => ({ word: [...word, symbol], own: to })),
    )
  }
  return problems
}

function bits(flags: Uint8Array): number {
  let pattern = 0
  for (const [k, flag] of flags.entries()) if (flag) pattern += 2 ** k
  return pattern
}
