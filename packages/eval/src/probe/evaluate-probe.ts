/** Results of a trained learner by size, with mixtures of a memory's actions and with its likeliest ones. */
import type { Backend, Parameters } from '@elman/core'
import type { Encoding } from '../languages/encoding.ts'
import type { Learner } from '../learners/learner.ts'
import type { SizeResult } from './record.ts'
import { createScorer, type Scorer } from './scorer.ts'
import type { TestSet } from './test-strings.ts'

/** What {@link evaluateProbe} takes. */
export interface EvaluateProbeOptions {
  readonly backend: Backend
  readonly encoding: Encoding
  readonly learner: Learner
  readonly parameters: Parameters
  /** See `testSet`. */
  readonly tests: readonly TestSet[]
}

/** Results by size; `hard` for learners with a memory. */
export interface ProbeResults {
  readonly soft: readonly SizeResult[]
  readonly hard?: readonly SizeResult[]
}

/** Counts right strings and steps on test strings. */
export async function evaluateProbe(options: EvaluateProbeOptions): Promise<ProbeResults> {
  const { backend, encoding, learner, parameters, tests } = options
  const scorer = createScorer(backend, encoding, learner, parameters)
  try {
    return await evaluateWith(scorer, learner, parameters, tests)
  } finally {
    await scorer.dispose()
  }
}

/** The same with graphs that are at hand. */
export async function evaluateWith(
  scorer: Scorer,
  learner: Learner,
  parameters: Parameters,
  tests: readonly TestSet[],
): Promise<ProbeResults> {
  const soft = await resultsOf(scorer, parameters, tests, false)
  return learner.hasMemory ? { soft, hard: await resultsOf(scorer, parameters, tests, true) } : { soft }
}

async function resultsOf(
  scorer: Scorer,
  parameters: Parameters,
  tests: readonly TestSet[],
  hard: boolean,
): Promise<SizeResult[]> {
  const results: SizeResult[] = []
  for (const { size, length, strings, heldOut } of tests) {
    results.push({ size, length, ...(await scorer.score(parameters, strings, hard)), heldOut })
  }
  return results
}
