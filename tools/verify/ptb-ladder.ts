import { join, resolve } from 'node:path'
import { type Check, requireData } from './check.ts'
import { root, runElman } from './run-elman.ts'

interface Summary {
  readonly outcome: string
  readonly orderings: readonly {
    better: string
    worse: string
    verdict: string
    difference: { mean: number }
  }[]
}

/** Ten models on 100,000 words, three seeds each: whether they come out in the order that is known of them. */
export const ptbLadder: Check = {
  name: 'ptb-ladder',
  claim:
    'on the first 100,000 words of Penn Treebank the models of the reduced ladder come out in the expected order, over three seeds',
  tolerance: 'every expected order holds between means over seeds',
  duration: '60 min',
  needs: 'ptb/',
  async run(options) {
    const { code, json } = await runElman([
      ...['reproduce', 'ptb-reduced', '--json', '--seed', '1', '2', '3'],
      ...['--data', resolve(requireData(options), 'ptb')],
      ...['--directory', join(root, 'runs/verify-ptb-ladder'), '--threads', '2'],
    ])
    const { outcome, orderings = [] } = (json ?? {}) as Partial<Summary>
    if (outcome !== 'finished')
      throw new Error(`elman reproduce ended with ${code}; the same check goes on from here`)
    const measured = Object.fromEntries(
      orderings.map(({ better, worse, verdict, difference }) => [
        `${better} < ${worse}`,
        `${verdict} (${difference?.mean.toFixed(1)})`,
      ]),
    )
    const pass = orderings.length > 0 && orderings.every(({ difference }) => difference?.mean < 0)
    return { measured, pass }
  },
}
