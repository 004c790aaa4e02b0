/** Certificates for networks with a stack or a queue that write an output: the control table, for all lengths. */

import { ElmanError } from '@elman/core'
import { wordsUpTo } from '../automata/words.ts'
import type { Language } from '../languages/language.ts'
import type { Recogniser } from '../learners/recogniser.ts'
import { bisimulation } from './bisimulation.ts'
import { errorUpperBound } from './bounds.ts'
import { languagePart, type NetworkFacts, sealed } from './certificate.ts'
import type { Certificate, Evidence, MemoryTable } from './format.ts'
import {
  type MemoryOrder,
  outputOf,
  referenceTable,
  rowsByKey,
  type StringForm,
  tableOfRows,
} from './memory-machine.ts'
import { memoryTable } from './memory-table.ts'
import { distinct, type SampledEvidence, type SamplingOptions } from './sampling.ts'
import { select } from './subject.ts'

/** What is certified. */
export interface CertifyMemoryOptions {
  /** Of a memory that acts hard, in view `transduce`, with room for the sampled words. */
  readonly recogniser: Recogniser
  readonly language: Language
  readonly network: NetworkFacts
  /** Machine of the language; that of `referenceTable` unless given. */
  readonly reference?: { readonly order: MemoryOrder; readonly table: MemoryTable }
  /** Default 0.05, 0.1, 0.2, 0.3, 0.4. With none, words are sampled and no table is read off. */
  readonly tolerances?: readonly number[]
  readonly cellSize?: number
  readonly limit?: number
  /** All words up to this length are run through the table; default 14. */
  readonly length?: number
  /** Default: 256 words of the training size and of twice that. */
  readonly sampling?: SamplingOptions | false
}

/** In the place of a reference where only words are sampled. */
const NO_REFERENCE: { readonly order: MemoryOrder; readonly table: MemoryTable } = {
  order: 'stack',
  table: { start: 0, controls: 1, symbols: 0, rows: [] },
}

/** What came of one tolerance. */
export interface MemoryTrial {
  readonly tolerance: number
  /** `equal`, or why not. */
  readonly outcome: string
  readonly controls?: number
  readonly symbols?: number
  /** Largest length up to which the table is right on all words. */
  readonly rightUpTo?: number
}

/** A certificate and what was tried for it. */
export interface CertifiedMemory {
  readonly certificate: Certificate
  readonly trials: readonly MemoryTrial[]
}

/**
 * Reads the control table off, runs all short words through it, and walks it beside the language's machine. A table that
 * is right on all short words but acts on its memory otherwise than the reference gets no K4: the trials say so.
 *
 * @throws ElmanError `CERTIFICATE_NO_MEMORY`, `CERTIFICATE_NO_TABLE`, `CERTIFICATE_VIEW` for languages that are no
 * functions.
 */
