/**
 * The independent checker of certificates: from the file alone, and the language's own definition where it is given, it
 * works out again all that can be. It imports nothing that issues certificates.
 *
 * What it cannot know without the network: that the tables are the network's, and that the sampled answers and the
 * enumeration were as written. The seal makes sure that they are as they were issued.
 */

import { createHash } from 'node:crypto'
import { canonicalJson } from '@elman/core'
import type { Language } from '../languages/language.ts'
import { asCertified, languageProblems, wantedAnswer } from './check-language.ts'
import { memoryProblems } from './check-memory.ts'
import {
  answerOf,
  chanceOfAtMost,
  distinctStates,
  firstDifference,
  formProblem,
  separatesAll,
  suiteWords,
  wordsUpToLength,
} from './check-tables.ts'
import { type Certificate, certificateSchema } from './format.ts'

/** What a check found. */
export interface CertificateCheck {
  /** Whether nothing is wrong. */
  readonly accepted: boolean
  /** One line for each thing that is wrong. */
  readonly problems: readonly string[]
  /** One line for each thing that was worked out again. */
  readonly verified: readonly string[]
  /** The certificate, where it has the form of one. */
  readonly certificate?: Certificate
}

/** Longest suite that is made again, in words. */
const LARGEST_SUITE = 1_000_000

/**
 * Checks a certificate.
 *
 * @param json the parsed file
 * @param language the language it names; with it the reference automaton is checked against the language's machine
 *   and definition
 */
