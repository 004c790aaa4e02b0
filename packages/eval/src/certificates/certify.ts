/** The levels of certificates, one after another, for a trained network and a language. */
import type { Language, View } from '../languages/language.ts'
import type { Recogniser } from '../learners/recogniser.ts'
import { askedLanguage, askedRecogniser } from './asked.ts'
import {
  exhaustiveEvidence,
  extractionEvidence,
  languagePart,
  type NetworkFacts,
  sealed,
  twinEvidence,
} from './certificate.ts'
import { certifyMemory, type MemoryTrial } from './certify-memory.ts'
import { type BlockOptions, blocksOf, type CounterDrift, counterDrift, enumerateBlocks } from './counters.ts'
import { type Exhaustive, type ExhaustiveOptions, exhaustive } from './exhaustive.ts'
import { type Extraction, type ExtractionOptions, extract } from './extraction.ts'
import type { Certificate } from './format.ts'
import { hasReferenceTable } from './memory-machine.ts'
import { hasOneMemory } from './memory-table.ts'
import { type SamplingOptions, sampledEvidence } from './sampling.ts'
import { type SnappedTwin, type TwinTrial, twinLadder } from './snapped-twin.ts'
import { referenceAutomaton, referenceOf, subjectOf } from './subject.ts'

/** What is certified, and how much work it may be. `false` leaves a part out. */
export interface CertifyOptions {
  readonly recogniser: Recogniser
  readonly language: Language
  /** The view that the network was trained on; answers of `recognise` count at the end of a sampled word alone. */
  readonly view: View
  readonly network: NetworkFacts
  readonly sampling?: SamplingOptions | false
  readonly exhaustive?: ExhaustiveOptions | false
  readonly extraction?: ExtractionOptions | false
  readonly twin?: { readonly tolerances?: readonly number[]; readonly states?: number } | false
  /** Blocks of a language of blocks; found by its name unless given. */
  readonly blocks?: BlockOptions | false
  /** Told what is begun. */
  readonly note?: (text: string) => void
}

/** A certificate and what was found on the way to it. */
export interface Certified {
  readonly certificate: Certificate
  readonly exhaustive?: Exhaustive
  readonly extraction?: Extraction
  /** What came of each tolerance. */
  readonly trials: readonly TwinTrial[]
  /**
   * The automaton that a K4 certificate is about; `snappedRecogniser` makes a network of it (where the language asks
   * about some words only: of the `askedRecogniser`).
   */
  readonly twin?: SnappedTwin
  /** What came of each tolerance for a control table, in view `transduce`. */
  readonly memoryTrials?: readonly MemoryTrial[]
  /** Units that count, for languages of blocks. */
  readonly drift?: readonly CounterDrift[]
}

/**
 * Looks for the best certificate: samples, walks all short words, extracts the automaton, and snaps the network to a
 * finite twin. Languages that are not regular end at K2, with their blocks walked where they are made of blocks. In view
 * `transduce` words are sampled, and a stack's or queue's control table is read off where `certifyMemory` can.
 *
 * @throws ElmanError `CERTIFICATE_VIEW` where the language has no answers of the recogniser's kind;
 * `CERTIFICATE_ALPHABET` for flags of more than 7 symbols.
 */
export async function certify(options: CertifyOptions): Promise<Certified> {
  if (options.view === 'transduce') return certifyFunction(options)
  const { view, network, note = () => {} } = options
  const domain = options.recogniser.target === 'class' ? options.language.recognition?.domain : undefined
  const recogniser = domain ? askedRecogniser(options.recogniser, domain) : options.recogniser
  const language = domain ? askedLanguage(options.language) : options.language
  const { target, stateSize } = recogniser
  const subject = subjectOf(recogniser)
  const reference = referenceOf(language, target)
  const automaton = referenceAutomaton(language, target)
  const evidence: { -readonly [part in keyof Certificate['evidence']]: Certificate['evidence'][part] } = {}
  const found: { -readonly [part in keyof Certified]?: Certified[part] } = {}
  let trials: readonly TwinTrial[] = []
  if (options.sampling !== false) {
    note('sampling')
    evidence.sampled = await sampledEvidence(recogniser, language, view, options.sampling)
  }
  const blocks = options.blocks ?? blocksOf(language)
  if (blocks) {
    note(`all words of blocks up to ${blocks.bound}`)
    evidence.counters = await enumerateBlocks(subject, reference, blocks)
    const steps = Math.max(2, Math.min(blocks.bound, evidence.counters.frontier))
    found.drift = await counterDrift(recogniser, { blocks: blocks.blocks, steps })
  }
  if (options.exhaustive !== false) {
    note('all words, level by level')
    found.exhaustive = await exhaustive(subject, reference, options.exhaustive)
    evidence.exhaustive = exhaustiveEvidence(found.exhaustive)
  }
  if (automaton !== undefined && options.extraction !== false) {
    note('extracting the automaton')
    found.extraction = await extract(subject, {
      ...{ reference: automaton, language, size: 2 * language.trainSize },
      ...(found.exhaustive && { rightUpTo: found.exhaustive.length }),
      ...(found.exhaustive?.wrong && { words: [found.exhaustive.wrong.word] }),
      ...options.extraction,
    })
    evidence.extraction = extractionEvidence(found.extraction)
  }
  if (automaton !== undefined && options.twin !== false && found.exhaustive !== undefined) {
    note('snapping the network')
    const ladder = await twinLadder(subject, automaton, options.twin)
    trials = ladder.trials
    if (ladder.twin) {
      found.twin = ladder.twin
      evidence.twin = twinEvidence(ladder.twin, stateSize, found.exhaustive)
    }
  }
  const certificate = sealed({
    language: languagePart(language, target, automaton),
    network: { ...network, stateSize },
    evidence: JSON.parse(JSON.stringify(evidence)), // without parts that are undefined
  })
  return { certificate, trials, ...(found as Omit<Certified, 'certificate' | 'trials'>) }
}

async function certifyFunction(options: CertifyOptions): Promise<Certified> {
  const { recogniser, language, network, sampling, note = () => {} } = options
  const readable = hasReferenceTable(language) && hasOneMemory(recogniser)
  note(readable ? 'sampling, and reading the control table off' : 'sampling')
  const { certificate, trials } = await certifyMemory({
    ...{ recogniser, language, network },
    ...(sampling !== undefined && { sampling }),
    ...(!readable && { tolerances: [] }),
  })
  return { certificate, trials: [], memoryTrials: trials }
}
