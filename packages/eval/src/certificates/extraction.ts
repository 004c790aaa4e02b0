/**
 * The automaton that a network behaves like (K3): L* with the network as its oracle, and four ways to doubt each
 * hypothesis, in order: all short words, the given words, sampled words, and the suite of the W-method, whose passing
 * is a proof for networks of at most so many states.
 */
import type { Dfa } from '../automata/dfa.ts'
import { separatingSet, wMethodSuite } from '../automata/distinguish.ts'
import { minimise } from '../automata/minimise.ts'
import { equivalence } from '../automata/product.ts'
import type { Language, Word } from '../languages/language.ts'
import { exhaustive } from './exhaustive.ts'
import { LStar } from './l-star.ts'
import { answersAlong, automatonReference, type Subject } from './subject.ts'
import { suiteHash } from './suite-hash.ts'
import { languageWords, uniformWord } from './words-of.ts'

/** Bounds and doubts of an extraction. */
export interface ExtractionOptions {
  /** Minimal automaton of the wanted answers; without it there is nothing to be equal to. */
  readonly reference?: Dfa
  /** All words up to this length are known to be answered as the reference does, so they need no second look. */
  readonly rightUpTo?: number
  /** Words to doubt with: test strings, seed words. All their prefixes are compared. */
  readonly words?: readonly Word[]
  /** Where sampled words come from, half of them; the others are uniform. */
  readonly language?: Language
  /** Sampled words have sizes up to this; default 40. */
  readonly size?: number
  /** Rate of errors that sampling is to find, and chance to miss it. Defaults 0.001. */
  readonly epsilon?: number
  readonly delta?: number
  /** States of a hypothesis; default 256. */
  readonly states?: number
  /** Words of the W-method's suite: its bound is the states and up to 3 more, as many as this allows. Default 50,000. */
  readonly suite?: number
  /** Steps of the network; default 2²³. */
  readonly steps?: number
  readonly seed?: number
}

/** What an extraction found. */
export interface Extraction {
  /**
   * `equal`: the minimal automaton is the reference's. `different`: it is not. `free`: no reference was given. `open`:
   * a bound was met before the doubts ended.
   */
  readonly verdict: 'equal' | 'different' | 'free' | 'open'
  /** Which bound an open one met; `inconsistent`: the network answered a word in two ways. */
  readonly met?: 'states' | 'steps' | 'inconsistent'
  /** The last hypothesis, minimal and numbered breadth-first. */
  readonly dfa?: Dfa
  /** The shortest word on which it differs from the reference. */
  readonly word?: Word
  /** Present when the suite was passed. */
  readonly suite?: {
    /** A network of at most so many states is equal to the automaton. */
    readonly bound: number
    readonly words: number
    /** Words by which all states differ. */
    readonly separating: readonly Word[]
    /** SHA-256 of the suite's words and their answers. */
    readonly sha256: string
  }
  /** The last sample: no difference in so many words. */
  readonly sampled?: { readonly epsilon: number; readonly delta: number; readonly words: number }
  /** Hypotheses that were doubted. */
  readonly hypotheses: number
  /** Counterexamples by what found them. */
  readonly found: { readonly [engine: string]: number }
  /** Steps of the network. */
  readonly steps: number
}

/** Extracts an automaton. A network may have no finite one: then a bound is met, and the result says so. */
export async function extract(subject: Subject, options: ExtractionOptions = {}): Promise<Extraction> {
  const { reference, states = 256, steps: budget = 2 ** 23 } = options
  const learner = new LStar(subject, states)
  const doubts = new Doubts(subject, options)
  const found: Record<string, number> = {}
  let last: Dfa | undefined
  for (let round = 1; ; round++) {
    const hypothesis = await learner.hypothesis()
    const steps = learner.steps + doubts.steps
    const rest = { hypotheses: round, found, steps, ...(last && { dfa: last }) }
    if (hypothesis === undefined) return { verdict: 'open', met: 'states', ...rest }
    if (steps > budget) return { verdict: 'open', met: 'steps', ...rest }
    last = minimise(hypothesis)
    const clash = await doubts.clash(hypothesis, round)
    if (clash !== undefined) {
      found[clash.engine] = (found[clash.engine] ?? 0) + 1
      if (await learner.refute(hypothesis, clash.word)) continue
      return { verdict: 'open', met: 'inconsistent', ...rest, dfa: last }
    }
    const verdict = reference === undefined ? undefined : equivalence(last, reference)
    return {
      verdict: verdict === undefined ? 'free' : verdict.equal ? 'equal' : 'different',
      ...{ dfa: last, ...doubts.passed(last, round), hypotheses: round, found },
      ...(verdict?.equal === false && { word: verdict.word }),
      steps: learner.steps + doubts.steps,
    }
  }
}