export function checkCertificate(json: unknown, language?: Language): CertificateCheck {
  const parsed = certificateSchema.safeParse(json)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`)
    return { accepted: false, problems, verified: [] }
  }
  const certificate = parsed.data
  const asked = language && asCertified(language, certificate.language.target)
  const problems: string[] = []
  const verified: string[] = []
  for (const [name, look] of Object.entries(CHECKS)) {
    const found = look(certificate, asked)
    if (found === undefined) continue
    if (found.length === 0) verified.push(name)
    problems.push(...found)
  }
  return { accepted: problems.length === 0, problems, verified, certificate }
}

/** Each gives what is wrong, nothing when all is well, undefined where there is nothing to look at. */
const CHECKS: Record<string, (certificate: Certificate, language?: Language) => string[] | undefined> = {
  'the seal is that of the content': sealProblems,
  'the reference automaton has the form of one and is minimal': referenceProblems,
  "the reference is the language's": (certificate, language) =>
    language && languageProblems(certificate, language),
  'the sampled bound follows from the counts': sampledProblems,
  'the counts of the enumeration follow from its length': exhaustiveProblems,
  'the extracted automaton is equal to the reference as said, and its suite is the one for the bound':
    extractionProblems,
  'the snapped twin gives every word the wanted answer': twinProblems,
  'the counts of the blocks follow from the bound': counterProblems,
  'the control table does as the reference does on words of every length': memoryProblems,
  'the level and the line are those of the evidence': levelProblems,
}

function sealProblems({ sha256, ...content }: Certificate): string[] {
  const own = createHash('sha256').update(canonicalJson(content), 'utf8').digest('hex')
  return own === sha256 ? [] : ['sha256: the content was changed after it was issued']
}

function referenceProblems({ language: { automaton, alphabet, classes, target } }: Certificate) {
  if (automaton === undefined) return undefined
  const form = formProblem(automaton, alphabet.length)
  if (form !== undefined) return [`language.automaton ${form}`]
  const least = distinctStates(automaton)
  const problems: string[] = []
  if (least !== automaton.classes.length) {
    problems.push(`language.automaton has ${automaton.classes.length} states where ${least} do`)
  }
  const limit = target === 'class' ? classes.length : 2 ** (alphabet.length + 1)
  if (automaton.classes.some(own => own >= limit)) {
    problems.push(`language.automaton has classes beyond the ${limit} there are`)
  }
  return problems
}

function sampledProblems({ evidence: { sampled } }: Certificate): string[] | undefined {
  if (sampled === undefined) return undefined
  const { sizes, confidence, upper } = sampled
  const problems: string[] = []
  for (const { size, right, total } of sizes) {
    if (right > total) problems.push(`sampled: size ${size} has ${right} of ${total} strings right`)
  }
  if (new Set(sizes.map(({ size }) => size)).size < sizes.length)
    problems.push('sampled: a size stands twice')
  const errors = sizes.reduce((sum, { right, total }) => sum + total - right, 0)
  const strings = sizes.reduce((sum, { total }) => sum + total, 0)
  const chance = chanceOfAtMost(errors, strings, upper)
  const wanted = errors === strings ? 1 : 1 - confidence
  if (Math.abs(chance - wanted) > 1e-6) {
    problems.push(`sampled.upper: ${errors} errors in ${strings} strings do not give ${upper}`)
  }
  return problems
}

function exhaustiveProblems(certificate: Certificate, language?: Language): string[] | undefined {
  const { exhaustive } = certificate.evidence
  if (exhaustive === undefined) return undefined
  const { length, words, steps, stopped, wrong } = exhaustive
  const symbols = certificate.language.alphabet.length
  const problems: string[] = []
  if (BigInt(words) !== wordsUpToLength(symbols, length)) {
    problems.push(`exhaustive.words: there are ${wordsUpToLength(symbols, length)} words up to ${length}`)
  }
  const most = wordsUpToLength(symbols, wrong ? length + 1 : length) - 1n
  if (BigInt(steps) > most) problems.push(`exhaustive.steps: ${most} steps are enough for all words`)
  if (steps < symbols * Math.max(length, 0)) {
    problems.push('exhaustive.steps: fewer than one for each symbol and length')
  }
  if ((stopped === 'wrong') !== (wrong !== undefined)) {
    problems.push('exhaustive.stopped: a wrong word, and only that, ends it as wrong')
  }
  if (wrong === undefined) return problems
  if (wrong.word.length !== length + 1) {
    problems.push(`exhaustive.wrong: a word of ${wrong.word.length} symbols does not bound E* to ${length}`)
  }
  return [...problems, ...wrongWordProblems(certificate, language, 'exhaustive', wrong)]
}

/** What is wrong about a word that is said to be answered wrong. */
function wrongWordProblems(
  certificate: Certificate,
  language: Language | undefined,
  part: string,
  { word, wanted, answered }: { word: readonly number[]; wanted: number; answered: number },
): string[] {
  const { alphabet, automaton, target, classes } = certificate.language
  if (word.some(symbol => symbol >= alphabet.length)) return [`${part}.wrong: no word over the alphabet`]
  const problems: string[] = []
  if (wanted === answered) problems.push(`${part}.wrong: what was wanted was answered`)
  const limit = target === 'class' ? classes.length : 2 ** (alphabet.length + 1)
  if (answered >= limit) problems.push(`${part}.wrong: ${answered} is no answer`)
  const wellFormed = automaton !== undefined && formProblem(automaton, alphabet.length) === undefined
  const own = wellFormed ? answerOf(automaton, word) : language && wantedAnswer(language, target, word)
  if (own !== undefined && own !== wanted) problems.push(`${part}.wrong: ${own} is wanted, not ${wanted}`)
  return problems
}

function extractionProblems({ language, evidence: { extraction } }: Certificate): string[] | undefined {
  if (extraction === undefined) return undefined
  const { automaton, verdict, word, sampled, suite, hypotheses, steps } = extraction
  const reference = language.automaton
  const symbols = language.alphabet.length
  const form = formProblem(automaton, symbols)
  if (form !== undefined) return [`extraction.automaton ${form}`]
  if (reference === undefined || formProblem(reference, symbols) !== undefined) {
    return ['extraction: there is no reference to compare with']
  }
  const problems: string[] = []
  const states = automaton.classes.length
  if (distinctStates(automaton) !== states) problems.push('extraction.automaton is not minimal')
  const difference = firstDifference(automaton, reference)
  if ((verdict === 'equal') !== (difference === undefined)) {
    problems.push(
      `extraction.verdict: ${difference ? `they differ on ${texts(difference)}` : 'they are equal'}`,
    )
  } else if (word?.join() !== difference?.join()) {
    problems.push(`extraction.word: the first that tells them apart is ${texts(difference ?? [])}`)
  }
  const least = Math.ceil((Math.log(1 / sampled.delta) + hypotheses * Math.LN2) / sampled.epsilon)
  if (sampled.words !== least) problems.push(`extraction.sampled: ${least} words are asked for`)
  if (hypotheses > states) problems.push('extraction.hypotheses: each after the first adds a state')
  if (suite.separating.some(own => own.some(symbol => symbol >= symbols))) {
    return [...problems, 'extraction.suite.separating: no words over the alphabet']
  }
  if (!separatesAll(automaton, suite.separating)) {
    problems.push('extraction.suite.separating: some states are not told apart')
  }
  if (suite.bound < states) return [...problems, 'extraction.suite.bound: fewer than the states']
  if (suite.words > LARGEST_SUITE || symbols ** (suite.bound - states) * states > LARGEST_SUITE) {
    return [...problems, `extraction.suite: more than ${LARGEST_SUITE} words are not made again`]
  }
  const words = suiteWords(automaton, suite.bound - states, suite.separating)
  if (words.size !== suite.words) problems.push(`extraction.suite.words: there are ${words.size}`)
  const lines = [...words].map(text => `${text}:${answerOf(automaton, symbolsOf(text))}\n`).sort()
  if (createHash('sha256').update(lines.join(''), 'utf8').digest('hex') !== suite.sha256) {
    problems.push('extraction.suite.sha256: not of these words and answers')
  }
  if (steps < words.size) problems.push('extraction.steps: fewer than the suite has words')
  return problems
}

function twinProblems({ language, network, evidence }: Certificate): string[] | undefined {
  const { twin, exhaustive } = evidence
  if (twin === undefined) return undefined
  const { automaton, centroids, minimal, agreement, tolerance } = twin
  const reference = language.automaton
  const symbols = language.alphabet.length
  const form = formProblem(automaton, symbols)
  if (form !== undefined) return [`twin.automaton ${form}`]
  if (reference === undefined || formProblem(reference, symbols) !== undefined) {
    return ['twin: there is no reference to compare with']
  }
  const problems: string[] = []
  const difference = firstDifference(automaton, reference)
  if (difference !== undefined) problems.push(`twin.automaton: wrong about ${texts(difference)}`)
  const distinct = distinctStates(automaton)
  if (distinct !== minimal) problems.push(`twin.minimal: its minimal automaton has ${distinct} states`)
  if (minimal !== reference.classes.length) problems.push('twin.minimal: not as many as the reference has')
  // the dead state of flags stands last and has no centroid
  const last = automaton.classes.length - 1
  const dead = language.target === 'flags' && automaton.classes[last] === 0 ? 1 : 0
  if (centroids !== automaton.classes.length - dead) {
    problems.push(`twin.centroids: the automaton has ${automaton.classes.length - dead}`)
  }
  if (network.stateSize === 0 && centroids > 1) problems.push('twin.centroids: a state of no numbers has one')
  if (exhaustive === undefined) problems.push('twin.agreement: there is no enumeration')
  else if (agreement.length !== exhaustive.length || agreement.words !== exhaustive.words) {
    problems.push(`twin.agreement: the raw network is right, as the twin is, up to ${exhaustive.length}`)
  }
  if (tolerance === 0 && exhaustive?.wrong !== undefined) {
    problems.push('twin.tolerance: the raw network cannot be right on all words and wrong on one')
  }
  return problems
}

function counterProblems(certificate: Certificate, language?: Language): string[] | undefined {
  const { counters } = certificate.evidence
  if (counters === undefined) return undefined
  const { blocks, bound, words, frontier, wrong } = counters
  const problems: string[] = []
  if (blocks.some(symbol => symbol >= certificate.language.alphabet.length)) {
    return ['counters.blocks: no symbols of the alphabet']
  }
  if (new Set(blocks).size < blocks.length) problems.push('counters.blocks: a symbol stands twice')
  if (words !== (bound + 1) ** blocks.length) {
    problems.push(`counters.words: there are ${(bound + 1) ** blocks.length}`)
  }
  if (wrong === undefined) {
    if (frontier !== bound) problems.push(`counters.frontier: ${bound} without a wrong word`)
    return problems
  }
  if (wrong.counts.length !== blocks.length)
    return [...problems, 'counters.wrong: not a count for each block']
  const largest = Math.max(...wrong.counts)
  if (largest > bound) return [...problems, 'counters.wrong: beyond the bound']
  if (frontier !== largest - 1) problems.push(`counters.frontier: the wrong word makes it ${largest - 1}`)
  const word = wrong.counts.flatMap((count, i) => new Array<number>(count).fill(blocks[i]!))
  return [...problems, ...wrongWordProblems(certificate, language, 'counters', { ...wrong, word })]
}

/** Level, subject and line, worked out from the evidence again. */
function levelProblems({ level, subject, summary, language, network, evidence }: Certificate): string[] {
  const { sampled, exhaustive, extraction, twin, counters, memory } = evidence
  const right = sampled?.sizes.reduce((sum, own) => sum + own.right, 0)
  const total = sampled?.sizes.reduce((sum, own) => sum + own.total, 0)
  const wrong = exhaustive?.wrong ?? counters?.wrong
  const enumerated = exhaustive ?? counters
  let own = ['K0', 'raw network', 'K0']
  if (twin?.tolerance === 0) own = ['K4', 'raw network', `K4-raw (${twin.centroids} states)`]
  else if (twin) {
    own = ['K4', 'snapped twin', `K4-twin (${twin.centroids} centroids, tol ${twin.tolerance})`]
  } else if (memory) {
    const { table, kind, tolerance } = memory
    own = ['K4', 'control table', `K4-table (${table.controls} controls, ${kind}, tol ${tolerance})`]
  } else if (exhaustive && !exhaustive.wrong && extraction?.verdict === 'equal') {
    const { automaton, suite } = extraction
    own = ['K3', 'raw network', `K3 (${automaton.classes.length} states, W bound ${suite.bound})`]
  } else if (enumerated && !(exhaustive ? exhaustive.wrong : counters?.wrong)) {
    own = ['K2', 'raw network', 'K2']
  } else if (sampled && right === total && !wrong) {
    own = ['K1', 'raw network', `K1 (error rate below ${sampled.upper.toPrecision(2)})`]
  }
  const parts: string[] = []
  if (sampled) {
    const size = Math.max(...sampled.sizes.map(each => each.size))
    const whole = size % language.trainSize === 0
    const largest = whole ? `${size / language.trainSize}N` : `${size}`
    parts.push(right === total ? `exact@${largest}` : `${right}/${total} strings`)
  }
  if (exhaustive) {
    const errs = exhaustive.wrong ? ` (errs at ${exhaustive.wrong.word.length})` : ''
    parts.push(`E*=${exhaustive.length}${errs}`)
  }
  if (counters) parts.push(`frontier ${counters.frontier} of ${counters.bound}`)
  const line = `${language.id}, ${network.learner}, seed ${network.seed}: ${[...parts, own[2]].join(', ')}`
  const problems: string[] = []
  if (level !== own[0]) problems.push(`level: the evidence carries ${own[0]}`)
  if (subject !== own[1]) problems.push(`subject: the evidence is about the ${own[1]}`)
  if (summary !== line) problems.push(`summary: the evidence says "${line}"`)
  return problems
}

function texts(word: readonly number[]): string {
  return word.length === 0 ? 'the empty word' : `the word ${word.join(' ')}`
}

function symbolsOf(text: string): number[] {
  return text === '' ? [] : text.split(',').map(Number)
}
