/** Variational dropout (Gal & Ghahramani 2016): in one pass without noise, and averaged over noisy passes. */
import { variationalLarge, variationalMedium } from '../../recipes/variational.ts'
import type { Published, Row, RowExperiment } from '../row.ts'
import { stackWidths } from './lstm.ts'

function trained(
  name: string,
  title: string,
  experiment: RowExperiment,
  published: readonly Published[],
  notes: readonly string[] = [],
): Row {
  const reduction = { minimumEpochs: 6, widths: stackWidths, multipleOf: 10 }
  const work = { kind: 'experiment', experiment, checkpoint: 'latest', reduction } as const
  return { ...{ name, family: 'variational', title, published, work, notes }, adaptive: false }
}

/** The probabilities of noisy passes averaged. */
function monteCarlo(of: string, published: readonly Published[]): Row {
  const title = `${of}, 1,000 stochastic passes averaged`
  return {
    ...{ name: `${of}-mc`, family: 'variational', title, published, adaptive: false },
    work: {
      ...{ kind: 'evaluation', of },
      evaluator: { type: 'monte-carlo', passes: 1000 },
      reduced: { set: { passes: 10 }, why: '10 stochastic passes in place of 1,000' },
    },
  }
}

const gal = { source: 'gal-2016', evidence: 'quoted' } as const

/** Medium and large with separate masks for the gates. */
export const variationalRows: readonly Row[] = [
  trained(
    'variational-medium',
    'LSTM 2 × 650, variational dropout',
    variationalMedium,
    [{ valid: 81.9, test: 79.7, parameters: 20_000_000, ...gal, note: '± 0.2 and ± 0.1 over runs' }],
    ['rates of dropout are ours: the published code has those of the large network only'],
  ),
  monteCarlo('variational-medium', [{ test: 78.6, parameters: 20_000_000, ...gal, note: '± 0.1 over runs' }]),
  trained('variational-large', 'LSTM 2 × 1500, variational dropout', variationalLarge, [
    { valid: 77.9, test: 75.2, parameters: 66_000_000, ...gal, note: '± 0.3 and ± 0.2 over runs' },
    { valid: 77.457, test: 75.112, source: 'gal-code-2017', evidence: 'read' },
  ]),
  monteCarlo('variational-large', [
    { test: 73.4, parameters: 66_000_000, ...gal },
    { test: 73.319, source: 'gal-code-2017', evidence: 'read' },
  ]),
]
