import { join, resolve } from 'node:path'
import { type Check, requireData } from './check.ts'
import { root, runElman } from './run-elman.ts'

const AIM = 80
const MOST_PARAMETERS = 10_000_000

interface Summary {
  readonly outcome: string
  readonly results: readonly {
    readonly results: readonly {
      readonly test: { readonly mean: number }
      readonly valid: { readonly mean: number }
      readonly parameters: number
      readonly epochs: number
      readonly seconds: number
      readonly rules: readonly string[]
    }[]
  }[]
}

/** What an hour of two cores gives on Penn Treebank with at most ten million parameters. */
export const lm60Minutes: Check = {
  name: 'lm-60-minutes',
  claim: `a language model of at most 10 million parameters, trained for an hour on two cores, has a test perplexity below ${AIM} on Penn Treebank`,
  tolerance: `below ${AIM}; the number of epochs follows the speed of the machine`,
  duration: '65 min',
  needs: 'ptb/',
  async run(options) {
    const { code, json } = await runElman([
      ...['reproduce', 'ptb', '--json', '--row', 'one-hour', '--budget', '60m', '--threads', '2'],
      ...['--data', resolve(requireData(options), 'ptb')],
      ...['--directory', join(root, 'runs/verify-lm-60-minutes')],
    ])
    const result = (json as Summary | undefined)?.results?.[0]?.results[0]
    if (result === undefined)
      throw new Error(`elman reproduce ended with ${code}; the same check goes on from here`)
    const { test, valid, parameters, epochs, seconds, rules } = result
    return {
      measured: { test: test.mean, valid: valid.mean, parameters, epochs, seconds, rule: rules.join('; ') },
      pass: test.mean < AIM && parameters <= MOST_PARAMETERS,
    }
  },
}
