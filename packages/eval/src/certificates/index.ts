// Certificates: what a trained network is known to do, and how it is known.

export { askedLanguage, askedRecogniser } from './asked.ts'
export { type Bisimulation, bisimulation } from './bisimulation.ts'
export { errorBounds, errorUpperBound, type RateBounds, stringsForBound } from './bounds.ts'
export type { NetworkFacts } from './certificate.ts'
export { type Certified, type CertifyOptions, certify } from './certify.ts'
export {
  type CertifiedMemory,
  type CertifyMemoryOptions,
  certifyMemory,
  type MemoryTrial,
} from './certify-memory.ts'
export { type CertificateCheck, checkCertificate } from './check.ts'
export {
  type BlockEvidence,
  type BlockOptions,
  blocksOf,
  type CounterDrift,
  counterDrift,
  enumerateBlocks,
  type Line,
} from './counters.ts'
export { type Exhaustive, type ExhaustiveOptions, exhaustive, type WrongWord } from './exhaustive.ts'
export { type Extraction, type ExtractionOptions, extract } from './extraction.ts'
export {
  type AutomatonTable,
  automatonSchema,
  CERTIFICATE_LEVELS,
  type Certificate,
  certificateSchema,
  type Evidence as CertificateEvidence,
  type MemoryTable,
  memoryTableSchema,
} from './format.ts'
export {
  type MemoryOrder,
  type MemoryRow,
  NOTHING_ASKED,
  referenceTable,
  type StringForm,
} from './memory-machine.ts'
export { type MemoryTableOptions, memoryTable, type NoTable, type SnappedMemory } from './memory-table.ts'
export { type SampledEvidence, type SamplingOptions, sampledEvidence } from './sampling.ts'
export {
  type SnappedTwin,
  snappedRecogniser,
  snappedTwin,
  TOLERANCES,
  type TwinTrial,
  twinLadder,
} from './snapped-twin.ts'
export {
  type Answered,
  automatonReference,
  type Reference,
  referenceAutomaton,
  referenceOf,
  type Subject,
  subjectOf,
} from './subject.ts'
