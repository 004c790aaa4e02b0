import { ElmanError } from '@elman/core'
import { ANALOGY_EPSILON, type AnalogyMethod, epsilonOf } from '../query/analogy.ts'
import { createNearest, type Nearest } from '../query/nearest.ts'
import type { VectorSource, WordVectors } from '../words/word-vectors.ts'
import type { AnalogyItem, AnalogyQuestions, AnalogySection } from './analogy-questions.ts'
import { comparedForm, EVALUATED_WORDS, findRows, type LookupOptions, tableOf } from './word-lookup.ts'

/** Best words looked at for an answer that is not, but for its case, a word of the question; as gensim. */
const CANDIDATES = 5

/** How analogies are asked and counted. */
export interface AnalogyOptions extends LookupOptions {
  /** Default `3CosAdd`. */
  readonly method?: AnalogyMethod
  /** ε of 3CosMul. Default 0.001. */
  readonly epsilon?: number
  /** Whether the words of the question are no answers. Default true, as all published figures; false to diagnose. */
  readonly excludeInputs?: boolean
  /** Questions with an unknown word: left out (default), or counted as wrong, gensim's `dummy4unknown`. */
  readonly unknown?: 'skip' | 'wrong'
}

/** Questions asked and answered. */
export interface AnalogyTally {
  readonly questions: number
  /** Questions all four words of which are known. */
  readonly covered: number
  readonly correct: number
  /** Correct ones of those that count: of the covered ones, or of all. NaN if there are none. */
  readonly accuracy: number
}

/** Accuracy on analogies. */
export interface AnalogyScore {
  readonly set: string
  readonly method: AnalogyMethod
  /** 0 for 3CosAdd. */
  readonly epsilon: number
  readonly excludeInputs: boolean
  readonly unknown: 'skip' | 'wrong'
  readonly caseInsensitive: boolean
  readonly restrictVocabulary: number
  readonly total: AnalogyTally
  readonly semantic: AnalogyTally
  readonly syntactic: AnalogyTally
  readonly sections: readonly (AnalogyTally & Pick<AnalogySection, 'name' | 'kind'>)[]
  /** Lines of the file that could not be read. */
  readonly unreadableLines: number
}

/**
 * Share of analogies whose answer is the expected word: with default options the figures of gensim's
 * `evaluate_word_analogies`. All questions are asked together, in one pass over the vectors.
 *
 * @param source - Vectors, a model with a table of them, or an exact search made ready before.
 * @throws `EMBEDDING_QUERY_INVALID`, `EMBEDDING_ANALOGIES_NEED_TABLE`
 */
export function evaluateAnalogies(
  source: VectorSource | Nearest,
  { name, sections, unreadableLines }: AnalogyQuestions,
  options: AnalogyOptions = {},
): AnalogyScore {
  const { method = '3CosAdd', excludeInputs = true, unknown = 'skip', caseInsensitive = true } = options
  const { restrictVocabulary = EVALUATED_WORDS } = options
  const epsilon = epsilonOf(method, options.epsilon ?? ANALOGY_EPSILON)
  const nearest = searchOf(source)
  const ask = { epsilon, excludeInputs, restrictVocabulary, top: excludeInputs ? CANDIDATES : 1 }
  const judge = judgeOf(nearest, sections, { caseInsensitive, restrictVocabulary }, ask)

  const counted = sections.map(({ name: section, kind, questions }) => ({
    name: section,
    kind,
    ...tally(questions.map(judge), unknown),
  }))
  const sum = (kept: readonly AnalogyTally[]) => total(kept, unknown)
  return {
    ...{ set: name, method, epsilon, excludeInputs, unknown, caseInsensitive, restrictVocabulary },
    total: sum(counted),
    semantic: sum(counted.filter(({ kind }) => kind === 'semantic')),
    syntactic: sum(counted.filter(({ kind }) => kind === 'syntactic')),
    sections: counted,
    unreadableLines: unreadableLines.length,
  }
}

type Verdict = 'right' | 'wrong' | 'unknown'

/** Asks all known questions at once; then tells of each whether it was answered rightly. */
function judgeOf(
  nearest: Nearest,
  sections: readonly AnalogySection[],
  lookup: Required<LookupOptions>,
  ask: { epsilon: number; excludeInputs: boolean; restrictVocabulary: number; top: number },
): (question: AnalogyItem) => Verdict {
  const all = sections.flatMap(({ questions }) => questions)
  const words = all.flatMap(({ a, b, c, expected }) => [a, b, c, expected])
  const rows = findRows(nearest.vectors, words, lookup)
  const row = (word: string) => rows.get(comparedForm(word, lookup))
  const known = all.filter(({ a, b, c, expected }) =>
    [a, b, c, expected].every(word => row(word) !== undefined),
  )
  const questions = known.map(({ a, b, c }) => [row(a)!, row(b)!, row(c)!] as const)
  const answers = new Map<AnalogyItem, string | undefined>()
  nearest.analogies({ questions, ...ask }).forEach((found, i) => {
    const { a, b, c } = known[i]!
    const inputs = ask.excludeInputs ? [a, b, c].map(word => comparedForm(word, lookup)) : []
    answers.set(known[i]!, chosen(nearest.vectors, found, inputs, lookup))
  })
  return question => {
    if (!answers.has(question)) return 'unknown'
    return answers.get(question) === comparedForm(question.expected, lookup) ? 'right' : 'wrong'
  }
}

/** The best candidate that is no word of the question in another case; if there is none, the last one, as gensim. */
function chosen(
  vectors: WordVectors,
  found: readonly { index: number }[],
  inputs: readonly string[],
  lookup: LookupOptions,
): string | undefined {
  let form: string | undefined
  for (const { index } of found) {
    form = comparedForm(vectors.wordAt(index), lookup)
    if (!inputs.includes(form)) break
  }
  return form
}

function tally(verdicts: readonly Verdict[], unknown: 'skip' | 'wrong'): AnalogyTally {
  const covered = verdicts.filter(verdict => verdict !== 'unknown').length
  const correct = verdicts.filter(verdict => verdict === 'right').length
  return withAccuracy({ questions: verdicts.length, covered, correct }, unknown)
}

function total(tallies: readonly AnalogyTally[], unknown: 'skip' | 'wrong'): AnalogyTally {
  const sum = (count: (tally: AnalogyTally) => number) => tallies.reduce((all, one) => all + count(one), 0)
  return withAccuracy(
    {
      questions: sum(one => one.questions),
      covered: sum(one => one.covered),
      correct: sum(one => one.correct),
    },
    unknown,
  )
}

function withAccuracy(counts: Omit<AnalogyTally, 'accuracy'>, unknown: 'skip' | 'wrong'): AnalogyTally {
  return { ...counts, accuracy: counts.correct / (unknown === 'skip' ? counts.covered : counts.questions) }
}

function searchOf(source: VectorSource | Nearest): Nearest {
  if ('search' in source) return source
  const table = tableOf(source)
  if (table !== undefined) return createNearest(table, { resident: false })
  throw new ElmanError('EMBEDDING_ANALOGIES_NEED_TABLE', {
    message:
      'the answers to analogies are looked for among all words, but there is no table of their vectors',
    hint: 'give a `WordVectors`, or a model that has one as `vectors`',
  })
}
