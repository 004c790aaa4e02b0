/** Our own protocol, so that it stands beside the others: what a line of the ladder's results means. */
import { defineComponent } from '@elman/core'
import { z } from 'zod'
import { GATES } from '../ladder/gates.ts'
import { recipeOf } from '../ladder/recipes.ts'
import type { Language } from '../languages/language.ts'
import type { Count, SizeResult } from '../probe/record.ts'
import { PROTOCOL, type Protocol } from './protocol.ts'

/**
 * The preset.
 *
 * @param languages those that are registered; none are needed to read the rest
 */
export function ladderProtocol(languages: readonly Language[] = []): Protocol {
  return {
    id: 'ladder',
    title: 'The ladder: which machine is this network?',
    source: 'elman',
    original: false,
    view: 'main',
    languages,
    trainLengths: { from: 1, to: 40 },
    splits: [
      { name: 'validation', perLength: 256, lengths: { from: 80, to: 80 }, heldOut: false },
      { name: 'test', perLength: 512, lengths: { from: 40, to: 320 }, heldOut: true },
    ],
    testMultiples: [1, 1.5, 2, 4, 8],
    training: {
      optimizer: 'adam',
      learningRates: [5e-3],
      clip: 1,
      batch: { strings: 32 },
      budget: { steps: 1500 },
      lengths: 'one length a batch, uniform on 1 to N, N the training size of the language (40 here)',
      loss: 'scored-steps',
      notes: [
        'the rate is constant for the first half of the steps and falls to 0 in the second',
        'steps and batch go by language: budgetOf',
        'held out where a language has strings enough of the length; records say so',
      ],
    },
    budgetOf(language) {
      const { steps, batch } = recipeOf(language)
      return { steps, batch }
    },
    models: [],
    seeds: 5,
    selection: {
      over: ['seed'],
      report: 'every-seed',
      chosenBy: 'nothing',
      note: 'every seed is a line of its own; nothing is chosen by test strings, options are by validation at 2 N',
    },
    scores: [
      {
        id: 'exact',
        title: 'share of test strings that are right as a whole',
        of: sizes => share(sizes, ({ strings }) => strings),
      },
      {
        id: 'tokens',
        title: 'share of right steps',
        of: sizes => share(sizes, ({ tokens }) => tokens),
      },
    ],
    gates: GATES,
    differences: [],
  }
}

function share(sizes: readonly SizeResult[], of: (result: SizeResult) => Count): number {
  const total = sizes.reduce((sum, result) => sum + of(result).total, 0)
  return total === 0 ? Number.NaN : sizes.reduce((sum, result) => sum + of(result).right, 0) / total
}

/** Registry entry `ladder`. */
export const ladderComponent = defineComponent(PROTOCOL, {
  type: 'ladder',
  summary: 'our own: exact strings by length, every seed, gates G1 to G15',
  config: z.strictObject({}),
  create: () => ladderProtocol(),
})