interface Clash {
  readonly engine: string
  readonly word: Word
}

/** The ways to doubt a hypothesis. */
class Doubts {
  /** Steps of the network so far. */
  steps = 0
  readonly #subject: Subject
  readonly #options: ExtractionOptions
  /** Answers of the network to the given words, asked once. */
  #given: Uint8Array[] | undefined

  constructor(subject: Subject, options: ExtractionOptions) {
    this.#subject = subject
    this.#options = options
  }

  /** A word that network and hypothesis answer differently; undefined when none is found. */
  async clash(hypothesis: Dfa, round: number): Promise<Clash | undefined> {
    const short = await this.#shortWords(hypothesis)
    if (short !== undefined) return { engine: 'short', word: short }
    const { words = [] } = this.#options
    this.#given ??= await this.#answers(words)
    const given = firstClash(hypothesis, words, this.#given)
    if (given !== undefined) return { engine: 'given', word: given }
    const sampled = await this.#among(hypothesis, this.#sample(round))
    if (sampled !== undefined) return { engine: 'sampled', word: sampled }
    const suite = await this.#among(hypothesis, wMethodSuite(hypothesis, this.#bound(hypothesis)))
    return suite && { engine: 'suite', word: suite }
  }

  /** What a hypothesis without a clash has passed. */
  passed(dfa: Dfa, round: number): Pick<Extraction, 'suite' | 'sampled'> {
    const { epsilon = 0.001, delta = 0.001 } = this.#options
    const bound = this.#bound(dfa)
    const words = [...wMethodSuite(dfa, bound)]
    const separating = separatingSet(dfa)
    return {
      suite: { bound, words: words.length, separating, sha256: suiteHash(dfa, words) },
      sampled: { epsilon, delta, words: this.#sampleSize(round) },
    }
  }

  async #shortWords(hypothesis: Dfa): Promise<Word | undefined> {
    const { reference, rightUpTo } = this.#options
    if (reference !== undefined && rightUpTo !== undefined) {
      const verdict = equivalence(hypothesis, reference)
      if (!verdict.equal && verdict.word.length <= rightUpTo) return verdict.word
      if (rightUpTo >= 10) return undefined // what the enumeration below would see is known
    }
    const seen = await exhaustive(this.#subject, automatonReference(hypothesis), { steps: 2 ** 12 })
    this.steps += seen.steps
    return seen.wrong?.word
  }

  #sampleSize(round: number): number {
    const { epsilon = 0.001, delta = 0.001 } = this.#options
    return Math.ceil((Math.log(1 / delta) + round * Math.LN2) / epsilon)
  }

  /** Uniform words and words of the language, turn by turn. */
  *#sample(round: number): Generator<Word> {
    const { language, size = 40, seed = 0 } = this.#options
    const { symbols, target } = this.#subject
    const count = this.#sampleSize(round)
    const own = seed * 4096 + round // every round draws anew
    const sizes = Array.from({ length: size }, (_, i) => i + 1).filter(n => language?.hasSize(n))
    const each = sizes.length === 0 ? 0 : Math.floor(count / 2 / sizes.length)
    for (const n of sizes) yield* languageWords(language!, target, { seed: own, size: n, count: each })
    for (let i = sizes.length * each; i < count; i++) yield uniformWord(symbols, size, own, i)
  }

  #bound(hypothesis: Dfa): number {
    const { suite = 50_000 } = this.#options
    const states = minimise(hypothesis).classes.length
    for (let extra = 3; extra > 0; extra--) {
      if (wMethodSuite(hypothesis, states + extra).atMost <= suite) return states + extra
    }
    return states
  }

  async #among(hypothesis: Dfa, words: Iterable<Word>): Promise<Word | undefined> {
    let batch: Word[] = []
    const look = async () => firstClash(hypothesis, batch, await this.#answers(batch))
    for (const word of words) {
      if (batch.push(word) < 2048) continue
      const clash = await look()
      if (clash !== undefined) return clash
      batch = []
    }
    return look()
  }

  async #answers(words: readonly Word[]): Promise<Uint8Array[]> {
    this.steps += words.reduce((sum, { length }) => sum + length, 0)
    return words.length === 0 ? [] : answersAlong(this.#subject, words)
  }
}

/** The shortest prefix of the words that is answered differently. */
function firstClash({ symbols, start, next, classes }: Dfa, words: readonly Word[], answers: Uint8Array[]) {
  let shortest: Word | undefined
  for (const [i, word] of words.entries()) {
    let state = start
    for (let t = 0; t <= word.length; t++) {
      if (shortest !== undefined && t >= shortest.length) break
      if (answers[i]![t] !== classes[state]) {
        shortest = word.slice(0, t)
        break
      }
      if (t < word.length) state = next[state * symbols + word[t]!]!
    }
  }
  return shortest
}