export async function certifyMemory(options: CertifyMemoryOptions): Promise<CertifiedMemory> {
  const { recogniser, language, network, cellSize, limit, length = 14 } = options
  const { tolerances = [0.05, 0.1, 0.2, 0.3, 0.4] } = options
  const { transduction } = language
  if (transduction === undefined) {
    throw new ElmanError('CERTIFICATE_VIEW', {
      message: `the language ${language.id} is no function on words to certify`,
    })
  }
  const { order, table: reference } =
    options.reference ?? (tolerances.length === 0 ? NO_REFERENCE : referenceTable(language))
  const form = { symbols: language.alphabet.length, delimiters: transduction.delimiters }
  const evidence: { -readonly [part in keyof Evidence]: Evidence[part] } = {}
  if (options.sampling !== false) {
    const sampled = await sampledOutputs(recogniser, language, form, options.sampling)
    if (sampled !== undefined) evidence.sampled = sampled
  }
  const trials: MemoryTrial[] = []
  for (const tolerance of tolerances) {
    const found = await memoryTable(recogniser, {
      ...{ form, tolerance },
      ...(cellSize !== undefined && { cellSize }),
      ...(limit !== undefined && { limit }),
    })
    if (typeof found === 'string') {
      trials.push({ tolerance, outcome: found })
      continue
    }
    const { table } = found
    const rightUpTo = tableIsRightUpTo(table, { order: found.order, form, language, length })
    const sizes = { tolerance, controls: table.controls, symbols: table.symbols, rightUpTo }
    if (found.order !== order) {
      trials.push({ ...sizes, outcome: `it has a ${found.order}, and the reference a ${order}` })
      continue
    }
    const verdict = bisimulation(table, reference, order, form)
    if (!verdict.equal || rightUpTo < length) {
      trials.push({ ...sizes, outcome: verdict.equal ? 'wrong on a short word' : verdict.reason })
      continue
    }
    const reached = tableOfRows(verdict.used, table.start) // without what no word leads to
    trials.push({ ...sizes, controls: reached.controls, symbols: reached.symbols, outcome: 'equal' })
    const { delimiters } = form
    evidence.memory = { kind: order, delimiters, table: reached, reference, tolerance, length }
    break
  }
  const certificate = sealed({
    language: languagePart(language, 'class', undefined),
    network: { ...network, stateSize: recogniser.stateSize },
    evidence,
  })
  return { certificate, trials }
}

interface Run {
  readonly order: MemoryOrder
  readonly form: StringForm
  readonly language: Language
  readonly length: number
}

/** Largest length up to which a table is right on all words; −1 when it is wrong about the empty one. */
function tableIsRightUpTo(table: MemoryTable, { order, form, language, length }: Run): number {
  const rows = rowsByKey(table)
  const { transduce } = language.transduction!
  for (const word of wordsUpTo(form.symbols, length)) {
    const wanted = transduce(word)
    const output = outputOf(rows, { start: table.start, order, form }, word, wanted.length)
    if (output?.join() !== wanted.join()) return word.length - 1
  }
  return length
}

/** Sampled words through the network itself: right are those whose whole output is. */
async function sampledOutputs(
  recogniser: Recogniser,
  language: Language,
  { symbols, delimiters }: StringForm,
  { multiples = [1, 2], strings = 256, confidence = 0.95, seed = 0 }: SamplingOptions = {},
): Promise<SampledEvidence | undefined> {
  const { transduce, sample } = language.transduction!
  const sizes: SampledEvidence['sizes'] = []
  for (const size of multiples.map(multiple => Math.round(multiple * language.trainSize))) {
    if (!language.hasSize(size)) continue
    const words = distinct(
      Array.from({ length: strings }, (_, index) => sample({ seed, stream: 'certificate', size, index })),
    )
    const wanted = words.map(word => transduce(word))
    const wrong = new Set<number>()
    const first = await recogniser.start()
    const none = { states: first.states, answers: new Uint8Array(1) }
    let { states } = select(none, new Int32Array(words.length), recogniser.stateSize)
    const time = words[0]!.length + delimiters
    const longest = time + Math.max(...wanted.map(({ length }) => length))
    for (let t = 0; t < longest; t++) {
      const blank = symbols + (delimiters > 0 ? 1 : 0)
      const inputs = Uint8Array.from(words, word => word[t] ?? (t < time ? symbols : blank))
      const after = await recogniser.step(states, inputs)
      states = after.states
      for (let row = 0; t >= time && row < words.length; row++) {
        const logits = after.logits.subarray(row * recogniser.outputs, (row + 1) * recogniser.outputs)
        const asked = wanted[row]![t - time]
        if (asked !== undefined && logits.indexOf(Math.max(...logits)) !== asked) wrong.add(row)
      }
    }
    const length = language.lengthOf(size)
    sizes.push({ size, length, right: words.length - wrong.size, total: words.length })
  }
  if (sizes.length === 0) return undefined
  const total = sizes.reduce((sum, own) => sum + own.total, 0)
  const errors = total - sizes.reduce((sum, own) => sum + own.right, 0)
  return { confidence, sizes, upper: errorUpperBound(errors, total, confidence) }
}
