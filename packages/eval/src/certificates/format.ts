/**
 * The file of a certificate: what is claimed, of which network and language, and the evidence, as plain data. Whoever
 * checks one needs this file and no network.
 */
import { z } from 'zod'

const count = z.int().min(0)
const symbol = z.int().min(0).max(255)
const word = z.array(symbol)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** An automaton: `next[state][symbol]`, a class for each state, reading starts in state `start`. */
export const automatonSchema = z.strictObject({
  start: count,
  next: z.array(z.array(count)).min(1),
  classes: z.array(symbol).min(1),
})

/**
 * A machine with a stack or queue: in a control state, with a symbol of the memory in view (0: it is empty) and an input
 * symbol (of the alphabet, then delimiter where there is one, then blank), it answers, goes on, and acts on the memory.
 */
export const memoryTableSchema = z.strictObject({
  start: count,
  controls: count.min(1),
  /** Memory symbols are 1 to this. */
  symbols: count,
  rows: z.array(
    z.strictObject({
      control: count,
      seen: count,
      input: symbol,
      answer: symbol,
      to: count,
      action: z.enum(['push', 'pop', 'none']),
      pushed: count.optional(),
    }),
  ),
})

/** Levels, from the weakest. */
export const CERTIFICATE_LEVELS = ['K0', 'K1', 'K2', 'K3', 'K4'] as const

/** Schema of a certificate; a field that is not here is refused. */
export const certificateSchema = z.strictObject({
  format: z.literal('elman-certificate'),
  version: z.literal(1),
  /**
   * K0: sampled, with errors. K1: sampled without an error, so the rate is bounded. K2: right on all words up to a
   * length. K3: the extracted automaton is the reference's, and its suite was passed. K4: right on words of all lengths.
   */
  level: z.enum(CERTIFICATE_LEVELS),
  /** What the level is said of. */
  subject: z.enum(['raw network', 'snapped twin', 'control table']),
  /** One line for tables. */
  summary: z.string(),
  language: z.strictObject({
    id: z.string(),
    alphabet: z.array(z.string()).min(1),
    /** Texts of the classes; empty for functions. */
    classes: z.array(z.string()),
    /** `class`: answers are classes. `flags`: bit patterns of the symbols that may follow, and of the end; 0 is dead. */
    target: z.enum(['class', 'flags']),
    trainSize: count,
    /** Minimal automaton of the wanted answers; absent where there is none. */
    automaton: automatonSchema.optional(),
  }),
  network: z.strictObject({
    learner: z.string().min(1),
    seed: z.int(),
    configHash: sha256,
    /** SHA-256 of the weights, where the issuer knows them. */
    weightsHash: sha256.optional(),
    stateSize: count,
  }),
  evidence: z.strictObject({
    sampled: z
      .strictObject({
        confidence: z.number().gt(0).lt(1),
        sizes: z
          .array(z.strictObject({ size: count, length: count, right: count, total: count.min(1) }))
          .min(1),
        /** Bound of the rate of errors. */
        upper: z.number().min(0).max(1),
      })
      .optional(),
    exhaustive: z
      .strictObject({
        /** E*; −1 when the empty word is wrong. */
        length: z.int().min(-1),
        /** Number of words, in digits. */
        words: z.string().regex(/^(0|[1-9]\d*)$/),
        steps: count,
        stopped: z.enum(['wrong', 'steps', 'length', 'bytes']),
        wrong: z.strictObject({ word, wanted: symbol, answered: symbol }).optional(),
      })
      .optional(),
    extraction: z
      .strictObject({
        verdict: z.enum(['equal', 'different']),
        automaton: automatonSchema,
        /** Shortest word that tells it from the reference. */
        word: word.optional(),
        hypotheses: count.min(1),
        steps: count,
        sampled: z.strictObject({
          epsilon: z.number().gt(0).lt(1),
          delta: z.number().gt(0).lt(1),
          words: count.min(1),
        }),
        suite: z.strictObject({
          /** States that a network may have for the suite to be a proof. */
          bound: count.min(1),
          words: count.min(1),
          separating: z.array(word).min(1),
          sha256,
        }),
      })
      .optional(),
    twin: z
      .strictObject({
        /** Root mean square per number of the state; 0: states are one only when all bits are. */
        tolerance: z.number().min(0).max(1),
        centroids: count.min(1),
        automaton: automatonSchema,
        /** States of the minimal automaton. */
        minimal: count.min(1),
        /** Words up to this length that raw network and twin answer alike. */
        agreement: z.strictObject({ length: z.int().min(-1), words: z.string().regex(/^(0|[1-9]\d*)$/) }),
      })
      .optional(),
    counters: z
      .strictObject({
        /** Numbers of the symbols of the blocks: aⁱbʲ… */
        blocks: z.array(symbol).min(2),
        /** All words whose blocks have at most so many symbols were looked at. */
        bound: count.min(1),
        words: count.min(1),
        /** Largest n such that all words with blocks up to n are right. */
        frontier: z.int().min(-1),
        wrong: z.strictObject({ counts: z.array(count), wanted: symbol, answered: symbol }).optional(),
      })
      .optional(),
    memory: z
      .strictObject({
        kind: z.enum(['stack', 'queue']),
        /** Steps with a delimiter between a word and the blanks at which its image is answered. */
        delimiters: count,
        /** Of the snapped network. */
        table: memoryTableSchema,
        /** Of the language. */
        reference: memoryTableSchema,
        /** Distances within which controllers and memory cells were replaced. */
        tolerance: z.number().min(0),
        /** All words up to this length were run through the table and compared with the definition. */
        length: count.max(16),
      })
      .optional(),
  }),
  /** SHA-256 of the canonical JSON of everything else. */
  sha256,
})

/** A certificate as it stands in its file. */
export type Certificate = z.infer<typeof certificateSchema>

/** Evidence of a certificate. */
export type Evidence = Certificate['evidence']

/** An automaton as it stands in a certificate. */
export type AutomatonTable = z.infer<typeof automatonSchema>

/** A machine with a memory as it stands in a certificate. */
export type MemoryTable = z.infer<typeof memoryTableSchema>
